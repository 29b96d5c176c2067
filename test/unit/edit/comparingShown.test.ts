// Whatever the user chooses: what is saved, and what the next edit starts from, is the very picture that the panel shows.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import sharp from 'sharp';
import type { Adjustment, PanelPicture } from '../../../src/compare/comparePanel';
import { keptOf } from '../../../src/compare/keptOf';
import { markRegion, type KeptByWebview, type PanelState } from '../../../src/compare/protocol';
import { Comparing, type ComparingOptions } from '../../../src/edit/comparing';
import type { Picture } from '../../../src/edit/readOriginal';
import { identifyPicture } from '../../../src/picture/identify';
import type { Pixels } from '../../../src/picture/pixels';
import { longOr } from '../../support/long';
import { tries } from '../../support/properties';
import { paintScene, seededRandom } from '../../support/seeded';
import { sharedWorker } from '../picture/support/sharedWorker';

const [width, height] = [168, 120];

/** What the panel was told, and the picture that it shows. */
class Shown {
  state: Partial<PanelState> = {};
  preview: PanelPicture | undefined;
  /** Whether the preview is of the choices of now. */
  private isNow = false;
  private told: (() => void) | undefined;

  update(change: Partial<PanelState>): void {
    this.state = { ...this.state, ...change };
    this.told?.();
  }

  showPreview(_version: number, picture: PanelPicture | undefined): void {
    this.preview = picture;
    if (this.state.comparison?.busy === false) this.isNow = true;
    this.told?.();
  }

  showHeat(): void {
    // Of no picture that is saved.
  }

  /** Makes a choice, and ends when the panel shows what comes of it. */
  async after(choose: () => void): Promise<void> {
    this.isNow = false;
    choose();
    await new Promise<void>((done) => {
      this.told = () => {
        if (this.isNow && this.state.comparison?.busy === false) done();
      };
      this.told();
    });
    this.told = undefined;
  }
}

/** What panels differ in here. */
type Choosable = Pick<ComparingOptions, 'matchOriginal' | 'region' | 'restored'>;

type Choice =
  | { readonly type: 'keep'; readonly change: number; readonly kept: boolean }
  | { readonly type: 'keepOverall'; readonly kept: boolean }
  | { readonly type: 'threshold'; readonly threshold: number }
  | { readonly type: 'align'; readonly on: boolean }
  | { readonly type: 'match'; readonly on: boolean; readonly fit?: 'fit' | 'crop' | 'stretch' }
  | { readonly type: 'show'; readonly version: number };

const choices: fc.Arbitrary<Choice> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('keep'), change: fc.nat(5), kept: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('keepOverall'), kept: fc.boolean() }),
  },
  fc.record({ type: fc.constant('threshold'), threshold: fc.constantFrom(0.02, 0.06, 0.2) }),
  fc.record({ type: fc.constant('align'), on: fc.boolean() }),
  fc.record(
    {
      type: fc.constant('match'),
      on: fc.boolean(),
      fit: fc.constantFrom('fit', 'crop', 'stretch'),
    },
    { requiredKeys: ['type', 'on'] },
  ),
  fc.record({ type: fc.constant('show'), version: fc.nat(2) }),
);

