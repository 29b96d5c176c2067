// The route of Gemini image models, `POST {base}/chat/completions`: an edit goes in, the request's body comes
// out, and the answer's pictures or the words that came instead.
import { pictureIn, type AnswerPicture } from './answer';
import { jsonBody, type RequestBody } from './body';
import { readImagesAnswer } from './imagesEdits';
import { isRecord, listOf } from './json';
import { readPicturesInText } from './picturesInText';
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
    const images = listOf(message['images']).flatMap(readPart);
    if (images.length > 0) return images;
    const image = readPart(message['image']);
    if (image.length > 0) return image;
    const { content } = message;
    return typeof content === 'string'
      ? readPicturesInText(content)
      : listOf(content).flatMap(readPart);
  });
  if (pictures.length > 0) return pictures;
  const images = isRecord(answer) ? listOf(answer['images']).flatMap(readPart) : [];
  return images.length > 0 ? images : readImagesAnswer(answer);
}

/** What the model said instead of a picture; empty where it said nothing. */
export function readChatWords(answer: unknown): string {
  for (const message of messages(answer)) {
    const { content } = message;
    const said = typeof content === 'string' ? content : listOf(content).map(textOf).join(' ');
    for (const words of [message['refusal'], said]) {
      if (typeof words === 'string' && words.trim() !== '') return words.trim();
    }
  }
  // Google's own form, then OpenAI's newer one; what the model thought where it said nothing at all.
  const parts = [
    ...listIn(answer, 'candidates').flatMap(({ content }) => listIn(content, 'parts')),
    ...listIn(answer, 'output').flatMap((item) => listIn(item, 'content')),
  ];
  const said = parts.map(textOf).join(' ').trim();
  const thought = messages(answer)
    .map((message) => message['reasoning'] ?? message['reasoning_content'])
    .find((words) => typeof words === 'string' && words.trim() !== '');
  return said === '' && typeof thought === 'string' ? thought.trim() : said;
}

function listIn(holder: unknown, name: string): Record<string, unknown>[] {
  return isRecord(holder) ? listOf(holder[name]).filter(isRecord) : [];
}

/** Why the model stopped, in its own word, where that is not that it had finished. */
export function readStopReason(answer: unknown): string | undefined {
  const feedback = isRecord(answer)
    ? (answer['promptFeedback'] ?? answer['prompt_feedback'])
    : undefined;
  const reasons = [
    ...choices(answer).flatMap((choice) => [
      choice['native_finish_reason'],
      choice['finish_reason'],
    ]),
    ...(isRecord(feedback) ? [feedback['blockReason'], feedback['block_reason']] : []),
    ...listIn(answer, 'candidates').map((candidate) => candidate['finishReason']),
    ...listIn(answer, 'data').map((item) => item['finish_reason']),
    isRecord(answer) && isRecord(answer['incomplete_details'])
      ? answer['incomplete_details']['reason']
      : undefined,
  ];
  return reasons
    .filter((reason) => typeof reason === 'string')
    .find((reason) => !/^(stop|null|end_turn|)$/i.test(reason));
}

function choices(answer: unknown): Record<string, unknown>[] {
  return isRecord(answer) ? listOf(answer['choices']).filter(isRecord) : [];
}

function messages(answer: unknown): Record<string, unknown>[] {
  return choices(answer)
    .map((choice) => choice['message'])
    .filter(isRecord);
}

/** One item of `images` or of a `content` list, in the forms of the gateways that were seen. */
function readPart(part: unknown): AnswerPicture[] {
  if (typeof part === 'string') return readPicturesInText(part);
  if (!isRecord(part)) return [];
  const image = part['image_url'] ?? part['imageUrl'];
  const url = isRecord(image) ? image['url'] : (image ?? part['url']);
  if (typeof url === 'string' && url !== '') return [pictureIn(url, 'url')];
  const base64 = part['b64_json'];
  if (typeof base64 === 'string' && base64 !== '') return [pictureIn(base64, 'base64')];
  // Anthropic's form, then Google's own in both spellings.
  for (const holder of [part['source'], part['inline_data'], part['inlineData']]) {
    if (isRecord(holder) && typeof holder['data'] === 'string')
      return [pictureIn(holder['data'], 'base64')];
  }
  return part['type'] === 'text' && typeof part['text'] === 'string'
    ? readPicturesInText(part['text'])
    : [];
}

function textOf(part: unknown): string {
  const said = isRecord(part) ? (part['text'] ?? part['refusal']) : undefined;
  return typeof said === 'string' ? said : '';
}
