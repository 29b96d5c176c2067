// States of the two panels in which there is something of everything: what the page tests show, and vary.
import type { BatchState, Found } from '../../../../src/compare/batchProtocol';
import type { PanelState } from '../../../../src/compare/protocol';
import { comparison, fullComparison, review } from './samplePictures';

const [round] = review.rounds;
const [version] = review.versions;

export const gemini = 'google/gemini-3-pro-image';

/** One answer, which came in `count` pictures. */
export function answer(count: number, saved: readonly number[] = []): PanelState {
  return {
    ...review,
    comparison: undefined,
    versions: Array.from({ length: count }, (_, at) => ({
      ...version!,
      id: `job/${at}`,
      saved: saved.includes(at),
    })),
  };
}

/** Two pictures of another shape than the original, compared anew, with a change that was rejected. */
export const busyReview: PanelState = {
  ...review,
  versions: [version!, version!],
  matching: { on: true, fit: 'fit' },
  comparison: {
    ...fullComparison,
    busy: true,
    overall: { ...fullComparison.overall!, fixed: 'It cannot be rejected: the colours are gone.' },
    changes: fullComparison.changes.map((change, at) => ({ ...change, kept: at % 4 > 0 })),
  },
};

/** A list would lie. */
export const redrawn: PanelState = {
  ...review,
  models: [{ id: 'openai/gpt-image-2' }, { id: gemini }],
  replaceable: true,
  comparison: { ...comparison, redrawn: true },
};

/** A second version from the first, and a third from the original. */
export const tree: PanelState = {
  ...review,
  models: [{ id: 'openai/gpt-image-2', lastCost: '$0.0120' }, { id: gemini }],
  rounds: [
    round!,
    {
      ...round!,
      instruction: 'make the sky darker',
      model: gemini,
      startedFrom: 0,
      usage: '9 tokens',
    },
    { ...round!, instruction: 'make it a drawing' },
  ],
  versions: [0, 1, 2].map((at) => ({ ...version!, id: `job-${at}/0`, round: at })),
  shown: 1,
  comparison: undefined,
};

/** The gateway is at work. */
export const editing: PanelState = {
  fileName: review.fileName,
  rounds: [{ ...round!, elapsed: undefined, usage: undefined }],
  phase: 'editing',
  startedAt: 0,
  now: 1000,
  original: review.original,
  versions: [],
  shown: 0,
};

/** The first picture on the way to the result. */
export const partial = { format: 'PNG', width: 1536, height: 1024, byteLength: 200_000, number: 1 };

export const marking: PanelState = { ...editing, rounds: [], phase: 'marking' };

export const hostileName = '<img src=x onerror=alert(1)>.png';

export const found: Found = { listed: 1, share: 0.082, minor: 3, redrawn: false, pictures: 1 };

/** What came of a batch, as users of many pictures see it: two are worth a look first. */
export const manyRows: BatchState = {
  title: 'Edit 40 images',
  instruction: 'remove the bin at the left',
  model: 'openai/gpt-image-2',
  isPaused: false,
  cost: '$0.4800',
  toReview: 36,
  rows: Array.from({ length: 40 }, (_, at) => ({
    name: `holidays/beach/IMG_${2040 + at}.jpg`,
    state: at < 2 ? 'saved' : at < 38 ? 'done' : at < 39 ? 'editing' : 'waiting',
    found:
      at > 37
        ? undefined
        : at === 37
          ? 'comparing'
          : at === 36
            ? 'failed'
            : {
                ...found,
                listed: at === 9 ? 0 : 1 + (at % 3),
                minor: at === 9 ? 0 : at % 5,
                share: 0.02 + at / 500,
                redrawn: at === 5,
                ...(at % 4 === 3 && { overall: 'Overall: warmer, a little darker, more contrast' }),
                ...(at === 9 && { overall: undefined }),
              },
  })),
};

export const batch: BatchState = {
  title: 'Edit 3 images',
  instruction: 'make the sky <b>blue</b>',
  model: 'openai/gpt-image-2',
  isPaused: false,
  cost: '$0.0120',
  toReview: 1,
  rows: [
    { name: hostileName, state: 'done' },
    { name: 'photo.jpg', state: 'failed', sentence: 'It cannot be read. Nothing was charged.' },
    {
      name: 'screenshots/a-name-that-is-longer-than-the-panel-is-wide-'.repeat(3),
      state: 'editing',
    },
  ],
};
