// Takes a size; gives an original, an edited picture of it, what was changed, and the state of a panel that shows both.
import sharp from 'sharp';
import type { ChangeFacts, Comparison, PanelState } from '../../../../src/compare/protocol';

export const size = { width: 1200, height: 800 };

/** Where the edited picture differs, in the original's pixels. */
export const changedBoxes = [
  { x: 120, y: 140, width: 260, height: 180 },
  { x: 700, y: 420, width: 300, height: 220 },
  { x: 1040, y: 60, width: 60, height: 60 },
];

export const changes: ChangeFacts[] = changedBoxes.map((box) => ({
  box,
  share: (box.width * box.height) / (size.width * size.height),
  minor: false,
  kept: true,
}));

/** Small ones beside them, all over the picture. */
export const minorChanges: ChangeFacts[] = Array.from({ length: 7 }, (_, at) => ({
  box: { x: 40 + 160 * at, y: 700, width: 40, height: 30 },
  share: 0.001,
  minor: true,
  kept: true,
}));

export const comparison: Comparison = {
  version: 0,
  busy: false,
  threshold: 0.1,
  changes,
  changedShare: changes.reduce((sum, { share }) => sum + share, 0),
  alignment: { on: true, words: 'moved 2.4 px right and 0.8 px up, scaled to 99.4 %' },
};

/** A landscape of gradients, ground and a sun, with the changes painted in where `edited`. */
export async function paint({ width, height } = size, edited = false): Promise<Buffer> {
  const rectangles = changedBoxes.map(
    ({ x, y, width, height }, index) =>
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="24" fill="${['#e4572e', '#76b041', '#ffffff'][index]}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 1200 800" preserveAspectRatio="none">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#274b7a"/><stop offset="1" stop-color="#f2c48d"/></linearGradient></defs>
    <rect width="1200" height="800" fill="url(#sky)"/><circle cx="860" cy="300" r="90" fill="#ffe9b8"/>
    <path d="M0 620L240 420L430 560L700 380L960 600L1200 470V800H0z" fill="#3c5a4c"/>
    <path d="M0 720L300 600L640 700L1200 580V800H0z" fill="#243a33"/>
    ${edited ? rectangles.join('') : ''}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** How different the pixels are: all of each changed box, more to the right. */
export function heatValues({ width, height } = size): Uint8Array {
  const values = new Uint8Array(width * height);
  for (const box of changedBoxes)
    for (let y = box.y; y < box.y + box.height; y += 1)
      for (let x = box.x; x < box.x + box.width; x += 1)
        values[y * width + x] = 20 + (235 * (x - box.x)) / box.width;
  return values;
}

/** Something of everything that a comparison can find. */
export const fullComparison: Comparison = {
  ...comparison,
  changes: [...changes, ...minorChanges],
  overall: { words: 'Overall: warmer, a little darker', kept: true },
};

const facts = { format: 'PNG', ...size, byteLength: 300_000 };

export const review: PanelState = {
  fileName: 'photo.jpg',
  rounds: [
    {
      instruction: 'make the house red, add a tree and put the moon into the sky',
      model: 'openai/gpt-image-2',
      references: [],
      askedFor: 1,
      elapsed: 12_300,
      usage: '2,084 tokens · $0.0120',
    },
  ],
  phase: 'review',
  startedAt: 0,
  now: 1000,
  original: { ...facts, format: 'JPEG', byteLength: 217_000 },
  versions: [{ ...facts, width: 1536, height: 1024, id: 'job/0', round: 0, saved: false }],
  shown: 0,
  comparison,
  matching: { on: true },
  saves: 'Saves JPEG, 1200 × 800',
};
