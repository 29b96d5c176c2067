// The route of GPT Image models, `POST {base}/images/edits`: an edit goes in, the request's body comes out,
// and the answer's pictures.
import { dataUrlLength, jsonBody, multipartBody, type RequestBody } from './body';
import { pictureIn, type AnswerPicture } from './answer';
import { isRecord, listOf } from './json';
import type { EditRequest } from './requestEdit';

/** The two forms that `images/edits` takes. */
export type UploadForm = 'json' | 'multipart';

/** Characters that a data URL in `images[].image_url` may have, by OpenAI's own schema. */
const dataUrlLimit = 20_971_520;

export function fitsJson({ pictures, mask }: EditRequest): boolean {
  return [...pictures, ...(mask ? [mask] : [])].every(
    (picture) => dataUrlLength(picture) <= dataUrlLimit,
  );
}

/** Only JSON can hold a link. */
export function fitsMultipart({ pictures }: EditRequest): boolean {
  return pictures.every((picture) => 'bytes' in picture);
}

/** @param partials pictures that the gateway may send before the last one; 0 asks for a plain answer */
export function imagesEditsBody(edit: EditRequest, form: UploadForm, partials = 0): RequestBody {
  const { model, instruction, pictures, mask } = edit;
  const fields = {
    model: model.id,
    prompt: instruction,
    ...edit.options,
    // Goes with `stream` or not at all; undefined is not written.
    partial_images: partials > 0 ? partials : undefined,
    ...(partials > 0 && { stream: true }),
  };
  if (form === 'json') {
    return jsonBody((dataUrl) => ({
      ...fields,
      images: pictures.map((picture) => ({ image_url: dataUrl(picture) })),
      ...(mask && { mask: { image_url: dataUrl(mask) } }),
    }));
  }
  return multipartBody(
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)]],
      ),
    ),
    [
      // `image[]` repeated: gateways read `image[0]`, `image[1]` in any order.
      ...pictures.flatMap((picture) => ('bytes' in picture ? [['image[]', picture] as const] : [])),
      ...(mask ? [['mask', mask] as const] : []),
    ],
  );
}

/** The pictures of an answer; none where it has none. */
export function readImagesAnswer(answer: unknown): AnswerPicture[] {
  const data = isRecord(answer) ? listOf(answer['data']) : [];
  return data.filter(isRecord).flatMap(({ b64_json, url }): AnswerPicture[] => {
    if (typeof b64_json === 'string' && b64_json !== '') return [pictureIn(b64_json, 'base64')];
    return typeof url === 'string' && url !== '' ? [pictureIn(url, 'url')] : [];
  });
}
