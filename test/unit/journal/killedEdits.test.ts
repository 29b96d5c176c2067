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

type What = 'nothing' | 'unanswered' | 'finished' | 'saved';

/**
 * When a process is killed, its part of all kills, and what at least one edit comes to by it. The last one is any time;
 * the others make sure that each part of an edit is hit. At those where an edit speaks of itself it kills its own process,
 * which otherwise might get on until its words have been read.
 */
const moments: readonly { moment: string; part: number; what?: What }[] = [
  { moment: 'at once', part: 0.12, what: 'nothing' },
  { moment: 'asked', part: 0.12, what: 'unanswered' },
  { moment: 'half answered', part: 0.12, what: 'unanswered' },
  { moment: 'shown', part: 0.12, what: 'finished' },
  { moment: 'saved', part: 0.12, what: 'finished' },
  { moment: 'any time', part: 0.4 },
];

describe('edits that are killed', function () {
  this.timeout(longOr(3_600_000, 300_000));
  let folder: string;
  let gateway: FaultServer;
  let processes = 0;
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

  // Of a process that nobody kills.
  it('are saved where they are not killed', async () => {
    const { ends } = await run('never');
    assert.deepEqual(ends, ['saved', 'saved']);
  });

  for (const { moment, part, what } of moments) {
    const count = Math.round(part * kills);
    it(`${moment}: loses none of ${count * editsInEach}, sends none twice, changes no original and leaves nothing`, async () => {
      const random = seededRandom(seed);
      const duration = moment === 'any time' ? (await run('never')).elapsed : 0;
      const waiting = Array.from({ length: count }, () => random() * duration).values();
      const ends: What[] = [];
      const work = async () => {
        for (const after of waiting) ends.push(...(await run(moment, after)).ends);
      };
      await Promise.all(Array.from({ length: lanes }, work));
      assert.equal(ends.length, count * editsInEach);
      if (what) assert.ok(ends.includes(what), `none was ${what}: ${ends.join(', ')}`);
    });
  }

  /** @param after how many milliseconds a process is killed at `any time` */
  async function run(moment: string, after = 0): Promise<{ ends: What[]; elapsed: number }> {
    const number = processes++;
    const place = join(folder, String(number));
    const root = join(place, 'journal');
    const names = Array.from({ length: editsInEach }, (_, edit) => `${number}-${edit}`);
    for (const name of names) {
      await mkdir(join(place, name), { recursive: true });
      await cp(sample, join(place, name, 'logo.png'));
    }
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
    if (moment === 'any time') setTimeout(kill, after);
    const [code, signal] = await ended;
    const elapsed = performance.now() - begun;
    await closed;
    victims.delete(victim);
    assert.ok(code === 0 || signal === 'SIGKILL', `it ended with ${code}`);
    for (const name of names) listeners.delete(name);
    return { ends: await judge(root, place, names, said), elapsed };
  }

  /** As the next window does it, and then everything there is. */
  async function judge(
    root: string,
    place: string,
    names: readonly string[],
    said: ReadonlySet<string>,
  ): Promise<What[]> {
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
    const original = await readFile(sample);
    const ends: What[] = [];
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
      ends.push(isSaved ? 'saved' : finished ? 'finished' : unanswered ? 'unanswered' : 'nothing');
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
