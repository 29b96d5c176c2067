// A model id comes in, what that model can do goes out; also the rows of GET /v1/models.
import { Refusal } from './errors';

/** A model of the catalogue: which endpoint it edits on, and how many pictures it takes at once. */
export interface CatalogModel {
  id: string;
  edits: 'images/edits' | 'chat/completions' | 'nowhere';
  maxPictures: number;
}

const catalog: readonly CatalogModel[] = [
  { id: 'openai/gpt-5.5', edits: 'nowhere', maxPictures: 0 },
  { id: 'openai/gpt-image-2', edits: 'images/edits', maxPictures: 16 },
  { id: 'openai/gpt-image-1.5', edits: 'images/edits', maxPictures: 16 },
  { id: 'google/gemini-3-pro', edits: 'nowhere', maxPictures: 0 },
  { id: 'google/gemini-3.1-flash-image-preview', edits: 'chat/completions', maxPictures: 14 },
  { id: 'google/gemini-3-pro-image', edits: 'chat/completions', maxPictures: 11 },
];

/** The answer to GET /v1/models; the rows say no more than AIGate's do. */
export function modelList() {
  const data = catalog.map(({ id }) => ({
    id,
    object: 'model',
    created: 1626777600,
    owned_by: id.split('/')[0],
  }));
  return { success: true, object: 'list', data };
}

/**
 * Finds a model by its exact id.
 * @throws Refusal 503 `model_not_found`, as documented for an unknown model
 */
export function findModel(id: string): CatalogModel {
  const model = catalog.find((row) => row.id === id);
  if (model) return model;
  throw new Refusal(503, `No available channel for model ${id}`, { code: 'model_not_found' });
}
