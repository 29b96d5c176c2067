// Overall changes of colour, made with sharp, are said as a person would say them.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { toneInWords, whyToneStays } from '../../../src/edit/toneInWords';
import { fitOverall } from '../../../src/picture/fitOverall';
import { changeLight, type LightField } from '../../../src/picture/lightField';
import type { Pixels } from '../../../src/picture/pixels';
import { shrinkBoth } from '../../../src/picture/planes';
import { fromSharp, toSharp } from '../picture/support/plant';

const samples = resolve('test/samples/workspace');
const files = ['photo.jpg', 'portrait.jpg', 'screenshot.png'];
const everything = { left: 0, top: 0, right: 1, bottom: 1 };

const originals = new Map<string, Promise<Pixels>>();

/** Read once for all tests. */
function originalOf(file: string): Promise<Pixels> {
  const original =
    originals.get(file) ??
    fromSharp(sharp(join(samples, file)).autoOrient().resize({ width: 400 }));
  originals.set(file, original);
  return original;
}

async function toneOf(file: string, edit: (picture: Sharp) => Sharp) {
  const original = await originalOf(file);
  const bytes = await edit(toSharp(original)).png({ compressionLevel: 0 }).toBuffer();
  const edited = await fromSharp(sharp(bytes));
  return fitOverall(shrinkBoth(original, edited), everything);
}

const shifted = (red: number, green: number, blue: number) => (picture: Sharp) =>
  picture.removeAlpha().linear([1, 1, 1], [red, green, blue]);

describe('an overall colour in words', () => {
  for (const [what, edit, words] of [
    ['warmer', shifted(6, 0, -6), /^Overall: warmer/],
    ['a little warmer', shifted(3, 0, -3), /^Overall: a little warmer$/],
    ['cooler', shifted(-6, 0, 6), /^Overall: cooler/],
    ['a little cooler', shifted(-3, 0, 3), /^Overall: a little cooler$/],
    ['darker', shifted(-14, -14, -14), /^Overall: (darker|much darker)/],
    ['a little lighter', shifted(5, 5, 5), /^Overall: a little lighter/],
    ['less vivid', (picture) => picture.modulate({ saturation: 0.6 }), /less vivid/],
    ['less contrast', (picture) => picture.linear(0.7, 40), /less contrast/],
  ] satisfies [string, (picture: Sharp) => Sharp, RegExp][]) {
    for (const file of files) {
      it(`${file}, ${what}`, async () => {
        const tone = await toneOf(file, edit);
        assert.ok(tone?.shown);
        assert.match(toneInWords(tone), words);
        assert.equal(whyToneStays(tone), undefined);
      });
    }
  }

  for (const [what, light, words] of [
    ['a vignette', [1, 0, 0, -0.2, 0, -0.2, 0], /^Overall: darker towards the edges$/],
    ['a bright border', [0.7, 0, 0, 0.05, 0, 0.05, 0], /lighter towards the edges/],
    ['light from the left', [0.85, -0.15, 0, 0, 0, 0, 0], /^Overall: darker towards the right/],
    [
      'a little less above',
      [0.95, 0, 0.05, 0, 0, 0, 0],
      /^Overall: a little darker towards the top/,
    ],
  ] satisfies [string, LightField, RegExp][]) {
    it(what, async () => {
      const original = await originalOf('photo.jpg');
      const { width, height } = original;
      const pixels = original.pixels.slice();
      const all = { left: 0, top: 0, right: width, bottom: height };
      changeLight(pixels, light, all, original, 'apply');
      const edited = { width, height, pixels };
      const tone = fitOverall(shrinkBoth(original, edited), everything);
      assert.ok(tone?.shown);
      assert.match(toneInWords(tone), words);
      assert.equal(whyToneStays(tone), undefined);
    });
  }

  for (const [what, edit, words, why] of [
    ['black and white', (picture) => picture.greyscale(), /^Overall: black and white/, /colours/],
    ['inverted', (picture) => picture.negate({ alpha: false }), /^Overall: inverted$/, /inverted/],
    [
      'sepia',
      (picture) =>
        picture.removeAlpha().recomb([
          [0.393, 0.769, 0.189],
          [0.349, 0.686, 0.168],
          [0.272, 0.534, 0.131],
        ]),
      /^Overall: sepia/,
      /colours/,
    ],
  ] satisfies [string, (picture: Sharp) => Sharp, RegExp, RegExp][]) {
    for (const file of files) {
      it(`${file}, ${what}, and why it stays`, async () => {
        const tone = await toneOf(file, edit);
        assert.ok(tone?.shown);
        assert.match(toneInWords(tone), words);
        assert.match(whyToneStays(tone) ?? '', why);
      });
    }
  }
});
