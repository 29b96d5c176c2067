// From the command to the saved file, in a real extension host: the test answers for the user and speaks for the page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { window } from 'vscode';
import { until } from '../support/until';
import { smallPicture, smallPng } from './support/pictures';
import { HostTrip } from './support/hostTrip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';
const hostile = '50% off #1 "final".png';
const minute = 60_000;

describe('Edit Image with AI…', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    trip = await HostTrip.start();
    await trip.place('small.png', await smallPng());
  });
  afterEach(() => trip.end());

  /** How the data URLs of the pictures begin that were sent. */
  const sentAs = () => JSON.stringify(trip.sent.map(({ body }) => body)).match(/data:[^,"]+/g);

  it('sends nothing of what it cannot read: an iPhone’s PNG, by name, and a JPEG that no decoder knows', async () => {
    const png = await smallPng();
    // A chunk in front of the header; what else is different is not looked at.
    const chunk = Buffer.from('0000000443674249500020062cb87766', 'hex');
    await trip.place('icon.png', Buffer.concat([png.subarray(0, 8), chunk, png.subarray(8)]));
    const begun = trip.begin('icon.png');
    const refused = await trip.user.told('icon.png: It is a PNG in Apple’s own form (CgBI)');
    assert.match(refused.text, /xcrun pngcrush -revert-iphone-optimizations .* Nothing was/);
    refused.dismiss();
    await begun;

    const jpeg = await smallPicture().jpeg().toBuffer();
    // A process without loss.
    jpeg[jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc3;
    await trip.place('rare.jpg', jpeg);
    void trip.begin('rare.jpg');
    await trip.answer('rare.jpg', 'invert it', gptImage);
    await trip.user.told('rare.jpg: It is damaged, or a JPEG of a rare kind');
    assert.deepEqual(trip.sent, []);
  });

  it('takes an AVIF to a saved file, sent as PNG', async () => {
    await trip.place('photo.avif', await smallPicture().avif({ effort: 0 }).toBuffer());
    const page = await trip.edit('photo.avif', 'invert it', gptImage);
    assert.ok(page.picture('original'));
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved photo.edited.avif');
    assert.deepEqual(await trip.made(), ['photo.edited.avif']);
    assert.deepEqual(sentAs(), ['data:image/png;base64']);
  });

  for (const { model, path, file, saved } of [
    { model: gptImage, path: '/v1/images/edits', file: 'photo.jpg', saved: 'photo.edited.jpg' },
    {
      model: gemini,
      path: '/v1/chat/completions',
      file: hostile,
      saved: '50% off #1 "final".edited.png',
    },
  ]) {
    it(`takes ${file} through ${path} to ${saved}`, async () => {
      const page = await trip.edit(file, 'make it black and white', model);
      assert.equal(page.title, `Compare: ${file}`);
      const original = await readFile(join(trip.folder, file));
      assert.deepEqual(Buffer.from(page.picture('original')!), original);
      assert.deepEqual(Buffer.from(page.picture(0)!), trip.sent[0]?.answered[0]);
      page.send({ type: 'accept', version: 0 });
      const message = await trip.user.told(`Saved ${saved}`);
      assert.deepEqual(message.buttons, ['Open', 'Undo']);
      await page.untilClosed();
      assert.deepEqual(await trip.made(), [saved]);
      const picture = sharp(await readFile(join(trip.folder, saved)));
      const { channels } = await picture.clone().removeAlpha().stats();
      const means = channels.map(({ mean }) => mean);
      // What differed too little to be a change is still as it was.
      assert.ok(Math.max(...means) - Math.min(...means) < 1, `not grey: ${means.join(', ')}`);
      const before = await sharp(original).metadata();
      const { format, width, height } = await picture.metadata();
      assert.deepEqual(
        [format, width, height],
        [before.format, before.autoOrient.width, before.autoOrient.height],
      );
      assert.deepEqual(
        trip.sent.map((request) => [
          request.path,
          request.model,
          request.authorized,
          request.instruction?.includes('make it black and white'),
        ]),
        [[path, model, true, true]],
      );

      message.press('Open');
      await until(
        `tab ${saved}`,
        () => tabs().includes(saved),
        () => tabs(),
      );
      assert.ok(!tabs().includes(`Compare: ${file}`));
    });
  }

  it('shows the original and when it began at once, and Cancel closes the socket', async () => {
    trip.gateway.delayMs = minute;
    const began = Date.now();
    void trip.begin('small.png');
    await trip.answer('small.png', 'add a cat', gptImage);
    const page = await trip.pages.titled('Compare: small.png');
    const state = await page.untilState('that edits', ({ phase }) => phase === 'editing');
    assert.ok(state.startedAt >= began && state.startedAt <= state.now, String(state.startedAt));
    assert.deepEqual(
      state.rounds.map(({ instruction, model }) => [instruction, model]),
      [['add a cat', gptImage]],
    );
    await until('the original', () => page.picture('original'));
    await trip.user.sees(`Editing small.png with ${gptImage}`);
    const request = await trip.untilSent();
    await until('work on it', () => request.billed);

    page.send({ type: 'cancel' });
    const message = await trip.user.told('Cancelled the edit of small.png');
    assert.match(message.text, /The gateway may charge for it all the same\.$/);
    await until('closed socket', () => request.aborted);
    await page.untilClosed();
    assert.equal(trip.sent.length, 1);

    message.press('Try Again');
    const again = await trip.user.asked('Edit small.png');
    assert.equal(again.value(), 'add a cat');
    assert.equal(again.rows()[0]?.label, 'add a cat');
    assert.equal(trip.sent.length, 1);
  });

  it('can be cancelled in the progress notification as well', async () => {
    trip.gateway.delayMs = minute;
    void trip.begin('small.png');
    await trip.answer('small.png', 'add a cat', gemini);
    const progress = await trip.user.sees(`Editing small.png with ${gemini}`);
    const request = await trip.untilSent();
    await until('work on it', () => request.billed);
    progress.cancel();
    await trip.user.told('Cancelled the edit of small.png');
    await until('closed socket', () => request.aborted);
  });

  it('goes on when the panel is closed, and offers the result', async () => {
    trip.gateway.delayMs = minute;
    void trip.begin('small.png');
    await trip.answer('small.png', 'invert it', gptImage);
    const page = await trip.pages.titled('Compare: small.png');
    await trip.untilSent();
    page.close();
    await page.untilClosed();
    trip.gateway.delayMs = 0;
    const message = await trip.user.told('The edit of small.png is ready and not saved yet.');
    message.press('Compare');
    const again = await trip.pages.titled('Compare: small.png');
    const { versions } = await again.untilReview();
    assert.equal(versions.length, 1);
    assert.ok(again.picture(0));
    assert.equal(trip.sent.length, 1);
  });

  it('says once what went wrong, and Change the Instruction has it', async () => {
    void trip.begin('small.png');
    await trip.answer('small.png', 'refuse this', gptImage);
    const page = await trip.pages.titled('Compare: small.png');
    const message = await trip.user.told('small.png:');
    assert.match(message.text, /Nothing was charged\./);
    await page.untilClosed();
    assert.deepEqual(trip.user.said, [message.text]);
    message.press('Change the Instruction');
    const again = await trip.user.asked('Edit small.png');
    assert.equal(again.value(), 'refuse this');
    assert.deepEqual(
      trip.sent.map(({ authorized }) => authorized),
      [true],
    );
    assert.deepEqual(await trip.made(), []);
    assert.deepEqual(trip.user.said, [message.text]);
  });

  it('refuses page.png before anything is asked or sent', async () => {
    await trip.place('page.png', Buffer.from('<html>'));
    void trip.begin('page.png');
    await trip.user.told('page.png: It is no picture, or a damaged one');
    assert.equal(trip.user.isAsked, false);
    assert.deepEqual(trip.sent, []);
    assert.deepEqual(trip.pages.all, []);
  });

  it('asks before it sends one frame of an animated GIF, and sends nothing without an answer', async () => {
    const frames = await Promise.all(['teal', 'red'].map((colour) => smallPng(colour)));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    await trip.place('animated.gif', gif);
    const first = trip.begin('animated.gif');
    await trip.answer('animated.gif', 'invert it', gptImage);
    const question = 'Only the first of its 2 frames is sent.';
    (await trip.user.told(question)).dismiss();
    await first;
    assert.deepEqual(trip.sent, []);
    assert.deepEqual(trip.pages.all, []);

    void trip.begin('animated.gif');
    await trip.answer('animated.gif', 'invert it', gptImage);
    (await trip.user.told(question)).press('Send');
    const page = await trip.pages.titled('Compare: animated.gif');
    await page.untilReview();
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved animated.edited.gif. It is saved as a still picture.');
    assert.deepEqual(await trip.made(), ['animated.edited.gif']);
    assert.deepEqual(sentAs(), ['data:image/png;base64']);
  });
});

function tabs(): string[] {
  return window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
}
