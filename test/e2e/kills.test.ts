// The extension host of a real VS Code is killed in the middle of edits: what was paid for is there when it is back, nothing is
// sent again, and nothing is left lying about. Every other time VS Code is left to start another one by itself, as it does up
// to three times in five minutes; else the window is reloaded.
import assert from 'node:assert/strict';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { recoverKept } from '../../src/edit/bringBack';
import { isOver, type KeptJob } from '../../src/journal/jobFiles';
import { Journal } from '../../src/journal/journal';
import { thisWindow } from '../../src/journal/owner';
import { longOr } from '../support/long';
import { seededRandom } from '../support/seeded';
import { until } from '../support/until';
import {
  answer,
  closeTabs,
  fingerprint,
  keepEvidence,
  rightClickEdit,
  startTrip,
  tab,
  type Trip,
} from './support/trip';

/** As many as CI has time for; more in the long form. */
const rounds = Number(process.env['RETOUCH_KILLS'] ?? longOr(100, 2));

const seed = Number(process.env['RETOUCH_SEED'] ?? longOr(Date.now() % 1_000_000, 1));

/** Milliseconds that the gateway works, and that its answer takes on the way. */
const [working, sending] = [300, 300];

const model = 'openai/gpt-image-2';

/** When a kill can fall, about; what it hit is seen on the disk. */
type Moment = 'asking' | 'working' | 'answering' | 'reading' | 'reviewing' | 'saving';

/** One after the other, again and again. */
const moments = longOr<readonly Moment[]>(
  ['asking', 'working', 'answering', 'reading', 'reviewing', 'saving'],
  ['working', 'reviewing'],
);

/** What the disk had of a job when its extension host was gone. */
type Hit =
  'nothing' | 'prepared' | 'sent' | 'half an answer' | 'the answer' | 'a save' | 'all of it';

