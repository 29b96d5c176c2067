// Each way in which a picture leaves the panel: its pixels are the very ones that the page was given to show.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { keptOf } from '../../src/compare/keptOf';
import { until } from '../support/until';
import { HostTrip } from './support/hostTrip';
import { readSample } from './support/keptSession';
import type { Page } from './support/pages';

const model = 'openai/gpt-image-2';
const name = 'scene.png';
const size = { width: 168, height: 112 };
/** Of all of it another brightness, and a change in one place. */
const instruction = 'make it darker and add a cat';

describe('what the panel shows', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    trip = await HostTrip.start();
    trip.gateway.pictureSize = { width: 240, height: 160 };
    const scene = sharp(await readSample('photo.jpg')).resize(size);
    await trip.place(name, await scene.png().toBuffer());
  });
  afterEach(() => trip.end());

  /** Puts the original's brightness back: then neither picture is what is to be saved. Gives what the page shows. */
  async function choose(page: Page): Promise<Buffer> {
    const { comparison } = await page.untilCompared();
    assert.match(comparison?.overall?.words ?? '', /darker/);
    assert.ok(comparison!.changes.length > 0);
    const before = page.received.length;
    page.send({ type: 'keepOverall', version: 0, kept: false });
    await until('preview of what was chosen', () => {
      const since = page.received.slice(before);
      return since.some((message) => message.type === 'picture' && message.name === 'preview');
    });
    return shownBy(page);
  }

  async function shownBy(page: Page): Promise<Buffer> {
    await page.untilState('with a preview', ({ previewOf }) => previewOf === 0);
    const shown = await pixelsOf(page.picture('preview')!);
    const [original, edited] = [page.picture('original')!, page.picture(0)!];
    assert.ok(!shown.equals(await pixelsOf(original)) && !shown.equals(await pixelsOf(edited)));
    return shown;
  }

  async function assertSaved(file: string, shown: Buffer): Promise<void> {
    assert.ok((await pixelsOf(await trip.read(file))).equals(shown));
  }

  it('is what Copy and Save As… give', async () => {
    const page = await trip.edit(name, instruction, model);
    const shown = await choose(page);
    page.send({ type: 'copy', version: 0 });
    const copy = await until('copy', () => page.received.find(({ type }) => type === 'copy'));
    assert.ok(copy.type === 'copy' && copy.picture);
    assert.ok((await pixelsOf(new Uint8Array(copy.picture.bytes))).equals(shown));
    trip.user.saveNextAs(trip.uri('chosen.png').fsPath);
    page.send({ type: 'saveAs', version: 0 });
    await trip.user.told('Saved chosen.png');
    await assertSaved('chosen.png', shown);
  });

  it('is what takes the original’s place', async () => {
    const page = await trip.edit(name, instruction, model);
    const shown = await choose(page);
    page.send({ type: 'replace', version: 0 });
    (await trip.user.told(`Replace ${name}`)).press('Replace Original');
    await trip.user.told(`Replaced ${name}`);
    await assertSaved(name, shown);
  });

  it('is what is edited again', async () => {
    const page = await trip.edit(name, instruction, model);
    const shown = await choose(page);
    page.send({ type: 'again', instruction: 'invert it', model, version: 0 });
    const input = await until('picture at the gateway', () => trip.sent[1]?.inputs[0]);
    assert.ok((await pixelsOf(input)).equals(shown));
    await page.untilState('with the next', ({ versions }) => versions.length === 2);
  });

  it('is what a batch saves, whether it was compared before it was opened or not', async () => {
    const names = [name, 'second.png'];
    await trip.place('second.png', await trip.read(name));
    void trip.begin(name, ...names);
    await (await trip.user.asked('Edit 2 images')).choose('Edit each');
    await trip.answer('2 images', instruction, model);
    (await trip.user.told('Edit 2 images with')).press('Edit 2 images');
    const batch = await trip.pages.titled('Edit 2 images');
    await batch.untilBatch('with the first', ({ rows }) => typeof rows[0]?.found === 'object');
    await batch.untilBatch('that is done', ({ toReview }) => toReview === 2);
    batch.send({ type: 'review' });
    for (const [at, one] of names.entries()) {
      const page = await trip.pages.titled(`Compare: ${one}`);
      await page.untilState('of this one', ({ queue }) => queue?.position === at + 1);
      const shown = await choose(page);
      page.send({ type: 'accept', version: 0 });
      const saved = one.replace('.png', '.edited.png');
      await trip.user.told(`Saved ${saved}`);
      await assertSaved(saved, shown);
    }
  });

  it('is what a panel shows and saves that comes back after a reload', async () => {
    const page = await trip.edit(name, instruction, model);
    const shown = await choose(page);
    const kept = keptOf(page.state!, {});
    await trip.reload();
    const back = await trip.restorePanel(kept);
    await back.untilCompared();
    assert.ok((await shownBy(back)).equals(shown));
    back.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved scene.edited.png');
    await assertSaved('scene.edited.png', shown);
  });
});

async function pixelsOf(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).ensureAlpha().raw().toBuffer();
}
