// A list of pairs is read as it is written, and an error names what is wrong in it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPairs } from '../../../bench/pairs';

const pair = { name: 'cat', original: 'cat.png', edited: 'in/cat.png', boxes: [[0, 0.1, 0.5, 1]] };

describe('a list of pairs', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'retouch-pairs-'))));
  after(() => rmSync(folder, { recursive: true }));

  function read(list: unknown) {
    const path = join(folder, 'pairs.json');
    writeFileSync(path, typeof list === 'string' ? list : JSON.stringify(list));
    return readPairs(path);
  }

  it('has its paths beside it, and other fields too', () => {
    assert.deepEqual(read([{ ...pair, instruction: 'Add a cat.', model: 'one' }]), [
      { ...pair, original: join(folder, 'cat.png'), edited: join(folder, 'in', 'cat.png') },
    ]);
  });

  for (const [what, list, said] of [
    ['no JSON', '[', /pairs\.json cannot be read: SyntaxError/],
    ['no list', {}, /pairs\.json is no list of pairs/],
    ['an empty list', [], /is no list of pairs/],
    ['no pair', [pair, 7], /pair 2 has no name/],
    ['a name that is a path', [{ ...pair, name: '../cat' }], /pair 1 has no name/],
    ['a name twice', [pair, pair], /two pairs with the name cat/],
    ['no edited picture', [{ ...pair, edited: undefined }], /pair cat does not name its files/],
    ['no box', [{ ...pair, boxes: [] }], /pair cat needs boxes/],
    ['a box in pixels', [{ ...pair, boxes: [[0, 0, 640, 480]] }], /pair cat needs boxes/],
    ['a box that is inside out', [{ ...pair, boxes: [[0.5, 0, 0.2, 1]] }], /pair cat needs boxes/],
  ] as const) {
    it(`is refused with ${what}`, () => assert.throws(() => read(list), said));
  }

  it('is refused where there is none', () => {
    assert.throws(() => readPairs(join(folder, 'none.json')), /none\.json cannot be read/);
  });
});
