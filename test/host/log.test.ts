// What Retouch writes into its own log while edits are made, refused and saved.
import assert from 'node:assert/strict';
import { apiKey, HostTrip } from './support/hostTrip';

const model = 'openai/gpt-image-2';
const logo = 'logo.png';

describe('the log', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    trip = await HostTrip.start();
    trip.gateway.pictureSize = { width: 48, height: 32 };
    await trip.draw(logo);
  });
  afterEach(() => trip.end());

  it('names files, and leaves out the key and the instructions', async () => {
    const lines: string[] = [];
    const { log } = trip.services;
    const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
    for (const level of levels)
      Object.assign(log, {
        [level]: (message: unknown, ...rest: unknown[]) => {
          const texts = [message, ...rest].map((one) =>
            one instanceof Error ? `${one.message} ${one.stack ?? ''}` : String(one),
          );
          lines.push(...texts);
        },
      });
    const page = await trip.edit(logo, 'make it black and white', model);
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved logo.edited');
    void trip.begin(logo);
    await trip.answer(logo, 'refuse this black and white', model);
    await trip.user.told(/safety/);
    const text = lines.join('\n');
    assert.match(text, /logo\.png: saved as logo\.edited/);
    assert.match(text, /safety/);
    assert.ok(!text.includes(apiKey));
    assert.ok(!text.includes('black and white'));
  });
});
