// The key in bytes that come in pieces: wherever it lies, it is starred out, and nothing else is.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KeyMask } from '../../../src/journal/keyMask';
import { apiKey } from './support/sampleJob';
import { tries } from '../../support/properties';

/** What is on the disk after these chunks. */
function write(key: string, chunks: readonly Uint8Array[]): Buffer {
  const stream = new KeyMask(key).openStream();
  let disk = Buffer.alloc(0);
  for (const chunk of chunks) {
    const before = Buffer.from(chunk);
    const masked = stream.next(chunk);
    assert.ok(before.equals(chunk), 'what the reader gets is another');
    assert.ok(masked.before <= disk.byteLength);
    disk.fill('*', disk.byteLength - masked.before);
    disk = Buffer.concat([disk, masked.bytes]);
    assert.ok(!disk.includes(key), 'the key was on the disk for a moment');
  }
  return disk;
}

describe('the mask of the key', () => {
  it('finds it in one chunk, in two, in many, at the ends, and twice in a row', () => {
    const text = Buffer.from(`${apiKey}a${apiKey}${apiKey}b${apiKey.slice(0, -1)}c${apiKey}`);
    const stars = '*'.repeat(apiKey.length);
    const masked = `${stars}a${stars}${stars}b${apiKey.slice(0, -1)}c${stars}`;
    for (let length = 1; length <= text.byteLength; length++) {
      const chunks = [];
      for (let at = 0; at < text.byteLength; at += length)
        chunks.push(text.subarray(at, at + length));
      assert.equal(write(apiKey, chunks).toString(), masked, `in chunks of ${length}`);
    }
  });

  it('finds one that overlaps itself, in any pieces', () => {
    const key = 'aabaabaabaab';
    const letters = fc.array(fc.constantFrom('a', 'b', key), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 12 }), (parts) => {
        const chunks = parts.map((part) => Buffer.from(part.join('')));
        const whole = Buffer.concat(chunks);
        const expected = Buffer.from(whole);
        for (let at = whole.indexOf(key); at >= 0; at = whole.indexOf(key, at + 1))
          expected.fill('*', at, at + key.length);
        assert.equal(write(key, chunks).toString(), expected.toString());
      }),
      tries(100),
    );
  });

  it('leaves short ones alone: a picture might hold them by chance', () => {
    const stream = new KeyMask('key').openStream();
    assert.equal(Buffer.from(stream.next(Buffer.from('a key')).bytes).toString(), 'a key');
    assert.equal(new KeyMask('key').maskText('a key'), 'a key');
    assert.equal(new KeyMask('').maskText('abc'), 'abc');
  });
});