describe('a VS Code whose extension host is killed', function () {
  this.timeout(60_000 + rounds * 60_000);
  let trip: Trip;
  let before_: Map<string, string>;
  before(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await startTrip({ settings: { 'retouch.matchOriginal': false } });
    trip.gateway.delayMs = working;
    trip.gateway.sendMs = sending;
    before_ = await fingerprint(trip.workspace);
  });
  keepEvidence(() => trip);
  after(() => trip.close());

  const journal = () => {
    const storage = trip.workbench.globalStorage('retouch.retouch');
    // As another window of this machine.
    return new Journal(join(storage, 'journal'), undefined, thisWindow(storage));
  };
  const edits = (instruction: string) =>
    trip.gateway.requests.filter((request) => request.instruction === instruction);

  async function jobOf(instruction: string): Promise<KeptJob | undefined> {
    const { jobs } = await journal().list();
    return jobs.find(({ record }) => record.instruction === instruction);
  }

  it(`loses nothing, sends nothing twice and leaves nothing behind, ${rounds} times`, async () => {
    console.log(`      the seed is ${seed}`);
    const random = seededRandom(seed);
    const hits = new Map<Hit, number>();
    const files = ['logo.png', 'photo.jpg', 'portrait.jpg', 'screenshot.png', 'banner.webp'];
    const count = () => JSON.stringify([...hits]);
    for (let round = 0; round < rounds; round++) {
      // A long run says how far it has come.
      if (round > 0 && round % 25 === 0) console.log(`      ${round} kills: ${count()}`);
      const moment = moments[round % moments.length]!;
      const instruction = `invert it, round ${round}`;
      const file = files[round % files.length]!;
      // Each moment meets both, and no more than two restarts follow each other.
      const reloads = (round + Math.floor(round / moments.length)) % 2 === 0;
      const hit = await killAt(moment, file, instruction, random, { reloads });
      hits.set(hit, (hits.get(hit) ?? 0) + 1);
    }
    console.log(`      on the disk: ${count()}`);
    if (rounds >= 10) assert.ok(hits.size >= 3, 'the kills fell at one or two moments only');
  });

  /** One edit, one kill, and everything there is to be found after it. */
  async function killAt(
    moment: Moment,
    file: string,
    instruction: string,
    random: () => number,
    { reloads }: { readonly reloads: boolean },
  ): Promise<Hit> {
    const { workbench } = trip;
    await rightClickEdit(trip, file);
    await answer(trip, instruction, model);
    await reach(moment, instruction);
    await delay(random() * 150);
    assert.ok((await workbench.crashExtensionHost()) > 0, 'there is no extension host');

    const job = await jobOf(instruction);
    const hit = hitOf(job);
    const [request] = edits(instruction);
    if (hit === 'nothing' || hit === 'prepared')
      assert.equal(request, undefined, 'sent before it was on disk');
    const whole = hit === 'the answer' || hit === 'a save' || hit === 'all of it';
    assert.ok(whole || moment !== 'reviewing', 'shown before it was on disk');

    if (reloads) await workbench.reload();
    const after = await settled(instruction);
    const back = reloads ? 'reloaded' : 'restarted';
    const words = `${moment}: ${hit}, ${back}, then ${after?.state ?? 'no job'}`;
    // A tab that nobody answers would be left behind as well.
    if (!reloads) await tab(workbench, `Compare: ${file}`).waitFor({ state: 'detached' });
    const isBack = after && ['received', 'saved', 'discarded'].includes(after.state);
    if (whole) assert.ok(isBack, `${words}: lost`);
    // Of half an answer all may be there, only not its end: then it comes back too.
    if (isBack) {
      const { pictures } = await recoverKept(after);
      assert.equal(pictures.length, request!.answered.length, words);
      for (const [at, bytes] of pictures.entries())
        assert.ok(request!.answered[at]!.equals(bytes), words);
    } else if (hit === 'sent' || hit === 'half an answer') {
      // Nobody knows what it cost, and the user is told.
      assert.equal(after?.failure?.charge, 'unknown', words);
    } else {
      assert.equal(after, undefined, words);
    }
    assert.ok(edits(instruction).length <= 1, `${words}: sent twice`);
    await checkWorkspace(words);
    await closeTabs(trip);
    return hit;
  }

  async function reach(moment: Moment, instruction: string): Promise<void> {
    if (moment === 'asking') return;
    const { workbench } = trip;
    const request = () => edits(instruction)[0];
    const seen = () => ({ billed: request()?.billed, status: request()?.status });
    await until('edit that is billed', () => request()?.billed === true, seen);
    if (moment === 'working') return;
    await until('answer that begins', () => request()?.status === 200, seen);
    if (moment === 'answering') return;
    await until('answer that is sent', () => request()!.sentAt > 0, seen);
    if (moment === 'reading') return;
    const accept = workbench.webview().getByRole('button', { name: 'Accept' });
    await accept.waitFor();
    if (moment === 'saving') await accept.click();
  }

  /** Once the next window has looked after all that the last one left. */
  async function settled(instruction: string): Promise<KeptJob | undefined> {
    let waiting: unknown[] = [];
    const { jobs } = await until(
      'window that looks after what the last one has left',
      async () => {
        const list = await journal().list();
        waiting = [
          // Begun, and never whole: no loss, but not to stay either.
          ...list.unreadable,
          ...list.jobs.filter(
            (job) => !isOver(job) && !(job.isRead && journal().whose(job) === 'other'),
          ),
        ];
        return waiting.length === 0 && list;
      },
      () => waiting,
      // It looks 3, 15 and 60 seconds after its start, and leaves what another window may still own.
      90_000,
    );
    return jobs.find(({ record }) => record.instruction === instruction);
  }

  /** Originals as they were, and beside them nothing but whole pictures that were paid for. */
  async function checkWorkspace(words: string): Promise<void> {
    const { workspace, gateway } = trip;
    const answered = gateway.requests.flatMap((request) => request.answered);
    const now = await fingerprint(workspace);
    for (const [name, hash] of before_) assert.equal(now.get(name), hash, `${words}: ${name}`);
    for (const name of await readdir(workspace)) {
      if (before_.has(name)) continue;
      // A temporary file may hold a whole picture as well.
      assert.match(name, /^\w+\.edited(-\d+)?\.png$/, words);
      const bytes = await readFile(join(workspace, name));
      assert.ok(
        answered.some((picture) => bytes.equals(picture)),
        `${words}: ${name} is left behind`,
      );
      // Else the Explorer would have no room for the originals in the end.
      await rm(join(workspace, name));
    }
  }
});

function hitOf(job: KeptJob | undefined): Hit {
  if (!job) return 'nothing';
  if (job.saved.length > 0) return 'all of it';
  if (job.saving.length > 0) return 'a save';
  if (job.state === 'prepared') return 'prepared';
  if (job.state !== 'sent') return 'the answer';
  return job.answers.length > 0 ? 'half an answer' : 'sent';
}
