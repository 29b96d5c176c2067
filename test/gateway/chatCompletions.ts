// The body of POST /v1/chat/completions comes in, Gemini's answer with a picture goes out.
import { findModel } from './catalog';
import { missing, Refusal, unknownParameter, wrongType, wrongValue } from './errors';
import type { EditContext } from './exchange';
import { refuseUnsafe } from './moderation';
import { nearestShape, paint, type PixelSize } from './paint';
import { readPictureUrl } from './pictureLinks';
import { isObject, requiredText, type JsonObject } from './requestBody';

const dollarsOfSize: Record<string, number> = { '1K': 0.00902, '2K': 0.01353, '4K': 0.02029 };

/** What Gemini answers at 1K for each `aspect_ratio`; 2K and 4K are two and four times that. */
const sizeOfRatio: Record<string, PixelSize> = {
  '1:1': { width: 1024, height: 1024 },
  '2:3': { width: 832, height: 1248 },
  '3:2': { width: 1248, height: 832 },
  '3:4': { width: 864, height: 1184 },
  '4:3': { width: 1184, height: 864 },
  '4:5': { width: 896, height: 1152 },
  '5:4': { width: 1152, height: 896 },
  '9:16': { width: 768, height: 1344 },
  '16:9': { width: 1344, height: 768 },
  '21:9': { width: 1536, height: 672 },
};

const knownFields = ['model', 'messages', 'modalities', 'image_config', 'user'];
const otherNumbers = ['temperature', 'top_p', 'max_tokens', 'max_completion_tokens', 'seed'];

/** What the last user message asks for. */
interface UserTurn {
  instruction: string;
  links: { url: string; param: string }[];
}

/** Answers one chat completion. @throws Refusal */
export async function completeChat(body: JsonObject, context: EditContext) {
  const { record } = context;
  const model = findModel((record.model = requiredText(body, 'model')));
  if (model.edits === 'images/edits') {
    const message = `Model ${model.id} is not a chat model. Use /v1/images/edits.`;
    throw new Refusal(400, message, { param: 'model', code: 'unsupported_endpoint' });
  }
  for (const [name, value] of Object.entries(body)) {
    if (otherNumbers.includes(name)) {
      if (typeof value !== 'number') throw wrongType(name, 'a number');
    } else if (name === 'n') {
      if (value !== 1) throw wrongValue(name, '1');
    } else if (name === 'stream') {
      if (value !== false) throw wrongValue(name, 'false: this gateway does not stream');
    } else if (!knownFields.includes(name)) {
      throw unknownParameter(name);
    }
  }
  const wantsPicture = readModalities(body['modalities']);
  if (wantsPicture && model.edits === 'nowhere') {
    const message = `Model ${model.id} does not support image output.`;
    throw new Refusal(400, message, { param: 'modalities', code: 'unsupported_modality' });
  }
  const { imageSize, ratio } = readImageConfig(body['image_config']);
  const turn = readMessages(body['messages']);
  record.instruction = turn.instruction;
  if (model.edits !== 'nowhere' && turn.links.length > model.maxPictures) {
    throw new Refusal(400, 'too many images in the message', { param: 'messages' });
  }
  const pictures = await Promise.all(
    turn.links.map(({ url, param }) => readPictureUrl(url, param)),
  );
  record.pictures = pictures.length;
  record.inputs = pictures.map(({ bytes }) => bytes);
  refuseUnsafe(turn.instruction);

  const [first] = pictures;
  const dollars = dollarsOfSize[imageSize] ?? 0;
  const promptTokens = Math.ceil(turn.instruction.length / 4) + 258 * pictures.length;
  if (!wantsPicture || !first) {
    // Without the image modality, or without a picture to edit, real ones just talk.
    context.charge(0.0004);
    await context.work();
    const content = first ? 'This picture could well be edited.' : 'Which picture shall I edit?';
    return completion(
      model.id,
      { content },
      promptTokens,
      9,
      context.tellsCost ? 0.0004 : undefined,
    );
  }
  context.charge(dollars);
  await context.work();
  const factor = Number.parseInt(imageSize, 10);
  const whole = await paint(first, turn.instruction, {
    chooseSize: (painted) => {
      if (context.pictureSize) return context.pictureSize;
      const size = ratio ?? nearestShape(Object.values(sizeOfRatio), painted);
      return { width: size.width * factor, height: size.height * factor };
    },
    format: 'png',
    redraws: context.redraws ? 'gemini' : undefined,
  });
  const bytes = context.spoil(whole, 0);
  record.answered.push(bytes);
  const url =
    context.publish?.(bytes, 'image/png') ?? `data:image/png;base64,${bytes.toString('base64')}`;
  const images = [{ type: 'image_url', image_url: { url } }];
  return completion(
    model.id,
    { content: null, images },
    promptTokens,
    1290,
    context.tellsCost ? dollars : undefined,
  );
}

