// Processes in the midst of edits are killed at any moment, against a gateway that counts; what is on the disk then, and
// what the next window makes of it, is asserted: nothing lost, nothing sent twice, nothing changed, nothing left.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { bringBack, recoverKept } from '../../../src/edit/bringBack';
import type { KeptJob } from '../../../src/journal/jobFiles';
import { Journal } from '../../../src/journal/journal';
import { imagesAnswer, picture } from '../../support/gatewayAnswers';
import { longOr } from '../../support/long';
import { seededRandom } from '../../support/seeded';
import { momentsOfVictim } from './support/momentsOfVictim';
import { startFaultServer, type Fault, type FaultServer } from '../../support/faultServer';

/** Processes that are killed, and the edits in each of them. */
const kills = longOr(500, 25);
const editsInEach = 2;

/** Processes side by side. */
const lanes = 3;

/** What "any time" is: the same parts of the edits' time in `npm test`, new ones in the long form. */
const seed = longOr(Math.floor(Math.random() * 2 ** 31), 12);

const answer = Buffer.from(JSON.stringify(imagesAnswer(picture)));
const sample = join('test', 'samples', 'workspace', 'logo.png');

/**
 * When a process is killed. The last one is any time; the others make sure that each part of an edit is hit. At those
 * where an edit speaks of itself it kills its own process, which otherwise might get on until its words have been read.
 */
const moments = ['at once', 'asked', 'half answered', ...momentsOfVictim, ...times('any time', 5)];

type What = 'nothing' | 'unanswered' | 'finished' | 'saved';

