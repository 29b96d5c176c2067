// What a batch finds in its edits, with real pictures and the real thread that works on them.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import type { Found } from '../../../src/compare/batchProtocol';
import { foundInWords } from '../../../src/compare/foundInWords';
import {
  BatchComparing,
  type BatchComparingOptions,
  type ToCompare,
} from '../../../src/edit/batchComparing';
import { Comparing } from '../../../src/edit/comparing';
import type { Picture } from '../../../src/edit/readOriginal';
import { identifyPicture } from '../../../src/picture/identify';
import type { Job } from '../../../src/picture/jobs';
import { PictureWorker } from '../../../src/picture/pictureWorker';

const side = 160;

describe('comparing a batch', () => {
  const worker = new PictureWorker(resolve('dist', 'pictureThread.js'));
  after(() => worker.dispose());

  /** The types of the jobs so far. */
  let jobs: Job['type'][];
  /** What reads the pictures is told of it, and may wait. */
  let onRead: (id: string) => Promise<void>;
  let kept: [id: string, words: string][];
  let problems: string[];
  let told: (() => void) | undefined;
  let pairs: Record<string, [Picture, Picture]>;
  const run = worker.run.bind(worker);

  before(async () => {
    worker.run = (job, ...rest) => {
      jobs.push(job.type);
      return run(job, ...rest);
    };
    const plain = await grey().png().toBuffer();
    const spot = await grey(40, 250).png().toBuffer();
    const marked = await grey()
      .composite([{ input: spot, left: 20, top: 30 }])
      .png()
      .toBuffer();
    const [scene, other] = await Promise.all([sampleOf('photo.jpg'), sampleOf('portrait.jpg')]);
    const warmer = await sharp(scene).linear([1, 1, 1], [9, 0, -9]).png().toBuffer();
    pairs = {
      same: [picture(plain), picture(plain)],
      spot: [picture(plain), picture(marked)],
      other: [picture(scene), picture(other)],
      warmer: [picture(scene), picture(warmer)],
    };
  });

  beforeEach(() => {
    jobs = [];
    kept = [];
    problems = [];
    onRead = () => Promise.resolve();
  });

  function start(keptMs?: number): BatchComparing {
    const options: BatchComparingOptions = {
      worker,
      async read(id): Promise<ToCompare> {
        await onRead(id);
        const pair = pairs[id];
        if (!pair) throw new Error('it is gone');
        return { original: pair[0], edited: pair[1], pictures: 1, matching: true };
      },
      keep: (id, found) => kept.push([id, foundInWords(found)]),
      changed: () => told?.(),
      log: (id, problem) => problems.push(`${id}: ${problem}`),
    };
    return new BatchComparing(options, keptMs);
  }

  /** It tells of every change, so that nothing is asked again and again. */
  async function until(what: string, holds: () => boolean): Promise<void> {
    await new Promise<void>((done, fail) => {
      const limit = setTimeout(() => fail(new Error(`waited for: ${what}`)), 50_000);
      told = () => {
        if (!holds()) return;
        clearTimeout(limit);
        done();
      };
      told();
    });
    told = undefined;
  }

  const compares = () => jobs.filter((type) => type === 'compare').length;
  const isFound = (batch: BatchComparing, id: string) => typeof batch.foundOf(id) === 'object';

  it('says of each what changed, one after the other, and that one cannot be compared', async () => {
    const batch = start();
    const atOnce: string[] = [];
    onRead = (id) => {
      atOnce.push(id);
      return Promise.resolve();
    };
    batch.add(['same', 'spot']);
    assert.deepEqual([batch.foundOf('same'), jobs], [undefined, []], 'nobody sees it yet');
    batch.goOn();
    batch.add(['same', 'spot', 'gone', 'other', 'warmer']);
    await until('the last', () => isFound(batch, 'warmer'));
    assert.deepEqual(atOnce, ['same', 'spot', 'gone', 'other', 'warmer']);
    assert.equal(batch.foundOf('gone'), 'failed');
    assert.deepEqual(problems, ['gone: it is gone']);
    const words = Object.fromEntries(kept);
    assert.equal(words['same'], 'no change');
    assert.match(words['spot'] ?? '', /^1 main change, [6-9]\.\d %$/);
    assert.equal(words['other'], 'redrawn as a whole');
    assert.match(words['warmer'] ?? '', /^Overall: .*warmer/);
    assert.equal(compares(), 4);
  });

  /** What a panel says of the edit, once it has compared it. */
  async function open(batch: BatchComparing, id: string): Promise<Comparing> {
    const [original, edited] = pairs[id]!;
    let done = () => {};
    const compared = new Promise<void>((resolve) => (done = resolve));
    const comparing = new Comparing({
      original,
      versions: [edited],
      worker,
      panel: () => ({
        update: ({ comparison }) => {
          if (comparison?.busy === false) done();
        },
        showPreview: () => undefined,
        showHeat: () => undefined,
      }),
      log: (problem) => problems.push(problem),
      matchOriginal: true,
      beforehand: batch.open(id, 1),
    });
    comparing.show(0);
    await compared;
    return comparing;
  }

  it('compares nothing twice that is opened: before, while, and after it is compared', async () => {
    const batch = start();
    batch.add(['spot']);
    // While the batch rests: the panel compares, and the row has its words.
    const before = await open(batch, 'spot');
    assert.match(kept[0]?.[1] ?? '', /^1 main change/);
    batch.goOn();
    before.rest();
    assert.equal(compares(), 1);

    let goOn = () => {};
    onRead = () => new Promise((resolve) => (goOn = resolve));
    batch.add(['other', 'warmer']);
    assert.equal(batch.foundOf('other'), 'comparing');
    const opening = open(batch, 'other');
    onRead = () => Promise.resolve();
    goOn();
    const during = await opening;
    assert.equal(compares(), 2);
    await until('the last', () => isFound(batch, 'warmer'));
    assert.equal(compares(), 3);
    const after = await open(batch, 'warmer');
    assert.equal(compares(), 3);
    assert.match(foundInWords(batch.foundOf('warmer') as Found), /warmer/);
    during.rest();
    after.rest();
    assert.equal(kept.length, 3);
    // What a panel had is not in memory any more.
    await open(batch, 'warmer');
    assert.equal(compares(), 4);
  });

  it('keeps what it compared for a while only', async () => {
    const batch = start(0);
    batch.goOn();
    batch.add(['spot']);
    await until('it', () => isFound(batch, 'spot'));
    await new Promise((resolve) => setTimeout(resolve, 1));
    await open(batch, 'spot');
    assert.equal(compares(), 2);
  });

  it('compares what was opened and closed too soon', async () => {
    const batch = start();
    batch.goOn();
    const panel = batch.open('spot', 1);
    batch.add(['spot']);
    assert.equal(batch.foundOf('spot'), 'comparing');
    assert.deepEqual(jobs, []);
    panel.end();
    await until('it', () => isFound(batch, 'spot'));
    assert.equal(compares(), 1);
  });

  it('gives up what it is at when nobody sees it, and goes on later', async () => {
    const batch = start();
    batch.goOn();
    batch.add(['same', 'spot']);
    await until(
      'the second',
      () => isFound(batch, 'same') && batch.foundOf('spot') === 'comparing',
    );
    batch.rest();
    await until('the end of it', () => batch.foundOf('spot') === undefined);
    assert.deepEqual(problems, []);
    batch.goOn();
    await until('the second', () => isFound(batch, 'spot'));
    // What was kept for the panel has gone with the rest.
    const count = compares();
    await open(batch, 'same');
    assert.equal(compares(), count + 1);
  });
});

function grey(size = side, level = 110) {
  const background = { r: level, g: level, b: level };
  return sharp({ create: { width: size, height: size, channels: 3, background } });
}

function sampleOf(name: string): Promise<Buffer> {
  const path = join('test', 'samples', 'workspace', name);
  return sharp(path).resize(side, side, { fit: 'cover' }).png().toBuffer();
}

function picture(bytes: Uint8Array): Picture {
  return { bytes, info: identifyPicture(bytes)! };
}
