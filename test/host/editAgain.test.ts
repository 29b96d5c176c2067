// Edited, and edited again: versions make a tree, which a reload keeps, and what fails or is cancelled costs nobody a word.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { PanelState } from '../../src/compare/protocol';
import { markRegion } from '../../src/compare/protocol';
import { until } from '../support/until';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3-pro-image';
const photo = 'photo.jpg';

describe('editing again', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await HostTrip.start({ matchOriginal: false });
    trip.gateway.pictureSize = { width: 48, height: 32 };
    await trip.draw(photo);
  });
  afterEach(() => trip.end());

  const edit = (words: string) => trip.edit(photo, words, gptImage);

  /** Once there are so many versions, and the last of them is shown. */
  const untilVersion = (page: Page, count: number) =>
    page.untilState(
      `with version ${count}`,
      ({ phase, versions, shown }) =>
        phase === 'review' && versions.length === count && shown === count - 1,
    );

  /** What each version was made from, and in which words. */
  const tree = ({ rounds, versions }: PanelState) =>
    versions.map(({ round, deleted }) =>
      deleted === true ? 'deleted' : [rounds[round]!.startedFrom, rounds[round]!.instruction],
    );

  it('makes a tree of versions, each from what the user saw, and keeps it over a reload', async () => {
    const page = await edit('make it black and white');
    page.send({ type: 'again', instruction: 'add a cat', model: gemini, version: 0 });
    const two = await untilVersion(page, 2);
    assert.equal(two.rounds[1]?.model, gemini);
    const [first, second] = trip.sent;
    assert.match(second!.path, /chat\/completions$/);
    assert.ok(!(await isColourful(second!.inputs[0]!)), 'the version was sent');
    assert.ok(!(await isColourful(first!.answered[0]!)));
    assert.ok(second!.answered[0]!.equals(page.picture(1)!));

    page.send({ type: 'again', instruction: 'blur it', model: gptImage });
    await untilVersion(page, 3);
    const third = trip.sent[2];
    assert.match(third!.path, /images\/edits$/);
    assert.ok(await isColourful(third!.inputs[0]!), 'the original was sent');
    assert.equal(trip.sent.length, 3);

    // Back to one of before, and a branch from there.
    page.send({ type: 'show', version: 0 });
    page.send({ type: 'again', instruction: 'make it brighter', model: gptImage, version: 0 });
    const four = await untilVersion(page, 4);
    assert.deepEqual(tree(four), [
      [undefined, 'make it black and white'],
      [0, 'add a cat'],
      [undefined, 'blur it'],
      [0, 'make it brighter'],
    ]);

    page.send({ type: 'delete', version: 0 });
    const dialog = await trip.user.told(
      `Delete version 1 of the edit of ${photo}? It was never saved.`,
    );
    assert.equal(dialog.detail, 'It cannot be brought back. What was made from it stays.');
    dialog.press('Delete');
    const without = await page.untilState(
      'without version 1',
      ({ versions }) => versions[0]?.deleted === true,
    );
    assert.deepEqual(tree(without), [
      'deleted',
      ['deleted', 'add a cat'],
      [undefined, 'blur it'],
      ['deleted', 'make it brighter'],
    ]);

    page.send({ type: 'show', version: 1 });
    const { restore, versions } = await page.untilState(
      'with version 2',
      ({ shown }) => shown === 1,
    );
    await until('end of the deleted one in the journal', async () => {
      const jobs = await trip.jobs();
      return jobs.length === 3;
    });
    await trip.reload();
    const back = await trip.restorePanel({ restore: restore!, shown: versions[1]!.id });
    const closedUp = await back.untilReview();
    assert.equal(back.title, `Compare: ${photo}`);
    // Numbers close up; the one that was shown still is.
    assert.equal(closedUp.shown, 0);
    const left = [
      ['deleted', 'add a cat'],
      [undefined, 'blur it'],
      ['deleted', 'make it brighter'],
    ];
    assert.deepEqual(tree(closedUp), left);

    back.close();
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('add a cat');
    const again = await trip.pages.titled(`Compare: ${photo}`);
    assert.deepEqual(tree(await again.untilReview()), left);
    again.send({ type: 'show', version: 0 });
    again.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved photo.edited');
    const [saved = ''] = await trip.made();
    assert.ok((await trip.read(saved)).equals(second!.answered[0]!));
    assert.equal(trip.sent.length, 4, 'nothing was sent again');
  });

  it('ends with what was made last: the steps on the way need no decision', async () => {
    const page = await edit('invert it');
    page.send({ type: 'again', instruction: 'make it brighter', model: gptImage, version: 0 });
    const { rounds } = await untilVersion(page, 2);
    assert.equal(rounds[1]?.startedFrom, 0);
    page.send({ type: 'accept', version: 1 });
    await trip.user.told('Saved photo.edited');
    await page.untilClosed();
    const [saved = '', ...others] = await trip.made();
    assert.deepEqual(others, []);
    assert.ok((await trip.read(saved)).equals(trip.sent[1]!.answered[0]!));
  });

  it('is refused or cancelled, and what was there before waits still', async () => {
    const page = await edit('invert it');
    page.send({ type: 'again', instruction: 'refuse this', model: gptImage, version: 0 });
    const refused = await trip.user.told(/photo\.jpg: .*safety/);
    const before = await page.untilReview();
    assert.deepEqual(tree(before), [[undefined, 'invert it']]);
    assert.equal(trip.sent.length, 2);
    // What a filter has refused is not sent again as it was.
    assert.deepEqual(refused.buttons, ['Change the Instruction']);
    refused.press('Change the Instruction');
    await page.untilReview();

    trip.gateway.delayMs = 120_000;
    page.send({ type: 'again', instruction: 'wait for it', model: gptImage, version: 0 });
    const under = await page.untilState('that is under way', ({ phase }) => phase === 'editing');
    assert.deepEqual(
      [under.rounds[1]?.instruction, under.rounds[1]?.startedFrom, under.rounds[1]?.elapsed],
      ['wait for it', 0, undefined],
    );
    await until('request', () => trip.sent[2]?.billed);
    page.send({ type: 'cancel' });
    const cancelled = await trip.user.told(`Cancelled the edit of ${photo}.`);
    assert.deepEqual(tree(await page.untilReview()), [[undefined, 'invert it']]);
    assert.equal(trip.sent.length, 3);
    // Where it is tried again, it is in the same panel.
    trip.gateway.delayMs = 0;
    cancelled.press('Try Again');
    assert.deepEqual(tree(await untilVersion(page, 2)), [
      [undefined, 'invert it'],
      [0, 'wait for it'],
    ]);
    assert.equal(trip.sent.length, 4);
  });

  it('downloads what did not come into the panel that is open, and into one that was closed', async () => {
    const page = await edit('invert it');
    trip.gateway.answerWith = 'url';
    trip.gateway.resetDownloads = Infinity;
    const fail = async (from: Page, instruction: string) => {
      from.send({ type: 'again', instruction, model: gptImage, version: 0 });
      const failed = await trip.user.told(/could not be downloaded/);
      assert.deepEqual(failed.buttons, ['Download Again', 'Try Again']);
      return failed;
    };
    const first = await fail(page, 'make it brighter');
    trip.gateway.resetDownloads = 0;
    first.press('Download Again');
    assert.deepEqual(tree(await untilVersion(page, 2)), [
      [undefined, 'invert it'],
      [0, 'make it brighter'],
    ]);
    assert.ok(trip.sent[1]!.answered[0]!.equals(page.picture(1)!));

    trip.gateway.resetDownloads = Infinity;
    const second = await fail(page, 'blur it');
    page.close();
    trip.gateway.resetDownloads = 0;
    second.press('Download Again');
    const back = await trip.pages.titled(`Compare: ${photo}`);
    assert.deepEqual(tree(await untilVersion(back, 3))[2], [0, 'blur it']);
    assert.equal(trip.sent.length, 3);
  });

  it('goes on when the panel is closed meanwhile, and comes back with what came', async () => {
    const page = await edit('invert it');
    trip.gateway.delayMs = 120_000;
    page.send({ type: 'again', instruction: 'make it brighter', model: gptImage, version: 0 });
    await page.untilState('that is under way', ({ phase }) => phase === 'editing');
    page.close();
    trip.gateway.delayMs = 0;
    (await trip.user.told(`The edit of ${photo} is not saved yet.`)).press('Compare');
    const back = await trip.pages.titled(`Compare: ${photo}`);
    assert.deepEqual(tree(await untilVersion(back, 2)), [
      [undefined, 'invert it'],
      [0, 'make it brighter'],
    ]);
    assert.equal(trip.sent.length, 2);
  });

  it('deletes no version without being told to, and shows what the deleted one was made from', async () => {
    const page = await edit('invert it');
    // The last one is discarded, which can be undone.
    page.send({ type: 'delete', version: 0 });
    await settled();
    assert.equal(page.state?.versions[0]?.deleted, undefined);
    page.send({ type: 'again', instruction: 'make it brighter', model: gptImage, version: 0 });
    await untilVersion(page, 2);
    page.send({ type: 'delete', version: 1 });
    (await trip.user.told(`Delete version 2 of the edit of ${photo}?`)).dismiss();
    await settled();
    page.send({ type: 'delete', version: 1 });
    (await trip.user.told(`Delete version 2 of the edit of ${photo}?`)).press('Delete');
    const left = await page.untilState(
      'without version 2',
      ({ versions }) => !!versions[1]?.deleted,
    );
    assert.equal(left.shown, 0);
    // It waits again, since nothing is made from it any more.
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved photo.edited');
    await page.untilClosed();
  });

  it('says how many versions wait where several branches do', async () => {
    const page = await edit('invert it');
    for (const [at, instruction] of ['blur it', 'make it brighter'].entries()) {
      page.send({ type: 'again', instruction, model: gptImage, version: 0 });
      await untilVersion(page, at + 2);
    }
    page.close();
    await trip.user.told(`2 of the 3 pictures of the edit of ${photo} are not saved yet.`);
  });

  it('is an edit with all that belongs to one: a region holds in every version', async () => {
    await trip.draw('wide.png', { width: 64, height: 48 });
    trip.gateway.pictureSize = { width: 64, height: 48 };
    void trip.begin('wide.png');
    await (await trip.user.asked('Edit wide.png')).choose('Mark Region…');
    const marking = await trip.pages.titled('Mark Region: wide.png');
    await marking.untilState('for marking', ({ phase }) => phase === 'marking');
    const region = markRegion(64, 48, (place) => place % 64 >= 32);
    marking.send({ type: 'region', region, done: true });
    await trip.answer('wide.png', 'make it black and white', gptImage);
    const page = await trip.pages.titled('Compare: wide.png');
    await page.untilReview();
    page.send({ type: 'again', instruction: 'invert it', model: gemini, version: 0 });
    await untilVersion(page, 2);
    const { comparison } = await page.untilCompared();
    assert.ok(comparison!.outsideShare! > 0, 'changed outside the region');
    page.send({ type: 'accept', version: 1 });
    await trip.user.told('Saved wide.edited.png');
    const left = async (name: string) =>
      sharp(await trip.read(name))
        .extract({ left: 0, top: 0, width: 24, height: 48 })
        .ensureAlpha()
        .raw()
        .toBuffer();
    assert.ok((await left('wide.edited.png')).equals(await left('wide.png')));
  });
});

/** What is refused without waiting for anything has been, and the panel listens again. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function isColourful(picture: Uint8Array): Promise<boolean> {
  const { data, info } = await sharp(picture)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  let most = 0;
  for (let at = 0; at < data.length; at += info.channels) {
    const pixel = [data[at]!, data[at + 1]!, data[at + 2]!];
    most = Math.max(most, Math.max(...pixel) - Math.min(...pixel));
  }
  return most > 40;
}
