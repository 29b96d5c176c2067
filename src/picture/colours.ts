// A picture goes in, and the colour profile that its numbers should be in; the picture with such numbers comes out.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Vips from 'wasm-vips';
import { nameAt, standsAt, viewOf } from './metadata/bytes';
import type { Task } from './task';

/** The profile embedded in a picture; undefined where there is none. */
export function profileOf(image: Vips.Image): Uint8Array | undefined {
  return blobOf(image, 'icc-profile-data');
}

/** What libvips keeps with a picture under a name. */
export function blobOf(image: Vips.Image, name: string): Uint8Array | undefined {
  // It is a view of memory that is used for something else when the picture is gone.
  return image.getTypeof(name) === 0 ? undefined : image.getBlob(name).slice();
}

/** Colour spaces that a profile may be of, see ICC.1:2022, 7.2.6, for pictures as libvips holds them. */
const spaces: Readonly<Record<string, readonly string[]>> = {
  srgb: ['RGB '],
  rgb: ['RGB '],
  // Grey in the greys of a profile for colours is what some cameras write, and browsers show.
  'b-w': ['GRAY', 'RGB '],
  cmyk: ['CMYK'],
};

/**
 * A profile that is damaged, or of other colours than the picture's, says nothing of it: it is taken off, as browsers
 * do. One that colours can only be read by is replaced by sRGB, so that an edited picture can be brought into the same.
 * @param image 8 bits a channel
 */
export function withUsableProfile(task: Task, image: Vips.Image): Vips.Image {
  const profile = profileOf(image);
  if (!profile || isSrgb(profile)) return image;
  if (!spaces[image.interpretation]?.includes(spaceOf(profile))) return withoutProfile(task, image);
  if (image.bands < 3 && spaceOf(profile) === 'RGB ') {
    const all = image.hasAlpha() ? [0, 0, 0, 1] : [0, 0, 0];
    const full = all.map((band) => task.own(image.extractBand(band)));
    const coloured = task.own(
      task.own(full[0]!.bandjoin(full.slice(1))).copy({ interpretation: 'srgb' }),
    );
    return withUsableProfile(task, carry(task, coloured, profile));
  }
  const { reads, writes } = tried(task, profile);
  if (!reads) return withoutProfile(task, image);
  return writes ? image : convertColours(task, image, undefined);
}

/** Under it libvips keeps with a picture that a profile was taken off. */
const unusedProfile = 'retouch-unused-profile';

function withoutProfile(task: Task, image: Vips.Image): Vips.Image {
  const plain = carry(task, image, undefined);
  plain.setInt(unusedProfile, 1);
  return plain;
}

/** Whether a picture came with a profile that says nothing of it, see `withUsableProfile`. */
export function hadUnusableProfile(image: Vips.Image): boolean {
  return image.getTypeof(unusedProfile) !== 0;
}

/** The colour space of a profile; nothing where its head is none of a profile, or it is cut off. */
function spaceOf(profile: Uint8Array): string {
  if (profile.length < 128 || !standsAt(profile, 36, 'acsp')) return '';
  return viewOf(profile).getUint32(0) <= profile.length ? nameAt(profile, 16) : '';
}

interface Tried {
  readonly reads: boolean;
  readonly writes: boolean;
}

/** What was tried, by the hash of the profile: each picture is opened several times. */
const triedBefore = new Map<string, Tried>();

/** Whether colours can be converted from a profile, and to it. */
function tried(task: Task, profile: Uint8Array): Tried {
  const hash = createHash('sha256').update(profile).digest('hex');
  const known = triedBefore.get(hash);
  if (known) return known;
  const sample = (bands: number, interpretation: 'b-w' | 'srgb' | 'cmyk') =>
    task.own(task.own(task.vips.Image.black(1, 1, { bands })).copy({ interpretation }));
  const own = { 1: sample(1, 'b-w'), 3: sample(3, 'srgb'), 4: sample(4, 'cmyk') }[
    channelsOf(profile) as 1 | 3 | 4
  ];
  const works = (convert: (path: string) => Vips.Image) => {
    try {
      task.own(withFile(profile, convert)).avg();
      return true;
    } catch {
      return false;
    }
  };
  const result = {
    reads: works((path) => own.iccTransform('srgb', { input_profile: path, embedded: false })),
    writes: works((path) => sample(3, 'srgb').iccTransform(path, { input_profile: 'srgb' })),
  };
  if (triedBefore.size >= 20) triedBefore.clear();
  triedBefore.set(hash, result);
  return result;
}

