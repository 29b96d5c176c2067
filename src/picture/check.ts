// An original goes in, and what is left of it to be sent; whether both can be decoded and show the same comes out.
import { inflateSync } from 'node:zlib';
import type Vips from 'wasm-vips';
import { profileOf } from './colours';
import type { CheckJob, Checked } from './jobs';
import { nameAt } from './metadata/bytes';
import { readOrientation } from './metadata/metadata';
import { png } from './metadata/png';
import { openPicture, type Encoded } from './open';
import type { Task } from './task';

/**
 * What metadata was taken out of is proven by decoding it beside the whole file, as the decoders read that by themselves.
 * @throws PictureError where the original cannot be decoded
 */
export function check(task: Task, { encoded, bare }: CheckJob): Checked {
  const picture = openPicture(task, encoded, false);
  if (!bare) {
    task.watch(picture.copy()).avg();
    return { isSame: true };
  }
  return { isSame: showsTheSame(task, encoded, bare) };
}

/** Whether a file shows what it showed before its metadata was changed: size, pixels, colour profile, orientation. */
export function showsTheSame(task: Task, encoded: Encoded, bare: Uint8Array): boolean {
  if (inflatesFar(encoded)) return false;
  const { bytes } = encoded;
  const [whole, left] = [bytes, bare].map((each) => loadAsItIs(task, each)) as [
    Vips.Image,
    Vips.Image,
  ];
  const facts = ({ width, height, bands, format, interpretation }: Vips.Image) =>
    [width, height, bands, format, interpretation].join();
  const profiles = [whole, left].map((image) => Buffer.from(profileOf(image) ?? []));
  if (facts(whole) !== facts(left) || Buffer.compare(profiles[0]!, profiles[1]!) !== 0) {
    // All of it is decoded all the same: it is an error where that cannot be.
    task.watch(whole.copy()).avg();
    return false;
  }
  if (readOrientation(bytes) !== readOrientation(bare)) return false;
  return task.watch(whole.equal(left)).min() === 255;
}

function loadAsItIs(task: Task, bytes: Uint8Array): Vips.Image {
  const { vips } = task;
  const options = { access: 'sequential' } as const;
  // Else a library for pictures with a second one of the light would read it.
  if (nameAt(bytes, 0).startsWith('\xff\xd8'))
    return task.own(vips.Image.jpegloadBuffer(bytes, options));
  return task.own(vips.Image.newFromBuffer(bytes, '', options));
}

/** Bytes that all deflated texts of a PNG may have together when they are inflated. */
const inflatedLimit = 32 * 1024 * 1024;

/** Whether the texts of a PNG are more than a decoder should be made to inflate: only the picture without them is decoded. */
function inflatesFar({ bytes, format }: Encoded): boolean {
  if (format !== 'PNG') return false;
  let room = inflatedLimit;
  for (const { start, end } of png.parts(bytes)) {
    const deflated = deflatedText(nameAt(bytes, start + 4), bytes.subarray(start + 8, end - 4));
    if (!deflated) continue;
    try {
      room -= inflateSync(deflated, { maxOutputLength: room }).length;
    } catch (error) {
      // Anything else is broken, and nothing comes of it.
      if (error instanceof RangeError) return true;
    }
    if (room <= 0) return true;
  }
  return false;
}

/** What is deflated in a chunk of text: behind a keyword, and in `iTXt` behind a language and a translation as well. */
function deflatedText(name: string, content: Uint8Array): Uint8Array | undefined {
  const keyword = content.indexOf(0);
  if (keyword < 0) return undefined;
  if (name === 'zTXt') return content.subarray(keyword + 2);
  if (name !== 'iTXt' || content[keyword + 1] !== 1) return undefined;
  const language = content.indexOf(0, keyword + 3);
  const translated = content.indexOf(0, language + 1);
  return content.subarray(translated + 1);
}