describe('what is shown', () => {
  const worker = sharedWorker();

  const scene = paintScene(seededRandom(12), width, height);
  let original: Picture;
  let versions: Picture[];
  before(async () => {
    original = await png(scene);
    const edited = await png(edit(scene));
    const moved = sharp(edited.bytes)
      .extract({ left: 6, top: 4, width: width - 6, height: height - 4 })
      .extend({ right: 6, bottom: 4, extendWith: 'copy' });
    const other = sharp(edited.bytes).resize(140, 140, { fit: 'cover' });
    versions = [
      edited,
      picture(await moved.png().toBuffer()),
      picture(await other.png().toBuffer()),
      await png(editTwice(scene)),
    ];
  });

  function start(shown: Shown, options: Choosable): Comparing {
    return new Comparing({
      original,
      versions,
      worker,
      panel: () => shown,
      log: (problem) => assert.fail(problem),
      ...options,
    });
  }

  /** What the page keeps of a panel as it was told so far, after each message. */
  function keep(shown: Shown, version: number, before: KeptByWebview): KeptByWebview {
    const facts = versions.map((_, at) => ({ id: String(at) }));
    return keptOf(
      { ...(shown.state as PanelState), shown: version, versions: facts as never },
      before,
    );
  }

  /** The window is reloaded: a new panel shows the same picture. */
  async function restore(
    before: PanelPicture | undefined,
    kept: KeptByWebview,
    options: Choosable,
  ): Promise<[Shown, Comparing]> {
    const version = Number(kept.shown);
    const shown = new Shown();
    const comparing = start(shown, { ...options, restored: { ...kept, shown: version } });
    await shown.after(() => comparing.show(version));
    assert.equal(shown.preview === undefined, before === undefined);
    if (shown.preview && before) {
      const [now, then] = [shown.preview, before].map(({ bytes }) => pixelsOf(bytes));
      assert.ok(isSame(await now!, await then!), 'it shows what it showed before the reload');
    }
    return [shown, comparing];
  }

  for (const [hasRegion, where, runs] of [
    [false, 'in all of the picture', 2],
    [true, 'in a region', 3],
  ] as const) {
    it(`is what is saved and edited again, for any choices ${where}, and after a reload`, async function () {
      this.timeout(longOr(600_000, 120_000));
      const region = hasRegion ? markRegion(4, 4, (place) => place % 4 < 2) : undefined;
      await fc.assert(
        fc.asyncProperty(
          fc.boolean(),
          fc.nat(2),
          fc.array(choices, { maxLength: 5 }),
          async (matchOriginal, first, chosen) => {
            const shown = new Shown();
            const options = { matchOriginal, region };
            const comparing = start(shown, options);
            let version = first;
            await shown.after(() => comparing.show(first));
            for (const choice of chosen) {
              if (choice.type === 'show') version = choice.version;
              const { overall } = shown.state.comparison!;
              if (choice.type === 'keepOverall' && !overall) continue;
              await shown.after(() => comparing.adjust(adjustmentOf(choice, version)));
            }
            await assertShown(comparing, shown, version);
            const kept = keep(shown, version, {});
            const [back, restored] = await restore(shown.preview, kept, options);
            await assertShown(restored, back, version);
          },
        ),
        tries(runs),
      );
    });
  }

  /** The panel shows the preview; without one the picture that came, as the browser stretches it. */
  async function assertShown(comparing: Comparing, shown: Shown, version: number): Promise<void> {
    const isSeen = await pixelsOf(shown.preview?.bytes ?? versions[version]!.bytes);
    const seen = await pixelsOf((await comparing.seen(version)).bytes);
    assert.ok(isSame(seen, isSeen), 'the next edit starts from what is shown');
    const saved = await pixelsOf((await comparing.finish(version)).bytes);
    if (shown.preview || saved.width === isSeen.width) {
      assert.ok(isSame(saved, isSeen), 'what is saved is what is shown');
      return;
    }
    const stretched = await sharp(versions[version]!.bytes)
      .resize(saved.width, saved.height, { fit: 'fill' })
      .ensureAlpha()
      .raw()
      .toBuffer();
    const off = stretched.reduce((sum, value, at) => sum + Math.abs(value - saved.pixels[at]!), 0);
    // In levels: by other weights than the product's, as a browser's are.
    assert.ok(off / stretched.length < 1.5, 'what is saved is what came, stretched');
  }

  it('is all of what came where nothing is rejected, and in its colours until these are rejected', async () => {
    const shown = new Shown();
    const comparing = start(shown, { matchOriginal: true });
    await shown.after(() => comparing.show(1));
    assert.ok(shown.preview, 'it was moved, which the browser cannot show');
    assert.ok(warmth(await pixelsOf(shown.preview.bytes)) > warmth(scene) + 4);
    await assertShown(comparing, shown, 1);
    const count = shown.state.comparison!.changes.length;
    assert.ok(count > 1);
    await shown.after(() =>
      comparing.adjust({ type: 'keep', version: 1, changes: [0], kept: false }),
    );
    // What is put back is the original's, in the new colours.
    assert.match(shown.state.comparison!.overall!.words, /^Overall: (a little )?warmer/);
    assert.ok(warmth(await pixelsOf(shown.preview.bytes)) > warmth(scene) + 4);
    await assertShown(comparing, shown, 1);
    await shown.after(() => comparing.adjust({ type: 'keepOverall', version: 1, kept: false }));
    assert.ok(warmth(await pixelsOf(shown.preview.bytes)) < warmth(scene) + 1);
    await assertShown(comparing, shown, 1);
  });

  it('is what it was where the window is reloaded while another threshold is being tried', async () => {
    const shown = new Shown();
    const options = { matchOriginal: true };
    const comparing = start(shown, options);
    await shown.after(() => comparing.show(3));
    // The faint one is first. At the other threshold it is none, and the strong one has its number.
    assert.equal(shown.state.comparison!.changes.length, 2);
    await shown.after(() =>
      comparing.adjust({ type: 'keep', version: 3, changes: [1], kept: false }),
    );
    const settled = keep(shown, 3, {});
    comparing.adjust({ type: 'threshold', threshold: 0.3 });
    assert.equal(shown.state.comparison?.busy, true);
    const kept = keep(shown, 3, settled);
    const [back, restored] = await restore(shown.preview, kept, options);
    await assertShown(restored, back, 3);
  });
});

