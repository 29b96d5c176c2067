// A session goes in, and what else is to be done to one of its pictures; the versions that come of it are in the session
// and in its panel.
import type { Again, ComparePanel } from '../compare/comparePanel';
import { askedAgain, type Asked } from './ask';
import { costInWords } from './balanceInWords';
import { listModels, type ListedModel } from './catalogue';
import type { Comparing } from './comparing';
import { connect, connectSilently } from './connect';
import type { Edit, Session } from './edit';
import { EditCost } from './editCost';
import { keepEdit, type KeptEdit } from './keepEdit';
import { ChosenOptions } from './keptOptions';
import { factsOf, forPanel, pendingRound } from './panelFacts';
import { readReferences } from './readOriginal';
import { askUrgently, readyUploads } from './readyUploads';
import { offerLacking } from './offerLacking';
import { report, sayCancelled } from './report';
import { sendInPanel } from './sendEdit';
import { settleRounds } from './session';
import { readSettings, type Settings } from './settings';
import { showDownloaded, type Show } from './showDownloaded';
import { beginRound } from './underWay';
import type { ModelFacts } from '../compare/protocol';
import type { Version } from './versions';

/** What may follow a round, where the panel may be gone. */
export interface AfterRound {
  /** The same once more. */
  readonly tryAgain: () => Promise<void>;
  readonly show: Show;
}

/**
 * One round more. The panel shows its end, whatever that is; what failed is said, and the instruction is still in the
 * panel then.
 */
export async function editAgain(
  session: Session,
  panel: ComparePanel,
  comparing: Comparing,
  again: Again,
  { tryAgain, show }: AfterRound,
): Promise<void> {
  const { services, subject, fileName, id } = session;
  let cost: EditCost | undefined;
  let kept: KeptEdit | undefined;
  session.isUnderWay = true;
  const round = beginRound(id);
  try {
    const settings = readSettings(subject.uri);
    const along = again.version === undefined ? (subject.references ?? []).length : 0;
    cost = new EditCost(services, settings, 1 + along);
    cost.lookAhead(connectSilently(services, settings));
    const edit = await prepare(session, comparing, again, settings);
    if (!edit) return;
    const { asked } = edit;
    const connection = await connect(services, settings);
    const ready = connection && (await readyUploads(edit, askUrgently));
    if (!connection || !ready) return;
    const whole: Edit = { ...edit, ...ready };
    kept = await keepEdit(whole, connection, id);
    const { rounds } = factsOf(session.versions);
    panel.update({
      phase: 'editing',
      startedAt: Date.now(),
      rounds: [
        ...rounds,
        pendingRound(edit, session.versions, cost.last(asked.model, asked.options)),
      ],
    });
    const outcome = await sendInPanel(whole, panel, { connection, cost, kept });
    if (typeof outcome === 'string') {
      void sayCancelled(services, fileName, outcome).then((wanted) =>
        wanted ? tryAgain() : undefined,
      );
      return;
    }
    take(session, panel, comparing, outcome);
    void offerLacking(session, outcome[0]?.round, show);
  } catch (error) {
    // The instruction is still in it.
    const showAgain = () => {
      panel.reveal();
      return Promise.resolve();
    };
    const jobId = kept?.isLost ? undefined : kept?.id;
    await kept?.written();
    void report(services, fileName, error, {
      ...{ tryAgain, changeInstruction: showAgain, original: subject.uri },
      download:
        jobId === undefined ? undefined : () => showDownloaded(services, jobId, show, session),
    });
  } finally {
    cost?.giveUp();
    session.isUnderWay = false;
    round.dispose();
    panel.update({ phase: 'review', partial: undefined, ...factsOf(session.versions) });
  }
}

/** Undefined when the user escapes. @throws EditError (nothing charged) */
async function prepare(
  session: Session,
  comparing: Comparing,
  { instruction, model, version }: Again,
  settings: Settings,
): Promise<Omit<Edit, 'uploads' | 'mask'> | undefined> {
  const { services, subject, versions, region } = session;
  const from = version === undefined ? undefined : versions[version];
  const listed = modelsOf(session, settings).find(({ id }) => id === model);
  const asked = listed && (await askedAgain(services, instruction, listed, roundsOf(session)));
  if (!asked) return undefined;
  return {
    ...session,
    // What went along is in the version already.
    references: from ? [] : await readReferences(subject.references ?? []),
    asked: { ...asked, ...(region && { region }) },
    settings,
    ...(from && {
      start: { version: from, picture: await comparing.seen(versions.indexOf(from)) },
    }),
  };
}

function take(
  session: Session,
  panel: ComparePanel,
  comparing: Comparing,
  came: readonly Version[],
): void {
  const { versions } = session;
  const shown = versions.length;
  versions.push(...came);
  settleRounds(session);
  panel.showVersions(came.map(forPanel), { phase: 'review', ...factsOf(versions), shown }, shown);
  comparing.show(shown);
}

/** What was asked so far: options go along with the model they were set for. */
function roundsOf({ versions }: Session): Asked[] {
  return [...new Set(versions.map(({ round }) => round.asked))];
}

/** With those that were used, also where nobody offers them any more. */
function modelsOf(session: Session, settings: Settings): readonly ListedModel[] {
  const offered = listModels(session.services, settings);
  const used = roundsOf(session)
    .map(({ model }) => model)
    .filter(({ id }, at, all) => all.findIndex((model) => model.id === id) === at)
    .filter(({ id }) => !offered.some((model) => model.id === id));
  return [...used, ...offered];
}

/** For the panel's choice; none where the settings cannot be used. */
export function modelFacts(session: Session): ModelFacts[] | undefined {
  const { services, subject } = session;
  try {
    const settings = readSettings(subject.uri);
    const cost = new EditCost(services, settings);
    const rounds = roundsOf(session);
    return modelsOf(session, settings).map(({ id, route, capabilities }) => {
      const last = rounds.findLast(({ model }) => model.id === id);
      const options = new ChosenOptions(services.context.globalState, last);
      const dollars =
        route && cost.last({ id, route, capabilities }, options.of({ id, route, capabilities }));
      return { id, ...(dollars !== undefined && { lastCost: costInWords(dollars) }) };
    });
  } catch {
    return undefined;
  }
}
