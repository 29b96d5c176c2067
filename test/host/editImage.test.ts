// From the command to the saved file, in a real extension host: the test answers for the user and speaks for the page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Trip } from './support/trip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';
const hostile = '50% off #1 "final".png';

describe('Edit Image with AI…', () => {
  let trip: Trip;
  beforeEach(async () => {
    trip = await Trip.start();
  });
  afterEach(() => trip.end());

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
      page.send({ type: 'accept', version: 0 });
      await trip.user.told(`Saved ${saved}`);
      await page.untilClosed();
      assert.deepEqual(await trip.made(), [saved]);
      const picture = sharp(await readFile(join(trip.folder, saved)));
      const { channels } = await picture.clone().removeAlpha().stats();
      const means = channels.map(({ mean }) => mean);
      // What differed too little to be a change is still as it was.
      assert.ok(Math.max(...means) - Math.min(...means) < 1, `not grey: ${means.join(', ')}`);
      assert.deepEqual(
        trip.sent.map((request) => [request.path, request.model]),
        [[path, model]],
      );
    });
  }
});