function adjustmentOf(choice: Choice, version: number): Adjustment {
  switch (choice.type) {
    case 'keep':
      return { type: 'keep', version, changes: [choice.change], kept: choice.kept };
    case 'keepOverall':
      return { type: 'keepOverall', version, kept: choice.kept };
    case 'match':
      return { type: 'match', on: choice.on, fit: choice.fit };
    default:
      return choice;
  }
}

/** Two marks, and all of it a little warmer. */
function edit(scene: Pixels): Pixels {
  const pixels = scene.pixels.map((value, at) =>
    Math.min(255, Math.max(0, value + ([3, 0, -3, 0][at % 4] ?? 0))),
  );
  for (const [left, top, side] of [
    [20, 20, 24],
    [110, 70, 30],
  ] as const) {
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) pixels[4 * (y * width + x) + 1]! ^= 0x80;
    }
  }
  return { ...scene, pixels };
}

/** A large mark that is faint, and a small one that is not. */
function editTwice(scene: Pixels): Pixels {
  const pixels = scene.pixels.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isFaint = x < 80 && y < 60;
      const isStrong = x > 140 && y > 96 && x < 160;
      for (const channel of [0, 1, 2]) {
        const at = 4 * (y * width + x) + channel;
        if (isFaint) pixels[at] = Math.min(255, pixels[at]! + 40);
        if (isStrong) pixels[at] = channel === 0 ? 255 : 0;
      }
    }
  }
  return { ...scene, pixels };
}

/** Red less blue, the mean. */
function warmth({ pixels }: Pixels): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 4) sum += pixels[at]! - pixels[at + 2]!;
  return (4 * sum) / pixels.length;
}

async function png({ pixels, ...size }: Pixels): Promise<Picture> {
  return picture(
    await sharp(pixels, { raw: { ...size, channels: 4 } })
      .png()
      .toBuffer(),
  );
}

function picture(bytes: Uint8Array): Picture {
  return { bytes, info: identifyPicture(bytes)! };
}

async function pixelsOf(bytes: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(bytes)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

function isSame(one: Pixels, other: Pixels): boolean {
  return (
    one.width === other.width &&
    one.height === other.height &&
    Buffer.compare(one.pixels, other.pixels) === 0
  );
}
