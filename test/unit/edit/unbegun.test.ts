// What had not begun of a batch, kept from one window to the next.
import assert from 'node:assert/strict';
import {
  forgetUnbegun,
  keepUnbegun,
  listUnbegun,
  unbegunInWords,
  type Unbegun,
} from '../../../src/edit/unbegun';
import { StoredState } from './support/storedState';

const batch: Unbegun = {
  id: 'first',
  window: 'owner',
  changedAt: 1,
  instruction: 'paint it blue',
  model: { id: 'openai/gpt-image-2' },
  options: { quality: 'high' },
  count: 5,
  uris: ['file:///a.png', 'file:///b.png'],
};
const other: Unbegun = { ...batch, id: 'second' };

describe('what has not begun of a batch', () => {
  let state: StoredState;
  beforeEach(async () => {
    state = new StoredState();
    await keepUnbegun(state, batch);
    await keepUnbegun(state, other);
  });

  it('is kept for each batch, as it stands now', async () => {
    const fewer = { ...batch, uris: batch.uris.slice(1) };
    await keepUnbegun(state, fewer);
    assert.deepEqual(listUnbegun(state), [other, fewer]);
  });

  it('goes when all have begun, and when it is forgotten', async () => {
    await keepUnbegun(state, { ...batch, uris: [] });
    assert.deepEqual(listUnbegun(state), [other]);
    await forgetUnbegun(state, other);
    assert.deepEqual(listUnbegun(state), []);
  });

  it('is left out where it is not understood', async () => {
    const [key = ''] = state.keys();
    for (const spoilt of ['text', [{ ...batch, uris: [1] }, 'text', null]]) {
      await state.update(key, spoilt);
      assert.deepEqual(listUnbegun(state), []);
    }
    await state.update(key, [
      { ...batch, id: 7 },
      { ...other, later: true },
    ]);
    assert.deepEqual(listUnbegun(state), [other]);
  });

  it('is said in words', () => {
    assert.equal(unbegunInWords(batch), 'Editing 5 images was interrupted: 2 had not begun.');
  });
});