function completion(
  model: string,
  message: { content: string | null; images?: unknown[] },
  promptTokens: number,
  completionTokens: number,
  dollars: number | undefined,
) {
  const created = Math.floor(Date.now() / 1000);
  return {
    id: `gate-${created}`,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      ...(dollars !== undefined && { cost_usd: dollars }),
    },
  };
}

/** Whether an image is asked for. */
function readModalities(value: unknown): boolean {
  if (value === undefined) return false;
  if (!Array.isArray(value)) throw wrongType('modalities', 'an array of strings');
  for (const item of value) {
    if (item !== 'image' && item !== 'text') throw wrongValue('modalities', '"image" and "text"');
  }
  return value.includes('image');
}

function readImageConfig(value: unknown): { imageSize: string; ratio: PixelSize | undefined } {
  if (value === undefined) return { imageSize: '1K', ratio: undefined };
  if (!isObject(value)) throw wrongType('image_config', 'an object');
  const { aspect_ratio: ratio, image_size: imageSize = '1K', ...others } = value;
  const [other] = Object.keys(others);
  if (other) throw unknownParameter(`image_config.${other}`);
  if (typeof imageSize !== 'string' || !Object.hasOwn(dollarsOfSize, imageSize)) {
    throw wrongValue('image_config.image_size', '1K, 2K, 4K');
  }
  if (ratio === undefined) return { imageSize, ratio: undefined };
  const size =
    typeof ratio === 'string' && Object.hasOwn(sizeOfRatio, ratio) ? sizeOfRatio[ratio] : undefined;
  if (!size) throw wrongValue('image_config.aspect_ratio', Object.keys(sizeOfRatio).join(', '));
  return { imageSize, ratio: size };
}

/** Checks every message; the instruction and the pictures are those of the last, the user's. */
function readMessages(messages: unknown): UserTurn {
  if (messages === undefined) throw missing('messages');
  if (!Array.isArray(messages)) throw wrongType('messages', 'an array of objects');
  if (messages.length === 0) throw missing('messages');
  let turn: UserTurn | undefined;
  for (const [index, message] of messages.entries()) {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw wrongType(param, 'an object');
    const { role, content, images } = message;
    if (role !== 'user' && role !== 'system' && role !== 'assistant') {
      throw wrongValue(`${param}.role`, 'system, user, assistant');
    }
    const found = readContent(content, `${param}.content`);
    if (role === 'assistant' && (images !== undefined || found.links.length > 0)) {
      // Gemini 3 takes no picture of its own back, unless it is signed.
      const where = `in content position ${index + 1}, part position 1`;
      throw new Refusal(400, `Image part is missing a thought_signature ${where}`, { param });
    }
    turn = role === 'user' ? found : undefined;
  }
  if (!turn) throw wrongValue('messages', 'a user message at the end');
  if (turn.instruction.trim() === '') throw missing('messages');
  return turn;
}

function readContent(content: unknown, param: string): UserTurn {
  if (typeof content === 'string') return { instruction: content, links: [] };
  if (content === undefined) throw missing(param);
  if (!Array.isArray(content)) throw wrongType(param, 'a string or an array of parts');
  const turn: UserTurn = { instruction: '', links: [] };
  for (const [index, part] of content.entries()) {
    const at = `${param}[${index}]`;
    if (!isObject(part)) throw wrongType(at, 'an object');
    if (part['type'] === 'text') {
      if (typeof part['text'] !== 'string') throw wrongType(`${at}.text`, 'a string');
      turn.instruction += part['text'];
    } else if (part['type'] === 'image_url') {
      const link = part['image_url'];
      if (!isObject(link)) throw wrongType(`${at}.image_url`, 'an object with url');
      if (typeof link['url'] !== 'string') throw wrongType(`${at}.image_url.url`, 'a string');
      // The contract has the text first, then the pictures.
      if (turn.instruction === '') throw wrongValue(at, 'the text before the pictures');
      turn.links.push({ url: link['url'], param: `${at}.image_url.url` });
    } else {
      throw wrongValue(`${at}.type`, 'text, image_url');
    }
  }
  return turn;
}
