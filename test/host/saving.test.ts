// What becomes of an edit that is here: saved, saved elsewhere, undone, discarded, or put aside.
import assert from 'node:assert/strict';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { moving } from '../unit/picture/support/animations';
import { smallPng } from './support/pictures';
import { HostTrip } from './support/hostTrip';

const gptImage = 'openai/gpt-image-2';

describe('an edit that is here', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    trip = await HostTrip.start();
    await trip.place('small.png', await smallPng());
  });
  afterEach(() => trip.end());

  it('gets a number where its name is taken, and Undo takes away just that file', async () => {
    await trip.place('small.edited.png', await smallPng('red'));
    const page = await trip.edit('small.png', 'invert it', gptImage);
    page.send({ type: 'accept', version: 0 });
    const message = await trip.user.told('Saved small.edited-2.png');
    assert.deepEqual(await trip.made(), ['small.edited-2.png']);
    await page.untilClosed();

    message.press('Undo');
    // What was paid for is on the screen again.
    const again = await trip.pages.titled('Compare: small.png');
    const { versions } = await again.untilReview();
    assert.deepEqual(
      versions.map(({ saved }) => saved),
      [false],
    );
    assert.deepEqual(await trip.made(), []);
    again.send({ type: 'discard' });
    await again.untilClosed();
  });

  it('is saved as PNG beside a JPEG where every pixel is to be kept', async () => {
    const page = await trip.edit('photo.jpg', 'make it brighter', gptImage);
    page.send({ type: 'savePng', version: 0 });
    const message = await trip.user.told('Saved photo.edited.png');
    assert.deepEqual(await trip.made(), ['photo.edited.png']);
    await page.untilClosed();
    const saved = await sharp(join(trip.folder, 'photo.edited.png')).metadata();
    const original = await sharp(join(trip.folder, 'photo.jpg')).metadata();
    assert.deepEqual(
      [saved.format, saved.width, saved.height],
      ['png', original.width, original.height],
    );
    message.press('Undo');
    const again = await trip.pages.titled('Compare: photo.jpg');
    await again.untilReview();
    assert.deepEqual(await trip.made(), []);
    again.send({ type: 'discard' });
    await again.untilClosed();
  });

  it('says of an animated PNG, before it is sent and replaced, that it will be still', async () => {
    await trip.place('moving.png', moving(await smallPng(), 2));
    void trip.begin('moving.png');
    await trip.answer('moving.png', 'invert it', gptImage);
    const question = await trip.user.told('moving.png: Only the first of its 2 frames is sent.');
    question.press('Send');
    const page = await trip.pages.titled('Compare: moving.png');
    await page.untilReview();
    page.send({ type: 'replace', version: 0 });
    const replacing = await trip.user.told('Replace moving.png with the edited picture?');
    assert.match(replacing.detail, /^It is saved as a still picture\. What is there now is kept/);
    replacing.press('Replace Original');
    await trip.user.told('Replaced moving.png. It is saved as a still picture.');
    await page.untilClosed();
  });

  it('stays where it was saved on Undo once that file has been changed', async () => {
    const page = await trip.edit('small.png', 'make it brighter', gptImage);
    page.send({ type: 'accept', version: 0 });
    const message = await trip.user.told('Saved small.edited.png');
    await appendFile(join(trip.folder, 'small.edited.png'), 'changed');
    message.press('Undo');
    await trip.user.told('small.edited.png has been changed since it was saved: it stays.');
    assert.deepEqual(await trip.made(), ['small.edited.png']);
  });

  it('stays within reach when it is discarded, or its tab closed', async () => {
    const page = await trip.edit('small.png', 'blur it', gptImage);
    page.send({ type: 'discard' });
    await page.untilClosed();
    (await trip.user.told('Discarded the edit of small.png.')).press('Undo');
    const second = await trip.pages.titled('Compare: small.png');
    await second.untilReview();
    second.close();
    (await trip.user.told('The edit of small.png is not saved yet.')).press('Compare');
    const third = await trip.pages.titled('Compare: small.png');
    const { versions } = await third.untilReview();
    assert.equal(versions.length, 1);
    assert.ok(third.picture(0));
    assert.deepEqual(await trip.made(), []);
    assert.equal(trip.sent.length, 1);
  });

  it('is saved elsewhere with Save As…, but never over the original', async () => {
    const page = await trip.edit('small.png', 'rotate it', gptImage);
    trip.user.saveNextAs(join(trip.folder, 'small.png'));
    page.send({ type: 'saveAs', version: 0 });
    const refusal = await trip.user.told(
      'small.png is the original, which Retouch never writes over.',
    );
    assert.deepEqual(await trip.made(), []);
    trip.user.saveNextAs(join(trip.folder, 'rotated.png'));
    refusal.press('Choose Another Name');
    await trip.user.told('Saved rotated.png');
    assert.deepEqual(await trip.made(), ['rotated.png']);
    const proposed = trip.uri('small.edited.png').toString();
    assert.deepEqual(trip.user.proposed.map(String), [proposed, proposed]);
  });

  it('stays in the panel when it cannot be saved, and is saved elsewhere', async () => {
    const folder = join(trip.folder, 'gone');
    await mkdir(folder);
    await writeFile(join(folder, 'PHOTO.PNG'), await smallPng());
    void trip.begin(join('gone', 'PHOTO.PNG'));
    await trip.answer('PHOTO.PNG', 'invert it', gptImage);
    const page = await trip.pages.titled('Compare: PHOTO.PNG');
    await page.untilReview();
    await rm(folder, { recursive: true });
    page.send({ type: 'accept', version: 0 });
    const message = await trip.user.told('The edit of PHOTO.PNG could not be saved: ENOENT');
    assert.match(message.text, /It is still in the compare panel\.$/);
    await page.untilReview();
    assert.ok(page.isOpen);
    trip.user.saveNextAs(join(trip.folder, 'elsewhere.png'));
    message.press('Save As…');
    await trip.user.told('Saved elsewhere.png');
    assert.deepEqual(await trip.made(), ['elsewhere.png']);
  });
});
