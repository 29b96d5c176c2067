// An original goes in, and a picture that takes its place; what the original has and that one cannot have comes out, in
// whole sentences. Reads no pixels.
import { brandsOf, primaryProperties } from './metadata/avif';
import { viewOf } from './metadata/bytes';
import { countFrames } from './metadata/frames';
import { jpeg } from './metadata/jpeg';
import { tiffEntries } from './metadata/tiff';
import type { Encoded } from './open';
import { isHdr, readStatedColours } from './statedColours';

/** @param result undefined for what Match Original writes: a still picture, 8 bits a channel, without HDR */
export function lossesOf(original: Encoded, result?: Encoded): string[] {
  const losses: string[] = [];
  const { bytes, format } = original;
  if (countFrames(bytes) > 1 && !(result && countFrames(result.bytes) > 1)) {
    losses.push(
      format === 'TIFF' ? 'Only its first page is saved.' : 'It is saved as a still picture.',
    );
  }
  if (statesHdr(bytes) && !(result && statesHdr(result.bytes))) {
    losses.push(
      'It is saved without its high dynamic range (HDR), in the colours of an ordinary screen.',
    );
  } else if (holdsGainMap(original) && !(result && holdsGainMap(result))) {
    losses.push('It is saved without its gain map, which makes it brighter on HDR screens.');
  }
  const [had, has] = [bitsOf(original), result ? bitsOf(result) : 8];
  if (had > has) losses.push(`It is saved with ${has} bits a channel instead of ${had}.`);
  return losses;
}

/** Whether its numbers stand for more light than an ordinary screen has. */
export function statesHdr(bytes: Uint8Array): boolean {
  return isHdr(readStatedColours(bytes));
}

/** Behind the picture, or beside it, there is one of how much brighter it gets: Ultra HDR, ISO 21496-1, Apple's. */
function holdsGainMap({ bytes, format }: Encoded): boolean {
  if (format === 'AVIF') return brandsOf(bytes).includes('tmap');
  if (format !== 'JPEG') return false;
  let end = 0;
  for (const part of jpeg.parts(bytes)) {
    end = part.end;
    const content = Buffer.from(bytes.buffer, bytes.byteOffset + part.start, end - part.start);
    if (part.kind === 'xmp' && content.includes('http://ns.adobe.com/hdr-gain-map/')) return true;
    if (part.kind === 'other' && content.includes('urn:iso:std:iso:ts:21496:-1')) return true;
  }
  const behind = Buffer.from(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  return behind.includes('http://ns.apple.com/HDRGainMap/');
}

/** Of a channel; 8 where it does not say more. */
function bitsOf({ bytes, format }: Encoded): number {
  switch (format) {
    case 'PNG':
      return bytes[24] === 16 ? 16 : 8;
    case 'AVIF':
      return bitsOfAvif(bytes);
    case 'TIFF':
      return bitsOfTiff(bytes);
    default:
      return 8;
  }
}

function bitsOfAvif(bytes: Uint8Array): number {
  const properties = primaryProperties(bytes);
  // How many channels there are, then the bits of each.
  const [channels] = properties.get('pixi') ?? [];
  const [configuration] = properties.get('av1C') ?? [];
  if (channels && channels.length > 5) return Math.max(8, ...channels.subarray(5));
  const flags = configuration?.[2] ?? 0;
  return (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12;
}

const bitsPerSample = 0x0102;

function bitsOfTiff(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  try {
    for (const { tag, at, little } of tiffEntries(bytes)) {
      if (tag !== bitsPerSample) continue;
      const fits = view.getUint32(at + 4, little) <= 2;
      const value = fits ? at + 8 : view.getUint32(at + 8, little);
      return Math.max(8, view.getUint16(value, little));
    }
  } catch (error) {
    // Offsets that lead out of the file.
    if (!(error instanceof RangeError)) throw error;
  }
  return 8;
}
