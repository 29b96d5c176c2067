// A session and a job of the journal go in; what has come of that job since is in the session, and in its panel.
import type { KeptJob } from '../journal/jobFiles';
import type { Session } from './edit';
import { factsOf, forPanel } from './panelFacts';
import { readRound } from './readSession';
import { settleRounds } from './session';
import type { Version } from './versions';

/**
 * @returns the first of the pictures that are new; undefined where none is
 * @throws EditError, or the file system's own error
 */
export async function joinRound(session: Session, job: KeptJob): Promise<Version | undefined> {
  const { services, versions } = session;
  const read = await readRound(services, job, versions);
  // By now: they may have joined by another way.
  const known = versions.filter(({ round }) => round.kept.id === job.files.id);
  const round = known[0]?.round;
  const came = read
    .filter(({ number }) => !known.some((one) => one.number === number))
    .map((version) => (round ? { ...version, round, parent: known[0]?.parent } : version));
  if (round) {
    const { why, lacking, damaged } = read[0]!.round;
    Object.assign(round, { why, lacking, damaged });
  }
  const first = versions.length;
  versions.push(...came);
  settleRounds(session);
  session.panel?.showVersions(came.map(forPanel), factsOf(versions), first);
  return came[0];
}
