// The route of GPT Image models, `POST {base}/images/edits`: an edit goes in, the request's body comes out,
// and the answer's pictures.
import {
  dataUrlLength,
  jsonBody,
  multipartBody,
  type InputPicture,
  type RequestBody,
} from './body';
import type { AnswerPicture } from './answer';
import { isRecord } from './json';
import type { EditRequest } from './requestEdit';

/** The two forms that `images/edits` takes. */
export type UploadForm = 'json' | 'multipart';

/** Characters that a data URL in `images[].image_url` may have, by OpenAI's own schema. */
const dataUrlLimit = 20_971_520;

export function fitsJson(pictures: readonly InputPicture[]): boolean {
  return pictures.every((picture) => dataUrlLength(picture) <= dataUrlLimit);
}

export function imagesEditsBody(
  { model, instruction, pictures }: EditRequest,
  form: UploadForm,
): RequestBody {
  if (form === 'multipart') {
    // `image[]` repeated: gateways read `image[0]`, `image[1]` in any order.
    return multipartBody({ model: model.id, prompt: instruction }, 'image[]', pictures);
  }
  return jsonBody((dataUrl) => ({
    model: model.id,
    prompt: instruction,
    images: pictures.map((picture) => ({ image_url: dataUrl(picture) })),
  }));
}

/** The pictures of an answer; none where it has none. */
export function readImagesAnswer(answer: unknown): AnswerPicture[] {
  const data =
    isRecord(answer) && Array.isArray(answer['data']) ? (answer['data'] as unknown[]) : [];
  return data.filter(isRecord).flatMap(({ b64_json, url }): AnswerPicture[] => {
    if (typeof b64_json === 'string' && b64_json !== '') return [{ base64: b64_json }];
    return typeof url === 'string' && url !== '' ? [{ url }] : [];
  });
}
