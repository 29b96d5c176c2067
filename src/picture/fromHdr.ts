// A picture of high dynamic range goes in; the same in sRGB comes out, as browsers show it on an ordinary screen.
import type Vips from 'wasm-vips';
import { toSrgb, type StatedColours } from './statedColours';
import type { Task } from './task';

/** Candelas per square metre of an ordinary screen's white, see ITU-R BT.2408. */
const white = 203;

/** Of the brightest that is shown with detail. */
const brightest = 1000;

/** @param image numbers of one or two bytes, as they are stored */
export function fromHdr(task: Task, image: Vips.Image, stated: StatedColours): Vips.Image {
  const { own, vips } = { own: (made: Vips.Image) => task.own(made), vips: task.vips };
  const colours = image.hasAlpha() ? image.bands - 1 : image.bands;
  const plain = own(image.extractBand(0, { n: colours }));
  const all = colours === 3 ? plain : own(plain.bandjoin([plain, plain]));
  const count = image.format === 'uchar' ? 256 : 65_536;
  const light = stated.transfer === 'HLG' ? lightOfHlg : lightOfPq;
  const levels = Float32Array.from({ length: count }, (_, level) => light(level / (count - 1)));
  const table = own(vips.Image.newFromMemory(levels, count, 1, 1, vips.BandFormat.float));
  const linear = own(all.maplut(table));
  const band = (index: number) => own(linear.extractBand(index));
  const lit = stated.transfer === 'HLG' ? own(linear.multiply(systemLight(own, linear))) : linear;
  // What is brighter than white comes down to it by as much as what is darker becomes darker: colours keep their hue.
  const [red, green, blue] = lit === linear ? [0, 1, 2].map(band) : bandsOf(own, lit);
  const strongest = own(own(red!.maxpair(green!)).maxpair(blue!));
  const most = brightest / white;
  const gain = own(
    own(strongest.linear([1 / most ** 2], [1])).divide(own(strongest.linear([1], [1]))),
  );
  const mapped = own(lit.multiply(gain));
  const matrix = own(vips.Image.newMatrix(3, 3, toSrgb(stated.primaries).flat()));
  const inSrgb = own(own(mapped.recomb(matrix)).copy({ interpretation: 'scrgb' }));
  const shown = own(inSrgb.colourspace('srgb'));
  const result = image.hasAlpha() ? own(shown.bandjoin(alphaOf(own, image))) : shown;
  const copy = own(result.copy());
  copy.remove('icc-profile-data');
  return copy;
}

type Own = (image: Vips.Image) => Vips.Image;

function bandsOf(own: Own, image: Vips.Image): Vips.Image[] {
  return [0, 1, 2].map((index) => own(image.extractBand(index)));
}

function alphaOf(own: Own, image: Vips.Image): Vips.Image {
  const alpha = own(image.extractBand(image.bands - 1));
  return image.format === 'uchar' ? alpha : own(own(alpha.divide(257)).cast('uchar'));
}

/** Of an ordinary screen's white, for a number from 0 to 1: SMPTE ST 2084. */
function lightOfPq(value: number): number {
  const [m1, m2] = [2610 / 16384, (2523 / 4096) * 128];
  const [c1, c2, c3] = [3424 / 4096, (2413 / 4096) * 32, (2392 / 4096) * 32];
  const power = value ** (1 / m2);
  return (10_000 / white) * (Math.max(0, power - c1) / (c2 - c3 * power)) ** (1 / m1);
}

/** What the camera saw, from 0 to 1: ITU-R BT.2100, table 5. */
function lightOfHlg(value: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
  return value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - c) / a) + b) / 12;
}

/** What a screen makes of what the camera saw, as a factor of each pixel: its power is 1.2 at 1000 candelas. */
function systemLight(own: Own, linear: Vips.Image): Vips.Image {
  const [red, green, blue] = bandsOf(own, linear);
  const weighted = [
    own(red!.linear([0.2627], [0])),
    own(green!.linear([0.678], [0])),
    own(blue!.linear([0.0593], [0])),
  ];
  const luminance = own(own(weighted[0]!.add(weighted[1]!)).add(weighted[2]!));
  return own(own(luminance.pow([0.2])).linear([brightest / white], [0]));
}
