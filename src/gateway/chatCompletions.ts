// The route of Gemini image models, `POST {base}/chat/completions`: an edit goes in, the request's body comes
// out, and the answer's pictures or the words that came instead.
import type { AnswerPicture } from './answer';
import { jsonBody, type RequestBody } from './body';
import { readImagesAnswer } from './imagesEdits';
import { isRecord } from './json';
import type { EditRequest } from './requestEdit';

/** One user turn: Gemini refuses earlier pictures that come as an assistant's, without its signature. */
export function chatCompletionsBody(edit: EditRequest): RequestBody {
  const { model, instruction, pictures, options = {} } = edit;
  const { aspect_ratio, image_size } = options;
  return jsonBody((dataUrl) => ({
    model: model.id,
    messages: [
      {
        role: 'user',
        content: [
          // The contract's own words: without them these models sometimes only talk about the picture.
          { type: 'text', text: `Edit this image: ${instruction}\n\nReturn the edited image.` },
          ...pictures.map((picture) => ({
            type: 'image_url',
            image_url: { url: dataUrl(picture) },
          })),
        ],
      },
    ],
    // Without it the answer is text only.
    modalities: ['image', 'text'],
    ...((aspect_ratio ?? image_size) !== undefined && {
      // Undefined ones are not written.
      image_config: { aspect_ratio, image_size },
    }),
  }));
}

/**
 * The pictures of an answer, wherever a gateway puts them; none where it has none. The same picture told
 * twice, in `images` and again in `content`, counts once.
 */
export function readChatAnswer(answer: unknown): AnswerPicture[] {
  const pictures = messages(answer).flatMap((message) => {
    const images = list(message['images']).flatMap(readPart);
    if (images.length > 0) return images;
    const image = readPart(message['image']);
    if (image.length > 0) return image;
    const { content } = message;
    return typeof content === 'string' ? readText(content) : list(content).flatMap(readPart);
  });
  return pictures.length > 0 ? pictures : readImagesAnswer(answer);
}

/** What the model said instead of a picture, or why it stopped; empty where it said nothing. */
export function readChatWords(answer: unknown): string {
  for (const message of messages(answer)) {
    const { content } = message;
    const said = typeof content === 'string' ? content : list(content).map(textOf).join(' ');
    for (const words of [message['refusal'], said]) {
      if (typeof words === 'string' && words.trim() !== '') return words.trim();
    }
  }
  const reasons = choices(answer).flatMap((choice) => [
    choice['native_finish_reason'],
    choice['finish_reason'],
  ]);
  const reason = reasons.find((text) => typeof text === 'string' && !/^(stop|null|)$/i.test(text));
  return typeof reason === 'string' ? `finish reason ${reason}` : '';
}

function choices(answer: unknown): Record<string, unknown>[] {
  return isRecord(answer) ? list(answer['choices']).filter(isRecord) : [];
}

function messages(answer: unknown): Record<string, unknown>[] {
  return choices(answer)
    .map((choice) => choice['message'])
    .filter(isRecord);
}

/** One item of `images` or of a `content` list, in the forms of the gateways that were seen. */
function readPart(part: unknown): AnswerPicture[] {
  if (typeof part === 'string') return readText(part);
  if (!isRecord(part)) return [];
  const image = part['image_url'] ?? part['imageUrl'];
  const url = isRecord(image) ? image['url'] : (image ?? part['url']);
  if (typeof url === 'string' && url !== '') return [{ url }];
  if (typeof part['b64_json'] === 'string' && part['b64_json'] !== '')
    return [{ base64: part['b64_json'] }];
  // Anthropic's form, then Google's own in both spellings.
  for (const holder of [part['source'], part['inline_data'], part['inlineData']]) {
    if (isRecord(holder) && typeof holder['data'] === 'string') return [{ base64: holder['data'] }];
  }
  return part['type'] === 'text' && typeof part['text'] === 'string' ? readText(part['text']) : [];
}

function textOf(part: unknown): string {
  return isRecord(part) && typeof part['text'] === 'string' ? part['text'] : '';
}

/** Characters that a Markdown picture's label may have. */
const labelLimit = 500;

/** Markdown pictures in a text, or a text that is nothing but one data URL or link to a picture. */
function readText(text: string): AnswerPicture[] {
  const pictures: AnswerPicture[] = [];
  // Searched by hand, each character a few times at most: a data URL of many megabytes is nothing for a regular
  // expression.
  let from = 0;
  for (let middle = text.indexOf('](', from); middle >= 0; middle = text.indexOf('](', from)) {
    const label = text.slice(Math.max(from, middle - labelLimit), middle);
    from = middle + 2;
    if (!/^\s*(data:image\/|https?:)/i.test(text.slice(from, from + 30))) continue;
    const start = label.lastIndexOf('![');
    if (start < 0 || label.includes(']', start)) continue;
    const end = text.indexOf(')', from);
    if (end < 0) break;
    pictures.push({ url: text.slice(from, end).trim() });
    from = end;
  }
  if (pictures.length > 0) return pictures;
  const bare = text.trim();
  const start = bare.slice(0, 2000);
  if (/^data:image\//i.test(start) && !/\s/.test(start)) return [{ url: bare }];
  return /^https?:\/\/\S+$/i.test(start) && bare.length === start.length ? [{ url: bare }] : [];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
