// What the panel is told of an edit, and what is saved of it, with real pictures and the real thread that works on them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { markRegion, type Comparison, type PanelState } from '../../../src/compare/protocol';
import { Comparing, type ComparingOptions } from '../../../src/edit/comparing';
import type { Picture } from '../../../src/edit/readOriginal';
import { identifyPicture } from '../../../src/picture/identify';
import type { HeatMap } from '../../../src/picture/jobs';
import { paint } from '../../gateway/paint';
import { moving } from '../picture/support/animations';
import { sharedWorker } from '../picture/support/sharedWorker';

const samples = join('test', 'samples', 'workspace');

describe('comparing an edit', () => {
  const worker = sharedWorker();

  let state: Partial<PanelState>;
  let heat: HeatMap | undefined;
  let rawHeat: HeatMap | undefined;
  let problems: string[];
  let toldNow: (() => void) | undefined;

  function start(original: Picture, edited: Picture, more: Partial<ComparingOptions> = {}) {
    state = {};
    problems = [];
    heat = rawHeat = undefined;
    const panel = {
      update: (change: Partial<PanelState>) => {
        state = { ...state, ...change };
        toldNow?.();
      },
      showPreview: (version: number, picture: unknown) => {
        state = { ...state, previewOf: picture === undefined ? undefined : version };
        toldNow?.();
      },
      showHeat: (_version: number, map: HeatMap, raw = false) => {
        if (raw) rawHeat = map;
        else heat = map;
        toldNow?.();
      },
    };
    const comparing = new Comparing({
      original,
      versions: [edited],
      worker,
      panel: () => panel,
      log: (problem) => problems.push(problem),
      matchOriginal: true,
      ...more,
    });
    comparing.show(0);
    return comparing;
  }

  /** The panel is told of every change, so that nothing is asked again and again. */
  async function until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    let limit: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve, reject) => {
      toldNow = () => {
        if (holds()) resolve();
      };
      limit = setTimeout(() => {
        reject(new Error(`the panel was told so far: ${JSON.stringify({ ...state, problems })}`));
      }, 50_000);
    }).finally(() => clearTimeout(limit));
    toldNow = undefined;
  }

  const compared = async (): Promise<Comparison> => {
    await until(() => state.comparison?.busy === false);
    return state.comparison!;
  };

  /** By what was asked: several tests look at the same edit. */
  const edits = new Map<string, Promise<[Picture, Picture]>>();

  /** A sample in a quarter of its width, which takes a fraction of the time, and what the local gateway makes of it. */
  function edit(...asked: Parameters<typeof paintSample>): Promise<[Picture, Picture]> {
    const key = JSON.stringify(asked);
    const known = edits.get(key) ?? paintSample(...asked);
    edits.set(key, known);
    return known;
  }

  async function paintSample(
    file: string,
    instruction: string,
    size?: { width: number; height: number },
    isWhole = false,
  ): Promise<[Picture, Picture]> {
    const sample = await readFile(join(samples, file));
    const original = picture(isWhole ? sample : await quartered(sample));
    const { hasAlpha } = await sharp(original.bytes).metadata();
    const { width, height, mime } = original.info;
    const bytes = await paint(
      { bytes: Buffer.from(original.bytes), mimeType: mime, width, height, hasAlpha },
      instruction,
      { chooseSize: (painted) => size ?? painted, format: 'png' },
    );
    return [original, picture(bytes)];
  }

  const wholeCat = () => edit('photo.jpg', 'add a cat', { width: 1536, height: 1024 }, true);
  before(wholeCat);

  it('finds a cat as one change, and saves the original’s size and format with it', async () => {
    const [original, edited] = await wholeCat();
    const comparing = start(original, edited);
    const { changes, changedShare, problem } = await compared();
    assert.equal(problem, undefined);
    assert.equal(changes.length, 1, JSON.stringify(changes));
    assert.ok(changedShare > 0.01 && changedShare < 0.4, String(changedShare));
    assert.ok(heat && Math.max(heat.width, heat.height) <= 1024);
    assert.equal(state.saves, 'Saves JPEG, 1200 × 800');
    const { bytes, info } = await comparing.finish(0);
    assert.deepEqual([info.format, info.width, info.height], ['JPEG', 1200, 800]);
    const distance = await meanDistance(bytes, original.bytes);
    assert.ok(distance > 1, `the cat is there: ${distance}`);
  });

  it('shows where nothing but the cat is, and all that differs where that is asked for', async () => {
    const [original, edited] = await edit('photo.jpg', 'add a cat');
    const warmer = await sharp(edited.bytes).linear([1, 1, 1], [16, 0, -16]).png().toBuffer();
    const comparing = start(original, picture(warmer));
    const { overall } = await compared();
    assert.match(overall?.words ?? '', /warmer/);
    assert.equal(rawHeat, undefined, 'it costs time, and nobody has asked');
    comparing.adjust({ type: 'rawHeat', version: 1 });
    comparing.adjust({ type: 'rawHeat', version: 0 });
    await until(() => rawHeat !== undefined);
    const differing = ({ values }: HeatMap) =>
      values.reduce((count, value) => count + (value >= 4 ? 1 : 0), 0) / values.length;
    assert.equal(rawHeat!.values.length, rawHeat!.width * rawHeat!.height);
    const [measured, raw] = [differing(heat!), differing(rawHeat!)];
    assert.ok(measured < 0.3 && raw > 0.6, `${measured} and ${raw} of the picture`);
  });

  it('puts the original back where a change is rejected, and says that it shows a preview', async () => {
    const [original, edited] = await edit('screenshot.png', 'add a cat');
    const comparing = start(original, edited);
    const { changes } = await compared();
    comparing.adjust({
      type: 'keep',
      version: 0,
      changes: changes.map((_change, index) => index),
      kept: false,
    });
    assert.ok(state.comparison?.changes.every(({ kept }) => !kept));
    await until(() => state.previewOf === 0);
    const { bytes, info } = await comparing.finish(0);
    assert.equal(info.format, 'PNG');
    assert.deepEqual(await rgba(bytes), await rgba(original.bytes));
  });

  it('says before and after that a JPEG keeps no pixel exactly, and as PNG keeps each', async () => {
    const [original, edited] = await edit('photo.jpg', 'add a cat');
    const comparing = start(original, edited);
    const { changes } = await compared();
    assert.deepEqual([state.losses, state.offersPng], [[], true]);
    const all = changes.map((_change, index) => index);
    comparing.adjust({ type: 'keep', version: 0, changes: all, kept: false });
    const words =
      'JPEG changes pixels a little as it is written, also where they are the original’s: Save as PNG keeps each.';
    assert.deepEqual(state.losses, [words]);
    assert.deepEqual((await comparing.finish(0)).said, [words]);
    const { info, bytes, said } = await comparing.finish(0, true);
    const { width, height } = original.info;
    assert.deepEqual([info.format, info.width, info.height, said], ['PNG', width, height, []]);
    assert.deepEqual(await rgba(bytes), await rgba(original.bytes));
  });

  it('saves as PNG what came in another format and is not matched, too', async () => {
    const [original, edited] = await edit('photo.jpg', 'add a cat', { width: 384, height: 256 });
    const jpeg = picture(await sharp(edited.bytes).jpeg().toBuffer());
    const comparing = start(original, jpeg, { matchOriginal: false });
    await compared();
    assert.deepEqual([state.saves, state.offersPng], ['Saves JPEG, 384 × 256', true]);
    const { info, bytes } = await comparing.finish(0, true);
    assert.equal(info.format, 'PNG');
    assert.deepEqual(await rgba(bytes), await rgba(jpeg.bytes));
    assert.equal((await comparing.finish(0)).bytes, jpeg.bytes);
  });

  it('says before anything is saved what the original has and the file will not have', async () => {
    const [original, edited] = await edit('screenshot.png', 'add a cat');
    const animated = picture(moving(Buffer.from(original.bytes), 2));
    start(animated, edited);
    await compared();
    assert.deepEqual([state.losses, state.offersPng], [['It is saved as a still picture.'], false]);
  });

  it('saves byte for byte what came when nothing is to be matched', async () => {
    const [original, edited] = await edit('photo.jpg', 'add a cat', { width: 384, height: 256 });
    const comparing = start(original, edited, { matchOriginal: false });
    await compared();
    assert.equal(state.saves, 'Saves PNG, 384 × 256');
    const { bytes } = await comparing.finish(0);
    assert.deepEqual(bytes, edited.bytes);
  });

  it('says how far the edited picture was moved, and lets it lie where that is turned off', async () => {
    const [original] = await edit('photo.jpg', 'add a cat');
    const { width, height } = original.info;
    const shifted = await sharp(original.bytes)
      .extract({ left: 12, top: 8, width: width - 12, height: height - 8 })
      .extend({ right: 12, bottom: 8, extendWith: 'copy' })
      .png()
      .toBuffer();
    const comparing = start(original, picture(shifted));
    const { alignment } = await compared();
    assert.match(alignment.words ?? '', /^moved 12\.0 px right and 8\.0 px down$/);
    comparing.adjust({ type: 'align', on: false });
    const unaligned = await compared();
    assert.deepEqual(unaligned.alignment, { on: false });
    assert.deepEqual((await comparing.seen(0)).bytes, shifted);
  });

  it('says why the edited picture was not moved: too little agrees, or the user has said how it lies', async () => {
    const [original] = await edit('photo.jpg', 'add a cat');
    const { width, height } = original.info;
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const create = {
      width: height,
      height: width,
      channels: 3,
      background: 'grey',
      noise,
    } as const;
    const unlike = await sharp({ create }).png().toBuffer();
    const comparing = start(original, picture(unlike));
    assert.equal(
      (await compared()).alignment.words,
      'not moved: too little agrees with the original',
    );
    comparing.adjust({ type: 'match', on: true, fit: 'stretch' });
    assert.equal((await compared()).alignment.words, 'not moved: it lies as you chose');
    comparing.adjust({ type: 'align', on: false });
    assert.deepEqual((await compared()).alignment, { on: false });
  });

  it('chooses how another shape is fitted, and takes the user’s word for it', async () => {
    const [original] = await edit('photo.jpg', 'add a cat');
    const square = await sharp(original.bytes).resize(128, 128, { fit: 'cover' }).png().toBuffer();
    const comparing = start(original, picture(square));
    await compared();
    assert.deepEqual(state.matching, { on: true, fit: 'fit', chosen: false });
    comparing.adjust({ type: 'match', on: true, fit: 'stretch' });
    await compared();
    assert.deepEqual(state.matching, { on: true, fit: 'stretch', chosen: true });
    const { info } = await comparing.finish(0);
    assert.deepEqual([info.width, info.height], [original.info.width, original.info.height]);
  });

  it('knows no decision on an overall colour that is the original’s', async () => {
    const [original, edited] = await edit('screenshot.png', 'add a cat');
    const comparing = start(original, edited, { matchOriginal: false });
    const { overall } = await compared();
    assert.equal(overall, undefined);
    comparing.adjust({ type: 'keepOverall', version: 0, kept: false });
    assert.deepEqual(state.comparison?.overall, undefined);
    assert.deepEqual((await comparing.finish(0)).bytes, edited.bytes);
  });

  it('puts the original’s colours back, and gives them to what is kept', async () => {
    const [original, edited] = await edit('photo.jpg', 'add a cat', { width: 1536, height: 1024 });
    const warmer = sharp(edited.bytes).removeAlpha().linear([1, 1, 1], [8, 0, -8]);
    const bytes = await warmer.png().toBuffer();
    const comparing = start(original, picture(bytes));
    const { overall, changes } = await compared();
    assert.match(overall?.words ?? '', /^Overall: warmer/);
    assert.deepEqual([overall?.kept, overall?.fixed], [true, undefined]);
    assert.equal(changes.filter(({ minor }) => !minor).length, 1);
    comparing.adjust({ type: 'keepOverall', version: 0, kept: false });
    await until(() => state.previewOf === 0);
    assert.equal(state.comparison?.overall?.kept, false);
    const { bytes: saved } = await comparing.seen(0);
    const size = { width: original.info.width, height: original.info.height };
    const wanted = await raw(sharp(edited.bytes).resize({ ...size, fit: 'fill' }));
    const [is, was] = [await raw(sharp(saved)), await raw(sharp(original.bytes))];
    const { box } = changes[0]!;
    for (let at = 0; at < was.length; at += 3) {
      const [x, y] = [(at / 3) % size.width, Math.floor(at / 3 / size.width)];
      const isFar =
        x < box.x - 8 || y < box.y - 8 || x > box.x + box.width + 8 || y > box.y + box.height + 8;
      if (isFar) assert.equal(is[at], was[at], `red at ${x}, ${y}`);
    }
    const inside = (pixels: Uint8Array) => meanInside(pixels, size.width, box);
    const [kept, cat, before_] = [inside(is), inside(wanted), inside(was)];
    for (const channel of [0, 1, 2]) {
      const distance = Math.abs(kept[channel]! - cat[channel]!);
      assert.ok(distance < 4, `${kept.join(' ')} instead of ${cat.join(' ')}`);
    }
    assert.ok(Math.hypot(...kept.map((mean, at) => mean - before_[at]!)) > 10, 'the cat is there');
  });

  it('says why colours that are gone cannot be put back, and keeps them', async () => {
    const [original, grey] = await edit('photo.jpg', 'make it black and white');
    const comparing = start(original, grey);
    const { overall, changes } = await compared();
    assert.match(overall?.words ?? '', /^Overall: black and white/);
    assert.match(overall?.fixed ?? '', /^It stays: the original’s colours are gone/);
    assert.ok(changes.length <= 2, `${changes.length} local changes`);
    comparing.adjust({ type: 'keepOverall', version: 0, kept: false });
    assert.equal(state.comparison?.overall?.kept, true);
    const saved = await raw(sharp((await comparing.finish(0)).bytes));
    assert.ok(saved.every((level, at) => Math.abs(level - saved[at - (at % 3)]!) <= 2));
  });

  it('keeps what was rejected where the changes get other numbers while another version is shown', async () => {
    const grey = (side: number, level: number) =>
      sharp({
        create: {
          width: side,
          height: side,
          channels: 3,
          background: { r: level, g: level, b: level },
        },
      }).png();
    const whole = grey(160, 90);
    const [faint, strong] = await Promise.all([grey(80, 125).toBuffer(), grey(12, 250).toBuffer()]);
    const original = picture(await whole.toBuffer());
    const edited = picture(
      await whole
        .composite([
          { input: faint, left: 8, top: 8 },
          { input: strong, left: 120, top: 120 },
        ])
        .toBuffer(),
    );
    const comparing = start(original, edited, { versions: [edited, edited] });
    const { changes } = await compared();
    assert.deepEqual(
      changes.map(({ box }) => box.x > 80),
      [false, true],
    );
    comparing.adjust({ type: 'keep', version: 0, changes: [1], kept: false });
    comparing.adjust({ type: 'threshold', threshold: 0.4 });
    comparing.show(1);
    comparing.show(0);
    const { changes: now } = await compared();
    assert.deepEqual(
      now.map(({ box, kept }) => [box.x > 80, kept]),
      [[true, false]],
    );
  });

  it('keeps what was rejected over another threshold', async () => {
    const [original, edited] = await edit('screenshot.png', 'add a cat');
    const comparing = start(original, edited);
    await compared();
    comparing.adjust({ type: 'keep', version: 0, changes: [0], kept: false });
    comparing.adjust({ type: 'threshold', threshold: 0.2 });
    const { threshold, changes } = await compared();
    assert.equal(threshold, 0.2);
    assert.equal(changes[0]?.kept, false);
  });

  for (const matchOriginal of [true, false]) {
    it(`saves nothing changed outside of the region, ${matchOriginal ? 'with' : 'without'} Match Original`, async () => {
      const [original, edited] = await edit('screenshot.png', 'make it black and white', {
        width: 384,
        height: 256,
      });
      const { width, height } = original.info;
      // The middle third.
      const region = markRegion(30, 30, (place) => place % 30 >= 10 && place % 30 < 20);
      const comparing = start(original, edited, { region, matchOriginal });
      const { outsideShare, changes, problem } = await compared();
      assert.equal(problem, undefined);
      assert.ok(outsideShare! > 0, 'what the model changed outside is said');
      for (const { box } of changes) {
        // Changes are made of cells, which the region cuts.
        const cell = 16;
        assert.ok(box.x >= width / 3 - cell, `begins at ${box.x} of ${width}`);
        assert.ok(
          box.x + box.width <= (2 * width) / 3 + cell,
          `ends at ${box.x + box.width} of ${width}`,
        );
      }
      const ready = await comparing.finish(0);
      assert.deepEqual([ready.info.width, ready.info.height], [width, height]);
      const [before, after] = [await rgba(original.bytes), await rgba(ready.bytes)];
      let changed = 0;
      for (let at = 0; at < before.length; at++) {
        if (before[at] === after[at]) continue;
        const x = Math.floor(at / 4) % width;
        assert.ok(x >= Math.floor(width / 3) && x < Math.ceil((2 * width) / 3), `changed at ${x}`);
        changed++;
      }
      assert.ok(changed > 0);
      assert.equal(state.previewOf, 0);
    });
  }

  it('saves nothing from which the region could not be held, unless as it was received', async () => {
    const [original] = await edit('photo.jpg', 'add a cat');
    const whole = await sharp(original.bytes).png().toBuffer();
    const cut = picture(whole.subarray(0, 60));
    const region = markRegion(4, 4, (place) => place === 0);
    const comparing = start(original, cut, { region });
    await compared();
    await assert.rejects(
      comparing.finish(0),
      /outside of the region cannot be put back: .*damaged/,
    );
    comparing.adjust({ type: 'match', on: false });
    await compared();
    const { bytes, said } = await comparing.finish(0);
    assert.deepEqual(bytes, cut.bytes);
    assert.match(said.join(), /outside of the region is as it came/);
  });

  it('is as it was before the window was reloaded', async () => {
    const [original] = await edit('photo.jpg', 'add a cat');
    const [, edited] = await edit('photo.jpg', 'add a cat', { width: 256, height: 256 });
    start(original, edited, {
      restored: {
        shown: 0,
        threshold: 0.2,
        aligned: false,
        matching: { on: true, fit: 'stretch', chosen: true },
        rejected: [0, 99],
      },
    });
    const { threshold, alignment, changes } = await compared();
    assert.deepEqual([threshold, alignment.on], [0.2, false]);
    assert.deepEqual(state.matching, { on: true, fit: 'stretch', chosen: true });
    assert.deepEqual(
      changes.map(({ kept }) => kept),
      changes.map((_change, number) => number !== 0),
    );
    assert.ok(changes.length > 0);
  });

  for (const gone of ['shows another', 'is closed']) {
    it(`holds the region of what is being saved while the panel ${gone}`, async () => {
      const [original, edited] = await edit('screenshot.png', 'make it black and white');
      const region = markRegion(30, 30, (place) => place % 30 >= 10 && place % 30 < 20);
      const versions = [edited, edited];
      const comparing = start(original, edited, { region, matchOriginal: false, versions });
      const finishing = comparing.finish(0);
      if (gone === 'is closed') comparing.rest();
      else comparing.show(1);
      const ready = await finishing;
      assert.deepEqual(ready.said, []);
      const [before, after] = [await rgba(original.bytes), await rgba(ready.bytes)];
      const { width } = original.info;
      let changed = 0;
      for (let at = 0; at < before.length; at++) {
        if (before[at] === after[at]) continue;
        const x = Math.floor(at / 4) % width;
        assert.ok(x >= Math.floor(width / 3) && x < Math.ceil((2 * width) / 3), `changed at ${x}`);
        changed++;
      }
      assert.ok(changed > 0);
    });
  }

  it('puts back what was rejected before a reload, however soon it is saved', async () => {
    const [original, edited] = await edit('screenshot.png', 'add a cat');
    const restored = { shown: 0, rejected: [0] };
    const comparing = start(original, edited, { matchOriginal: false, restored });
    const { bytes } = await comparing.finish(0);
    assert.deepEqual(await rgba(bytes), await rgba(original.bytes));
  });

  it('says why it cannot compare, and saves what came without matching', async () => {
    const [original] = await edit('photo.jpg', 'add a cat');
    const whole = await sharp(original.bytes).png().toBuffer();
    const cut = picture(whole.subarray(0, 60));
    const comparing = start(original, cut, { matchOriginal: false });
    const { problem } = await compared();
    assert.match(problem ?? '', /damaged/);
    assert.equal(problems.length, 1);
    assert.deepEqual((await comparing.finish(0)).bytes, cut.bytes);
  });
});

/** In the same format. */
async function quartered(sample: Uint8Array): Promise<Buffer> {
  const { width, height } = await sharp(sample).metadata();
  return sharp(sample)
    .resize(width / 4, height / 4)
    .toBuffer();
}

function picture(bytes: Uint8Array): Picture {
  const info = identifyPicture(bytes);
  assert.ok(info);
  return { bytes, info };
}

async function rgba(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).ensureAlpha().raw().toBuffer();
}

/** Of the channels, in levels. */
async function meanDistance(one: Uint8Array, other: Uint8Array): Promise<number> {
  const [first, second] = [await rgba(one), await rgba(other)];
  return first.reduce((sum, value, at) => sum + Math.abs(value - second[at]!), 0) / first.length;
}

function raw(image: Sharp): Promise<Buffer> {
  return image.removeAlpha().toColourspace('srgb').raw().toBuffer();
}

/** Red, green and blue. */
function meanInside(
  pixels: Uint8Array,
  width: number,
  box: { x: number; y: number; width: number; height: number },
): number[] {
  const sums = [0, 0, 0];
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      for (const channel of [0, 1, 2]) sums[channel]! += pixels[3 * (y * width + x) + channel]!;
    }
  }
  return sums.map((sum) => sum / (box.width * box.height));
}
