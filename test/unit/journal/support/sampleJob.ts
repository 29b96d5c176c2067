// A job as tests prepare it.
import { readFileSync } from 'node:fs';
import { builtInModels } from '../../../../src/gateway/models';
import type { NewJob } from '../../../../src/journal/journal';

/** Marked, so that it is found wherever it gets to. */
export const apiKey = 'sk-marked-5b1c77e0a94d4f22';

export const original = readFileSync('test/samples/workspace/logo.png');

export const newJob: NewJob = {
  original: { uri: 'file:///work/photo.png', fileName: 'photo.png', mime: 'image/png' },
  references: ['file:///work/other.png'],
  instruction: 'make it black and white',
  model: builtInModels[0]!,
  options: { n: 2, quality: 'high' },
  baseUrl: 'https://gateway.example/v1',
};