/**
 * @param profile undefined is sRGB. The picture carries it afterwards, or none.
 * @returns a picture of as many channels as the profile has, and alpha where it had alpha
 */
export function convertColours(
  task: Task,
  image: Vips.Image,
  profile: Uint8Array | undefined,
): Vips.Image {
  const own = profileOf(image);
  const channels = profile ? channelsOf(profile) : 3;
  const colours = image.bands - (image.hasAlpha() ? 1 : 0);
  if (channels === colours && isSameColour(own, profile)) return carry(task, image, profile);
  // Grey without a profile is sRGB's grey.
  const full = colours === 1 && !own ? task.own(image.colourspace('srgb')) : image;
  if (channels === 3 && full.interpretation === 'srgb' && isSameColour(own, profile)) {
    return carry(task, full, profile);
  }
  const convert = (wanted: string) =>
    full.iccTransform(wanted, {
      embedded: true,
      input_profile: colours === 4 ? 'cmyk' : 'srgb',
      intent: colours === 4 || channels === 4 ? 'perceptual' : 'relative',
      black_point_compensation: true,
    });
  const converted = task.own(profile ? withFile(profile, convert) : convert('srgb'));
  return carry(task, converted, profile);
}

function carry(task: Task, image: Vips.Image, profile: Uint8Array | undefined): Vips.Image {
  const copy = task.own(image.copy());
  if (profile) copy.setBlob('icc-profile-data', profile);
  else copy.remove('icc-profile-data');
  return copy;
}

/** libvips takes a profile from a file only, and reads it at once. Its files are those of the disk. */
function withFile<Result>(profile: Uint8Array, use: (path: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-'));
  try {
    const path = join(folder, 'wanted.icc');
    writeFileSync(path, profile);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the same numbers mean the same colours; without a profile they are sRGB. */
export function isSameColour(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (isSrgb(one) && isSrgb(other)) return true;
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
}

/** Numbers of red, green and blue in sRGB as every ICC profile of it has them, as seen under D50. */
const srgbPrimaries: Readonly<Record<string, readonly number[]>> = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};

/**
 * Whether numbers mean the same with this profile as without one: its primaries are sRGB's, and so is its curve.
 * @see https://www.color.org/specification/ICC.1-2022-05.pdf 7.3 and 10
 */
export function isSrgb(profile: Uint8Array | undefined): boolean {
  if (!profile) return true;
  try {
    return (
      nameAt(profile, 16) === 'RGB ' &&
      Object.entries(srgbPrimaries).every(([tag, expected]) => {
        const at = offsetOf(profile, tag) + 8;
        return expected.every(
          (value, index) => Math.abs(fixedAt(profile, at + 4 * index) - value) < 0.002,
        );
      }) &&
      ['rTRC', 'gTRC', 'bTRC'].every((tag) => isSrgbCurve(profile, offsetOf(profile, tag)))
    );
  } catch {
    // A tag that is not there, or not inside.
    return false;
  }
}

function isSrgbCurve(profile: Uint8Array, at: number): boolean {
  const view = viewOf(profile);
  if (nameAt(profile, at) === 'para') {
    const expected = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
    return (
      view.getUint16(at + 8) >= 3 &&
      expected.every(
        (value, index) => Math.abs(fixedAt(profile, at + 12 + 4 * index) - value) < 0.001,
      )
    );
  }
  const count = view.getUint32(at + 8);
  if (nameAt(profile, at) !== 'curv' || count < 16) return false;
  for (let step = 0; step <= 16; step++) {
    const index = Math.round((step / 16) * (count - 1));
    const value = view.getUint16(at + 12 + 2 * index) / 65535;
    if (Math.abs(value - srgbToLinear(index / (count - 1))) > 0.002) return false;
  }
  return true;
}

function srgbToLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function channelsOf(profile: Uint8Array): number {
  return { GRAY: 1, CMYK: 4 }[nameAt(profile, 16)] ?? 3;
}

/** Where a tag's data begin. @throws RangeError where there is no such tag */
function offsetOf(profile: Uint8Array, tag: string): number {
  const view = viewOf(profile);
  const count = Math.min(view.getUint32(128), 100);
  for (let at = 132; at < 132 + 12 * count; at += 12) {
    if (nameAt(profile, at) === tag) return view.getUint32(at + 4);
  }
  throw new RangeError(`no ${tag}`);
}

/** ICC's s15Fixed16Number. */
function fixedAt(profile: Uint8Array, at: number): number {
  return viewOf(profile).getInt32(at) / 65536;
}