describe('edits that are killed', function () {
  this.timeout(longOr(3_600_000, 300_000));
  let folder: string;
  let gateway: FaultServer;
  const victims = new Set<ChildProcess>();
  /** Is told what the gateway does, for each edit by its name. */
  const listeners = new Map<string, (what: string) => void>();
  const nameOf = (path: string) => path.split('/')[1] ?? '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-kills-'));
    const fault: Fault = async (exchange) => {
      const tell = (what: string) => listeners.get(nameOf(exchange.path))?.(what);
      tell('asked');
      await exchange.whole;
      await delay(3);
      exchange.open(200, { 'content-length': String(answer.byteLength) });
      for (let piece = 0; piece < 4; piece++) {
        if (piece === 2) tell('half answered');
        const length = Math.ceil(answer.byteLength / 4);
        exchange.write(answer.subarray(piece * length, (piece + 1) * length));
        await nextTurn();
      }
      exchange.socket.end();
    };
    gateway = await startFaultServer(fault);
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.log(`      the seed was ${seed}`);
  });
  after(async () => {
    for (const victim of victims) victim.kill('SIGKILL');
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  it(`loses none of ${kills * editsInEach}, sends none twice, changes no original and leaves nothing`, async () => {
    const original = await readFile(sample);
    const ends = new Map<What, number>();
    const random = seededRandom(seed);
    const parts = Array.from({ length: kills }, () => random());
    // How long the edits of a process take: of one that nobody kills.
    let duration = 0;
    duration = await run(-1);
    const waiting = Array.from({ length: kills }, (_, number) => number).values();
    const work = async () => {
      for (const number of waiting) await run(number);
    };
    await Promise.all(Array.from({ length: lanes }, work));
    console.log(
      `      ${JSON.stringify([...ends])}, ${Math.round(duration)} ms unkilled, seed ${seed}`,
    );
    for (const what of ['nothing', 'unanswered', 'finished', 'saved'] as const)
      assert.ok((ends.get(what) ?? 0) > 0, `none was ${what}`);
    assert.equal(
      [...ends.values()].reduce((sum, count) => sum + count, 0),
      (kills + 1) * editsInEach,
    );

    /** @param number of the process, -1 for the one that ends by itself */
    async function run(number: number): Promise<number> {
      const place = join(folder, String(number));
      const root = join(place, 'journal');
      const names = Array.from({ length: editsInEach }, (_, edit) => `${number}-${edit}`);
      for (const name of names) {
        await mkdir(join(place, name), { recursive: true });
        await cp(sample, join(place, name, 'logo.png'));
      }
      const { said, elapsed } = await runAndKill(number, root, place, names);
      for (const [name, what] of await judge(root, place, names, said, original)) {
        assert.ok(number >= 0 || what === 'saved', `${name} ended by itself and is ${what}`);
        ends.set(what, (ends.get(what) ?? 0) + 1);
      }
      return elapsed;
    }

    async function runAndKill(
      number: number,
      root: string,
      place: string,
      names: readonly string[],
    ): Promise<{ said: Set<string>; elapsed: number }> {
      const moment = number < 0 ? 'never' : moments[number % moments.length]!;
      const victim = spawn(
        process.execPath,
        [join(__dirname, 'support', 'victim.js'), root, place, gateway.origin, moment, ...names],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      victims.add(victim);
      const kill = () => victim.kill('SIGKILL');
      const ended = once(victim, 'exit') as Promise<[number | null, string | null]>;
      const said = new Set<string>();
      const ready = new Promise<void>((resolve) => {
        createInterface({ input: victim.stdout }).on('line', (line) => {
          said.add(line);
          if (line === 'ready') resolve();
        });
      });
      const closed = once(victim.stdout, 'close');
      await Promise.race([ready, ended]);
      const hit = (what: string) => {
        if (what === moment) kill();
      };
      for (const name of names) listeners.set(name, hit);
      const begun = performance.now();
      victim.stdin.write('go\n');
      if (moment === 'at once') kill();
      if (moment === 'any time') setTimeout(kill, parts[number]! * duration);
      const [code, signal] = await ended;
      const elapsed = performance.now() - begun;
      await closed;
      victims.delete(victim);
      assert.ok(code === 0 || signal === 'SIGKILL', `it ended with ${code}`);
      for (const name of names) listeners.delete(name);
      return { said, elapsed };
    }
  });

  /** As the next window does it, and then everything there is. */
  async function judge(
    root: string,
    place: string,
    names: readonly string[],
    said: ReadonlySet<string>,
    original: Buffer,
  ): Promise<Map<string, What>> {
    const journal = new Journal(root);
    assert.deepEqual(await journal.tidy(Date.now() + 120_000), [], 'set aside');
    const back = await bringBack(journal, (_job, error) => {
      throw error;
    });
    assert.deepEqual(back.failed, []);
    const { jobs, unreadable } = await journal.list();
    assert.deepEqual(unreadable, [], 'unreadable');
    const jobOf = (name: string, among: readonly KeptJob[]) => {
      const found = among.filter(({ record }) => record.original.uri === name);
      assert.ok(found.length <= 1, `${name} is there ${found.length} times`);
      return found[0];
    };
    const ends = new Map<string, What>();
    for (const name of names) {
      const requests = gateway.exchanges.filter(({ path }) => nameOf(path) === name);
      assert.ok(requests.length <= 1, `${name}: sent ${requests.length} times`);
      const job = jobOf(name, jobs);
      const finished = jobOf(name, back.finished);
      const unanswered = jobOf(name, back.unanswered);
      const isSaved = job?.state === 'saved';
      // Lost is what was sent and is in nobody's list, or was shown and cannot be shown again.
      if (requests.length > 0)
        assert.ok(finished ?? unanswered ?? isSaved, `${name}: sent and lost`);
      if (said.has(`shown ${name}`)) assert.ok(finished ?? isSaved, `${name}: shown and lost`);
      if (job && (finished || isSaved)) {
        const { pictures } = await recoverKept(job);
        assert.ok(Buffer.from(pictures[0]).equals(picture), `${name}: another picture`);
      }
      if (unanswered) assert.equal(job?.failure?.charge, 'unknown');
      if (said.has(`ended ${name}`)) assert.ok(isSaved, `${name}: saved and not said so`);

      const files = (await readdir(join(place, name))).sort();
      assert.ok((await readFile(join(place, name, 'logo.png'))).equals(original), 'I1');
      const saved = files.filter((file) => file !== 'logo.png');
      assert.ok(saved.length <= 1, `${name}: left ${saved.join(', ')}`);
      if (said.has(`saved ${name}`) || saved.length > 0) {
        assert.deepEqual(saved, ['logo.edited.png'], `${name}: left`);
        const bytes = await readFile(join(place, name, 'logo.edited.png'));
        assert.ok(bytes.equals(picture), `${name}: a half was saved`);
      }
      ends.set(
        name,
        isSaved ? 'saved' : finished ? 'finished' : unanswered ? 'unanswered' : 'nothing',
      );
    }
    // What was never sent has gone, and nothing is there that is no job.
    const ids = jobs.map(({ files }) => files.id).sort();
    const inRoot = await readdir(root).catch(() => []);
    assert.deepEqual(inRoot.sort(), ids, 'left in the journal');
    for (const id of ids) {
      for (const file of await readdir(join(root, id)))
        assert.match(file, /^(job\.json|original|log\.jsonl|owner-[\da-f-]+|answer-1)$/);
    }
    // A second look finds nothing new.
    const again = await bringBack(journal, (_job, error) => {
      throw error;
    });
    assert.deepEqual(again, { finished: [], unanswered: [], failed: [] });
    return ends;
  }
});

function times(what: string, count: number): string[] {
  return Array.from({ length: count }, () => what);
}
