// Options and costs that VS Code keeps from one window to the next: whatever was kept, only what the model can do is sent.
import assert from 'node:assert/strict';
import { ChosenOptions, keepCost, lastCost } from '../../../src/edit/keptOptions';
import type { Model } from '../../../src/gateway/models';
import { StoredState } from './support/storedState';

const gptImage: Model = { id: 'openai/gpt-image-2', route: 'images/edits' };
const flash: Model = { id: 'google/gemini-3.1-flash-image-preview', route: 'chat/completions' };

describe('the options that were chosen', () => {
  let state: StoredState;
  beforeEach(() => (state = new StoredState()));

  it('are none at first', () => {
    assert.deepEqual(new ChosenOptions(state).of(gptImage), {});
  });

  it('are those of each model, and those of an edit that is sent again until they are changed', async () => {
    const chosen = new ChosenOptions(state);
    await chosen.keep(gptImage, { quality: 'high' });
    await chosen.keep(flash, { image_size: '2K' });
    assert.deepEqual(chosen.of(gptImage), { quality: 'high' });
    assert.deepEqual(new ChosenOptions(state).of(flash), { image_size: '2K' });

    const again = new ChosenOptions(state, { model: gptImage, options: { quality: 'low' } });
    assert.deepEqual(again.of(gptImage), { quality: 'low' });
    assert.deepEqual(again.of(flash), { image_size: '2K' });
    assert.deepEqual(new ChosenOptions(state, { model: gptImage }).of(gptImage), {});
    assert.deepEqual(chosen.of(gptImage), { quality: 'high' });
    await again.keep(gptImage, { n: 3 });
    assert.deepEqual(again.of(gptImage), { n: 3 });
    assert.deepEqual(chosen.of(gptImage), { n: 3 });
  });

  it('may be anything at all', async () => {
    for (const kept of [1, null, 'x', [gptImage.id], { [gptImage.id]: 5 }]) {
      await state.update('options', kept);
      assert.deepEqual(new ChosenOptions(state).of(gptImage), {});
    }
    await new ChosenOptions(state).keep(gptImage, { n: 2 });
    assert.deepEqual(new ChosenOptions(state).of(gptImage), { n: 2 });
  });

  it('are those that the model can do now: what it has lost is left out, and kept', async () => {
    const chosen = new ChosenOptions(state);
    await chosen.keep(gptImage, { quality: 'high', n: 4, background: 'opaque' });
    const weaker: Model = {
      ...gptImage,
      capabilities: { options: { n: { minimum: 1, maximum: 2 }, background: undefined } },
    };
    assert.deepEqual(chosen.of(weaker), { quality: 'high' });
    assert.deepEqual(chosen.of(gptImage), { n: 4, quality: 'high', background: 'opaque' });
    // The same holds of an edit that is sent again.
    const again = new ChosenOptions(state, { model: gptImage, options: { n: 3, size: '1x1' } });
    assert.deepEqual(again.of(weaker), {});
  });

  it('are none again once they are reset, and those of other models stay', async () => {
    const chosen = new ChosenOptions(state, { model: gptImage, options: { quality: 'low' } });
    await new ChosenOptions(state).keep(gptImage, { quality: 'high' });
    await chosen.keep(flash, { image_size: '2K' });
    await chosen.keep(gptImage, {});
    assert.deepEqual(chosen.of(gptImage), {});
    assert.deepEqual(new ChosenOptions(state).of(gptImage), {});
    assert.deepEqual(new ChosenOptions(state).of(flash), { image_size: '2K' });
  });
});

describe('the last cost', () => {
  const baseUrl = 'https://gateway.example/v1';
  const edit = { baseUrl, model: gptImage, pictureCount: 1 };

  it('is that of the last edit with the same model, price options and number of pictures', async () => {
    const state = new StoredState();
    await keepCost(state, { ...edit, options: { quality: 'high', n: 2 } }, 0.05);
    await keepCost(state, edit, 0.01);
    await keepCost(state, edit, 0.012);
    assert.equal(lastCost(state, edit), 0.012);
    assert.equal(lastCost(state, { ...edit, options: { output_format: 'webp' } }), 0.012);
    assert.equal(lastCost(state, { ...edit, options: { n: 2, quality: 'high' } }), 0.05);
    for (const other of [
      { ...edit, options: { quality: 'low' } },
      { ...edit, pictureCount: 2 },
      { ...edit, model: flash },
      { ...edit, baseUrl: 'https://other.example/v1' },
    ])
      assert.equal(lastCost(state, other), undefined);
  });

  it('is kept for the 100 last ones, whatever was kept before', async () => {
    const state = new StoredState();
    for (const kept of [{}, 5, [1, [2], ['x', 'y'], [5, 5]]]) {
      await state.update('lastCosts', kept);
      assert.equal(lastCost(state, edit), undefined);
    }
    for (let pictureCount = 1; pictureCount <= 101; pictureCount++)
      await keepCost(state, { ...edit, pictureCount }, pictureCount);
    assert.equal(lastCost(state, edit), undefined);
    assert.equal(lastCost(state, { ...edit, pictureCount: 2 }), 2);
    assert.equal(state.get<unknown[]>('lastCosts')?.length, 100);
  });
});
