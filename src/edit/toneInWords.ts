// How a picture's colours changed as a whole goes in; words for it, and why it cannot be taken back, come out.
import { shapeOf, type LightField } from '../picture/lightField';
import type { Tone } from '../picture/tone';

/** Up to which amounts it is `a little`, and from which on `much`; less than the least is not worth a word. */
interface Steps {
  readonly least: number;
  readonly little: number;
  readonly much: number;
}

/** In levels, of 255. */
const levels: Steps = { least: 1.5, little: 8, much: 32 };

/** Of what was there before. */
const shares: Steps = { least: 0.04, little: 0.15, much: 0.5 };

/** Where colours are so much nearer to grey, and cannot be told from each other, nothing is left of them. */
const colourless = 0.3;

/** More than these words nobody reads. */
const mostWords = 3;

/** Such as `Overall: warmer, a little darker`: the strongest first. */
export function toneInWords(tone: Tone): string {
  return `Overall: ${wordsOf(tone).join(', ')}`;
}

/** As a sentence; undefined where the original's colours can be put back. */
export function whyToneStays(tone: Tone): string | undefined {
  if (tone.invertible) return undefined;
  if (tone.direction.contrast < 0)
    return 'It stays: an inverted picture does not show what else was changed.';
  return 'It stays: the original’s colours are gone from the edited picture.';
}

function wordsOf({ direction, invertible, light }: Tone): string[] {
  const { lighter, warmer, greener, contrast, saturation } = direction;
  if (contrast < 0) return ['inverted'];
  const parts = [
    light && lightPart(light),
    part(lighter, levels, ['lighter', 'darker']),
    part(Math.sign(contrast - 1) * relative(contrast), shares, ['more contrast', 'less contrast']),
  ];
  if (!invertible && saturation < colourless) {
    const name =
      warmer > levels.little ? 'sepia' : warmer < -levels.little ? 'blue tint' : undefined;
    return [name ?? 'black and white', ...inOrder(parts)];
  }
  parts.push(
    part(warmer, levels, ['warmer', 'cooler']),
    part(greener, levels, ['greener', 'more magenta']),
    part(Math.sign(saturation - 1) * relative(saturation), shares, ['more vivid', 'less vivid']),
  );
  const words = inOrder(parts);
  return words.length > 0 ? words.slice(0, mostWords) : ['colours a little different'];
}

/** Where it became darker: towards the edges, or towards a side, whichever is the more. */
function lightPart(field: LightField): Part | undefined {
  const { edges, across, down } = shapeOf(field);
  const amounts = [
    { amount: edges, words: ['lighter towards the edges', 'darker towards the edges'] },
    { amount: across, words: ['darker towards the left', 'darker towards the right'] },
    { amount: down, words: ['darker towards the top', 'darker towards the bottom'] },
  ] as const;
  const [most] = amounts.toSorted((one, other) => Math.abs(other.amount) - Math.abs(one.amount));
  return part(most!.amount, shares, most!.words);
}

/** How far a factor is from 1, as far for a half as for twice. */
function relative(factor: number): number {
  return Math.max(factor, 1 / Math.max(factor, 0.01)) - 1;
}

interface Part {
  readonly words: string;
  /** 1 is as much as a little may be. */
  readonly strength: number;
}

function part(
  amount: number,
  { least, little, much }: Steps,
  [more, less]: readonly [more: string, less: string],
): Part | undefined {
  const size = Math.abs(amount);
  if (size < least) return undefined;
  const words = amount > 0 ? more : less;
  const strength = size / little;
  if (size < little) return { words: `a little ${words}`, strength };
  return { words: size < much ? words : `much ${words}`, strength };
}

function inOrder(parts: readonly (Part | undefined)[]): string[] {
  return parts
    .filter((one) => one !== undefined)
    .sort((one, other) => other.strength - one.strength)
    .map(({ words }) => words);
}
