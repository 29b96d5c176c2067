// The text of server-sent events goes in; the one answer that the same gateway would have sent without
// streaming comes out.
import { isRecord } from './json';
import { endOfBase64 } from './picturesInText';

interface Choice {
  readonly message: {
    content: string | null;
    refusal?: string;
    reasoning?: string;
    readonly images: unknown[];
  };
  finish_reason: unknown;
  native_finish_reason?: unknown;
  error?: unknown;
}

/** What a stream's events add up to, in the shape of the route's own answer. */
interface Assembled {
  data: unknown[];
  choices: Choice[];
  /** Of a chat, beside its choices. */
  images: unknown[];
  usage?: unknown;
  error?: unknown;
  /** There was a part of a picture: where there is no whole one, the stream ended too soon. */
  partial?: true;
}

/**
 * Undefined where the text is no event stream. Partial pictures are left out: they are never a result.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function assembleEvents(text: string): Assembled | undefined {
  if (!/^\uFEFF?\s*((data|event|id|retry)?:|\{)/.test(text)) return undefined;
  const answer: Assembled = { data: [], choices: [], images: [] };
  const events = readEvents(text);
  eventsOfAnswers.set(answer, events);
  // Lines that begin like JSON and are none: no stream at all.
  if (/^\uFEFF?\s*\{/.test(text) && events.filter(isRecord).length < 2) return undefined;
  for (const event of events) addEvent(answer, event);
  const finished = /^data: ?\[DONE\]/m.test(text.slice(-200));
  if (!finished) answer.choices.forEach((choice) => cutUnfinished(answer, choice));
  return answer;
}

const eventsOfAnswers = new WeakMap<object, readonly unknown[]>();

/** All events that such an answer was put together from, for what is in none of the known places. */
export function eventsOf(answer: unknown): readonly unknown[] {
  return isRecord(answer) ? (eventsOfAnswers.get(answer) ?? []) : [];
}

/** A chat may send a data URL in many pieces: where it says nothing of an end, the last one may be lacking. */
function cutUnfinished(answer: Assembled, { message, finish_reason }: Choice): void {
  if (finish_reason !== null || message.content === null) return;
  const start = message.content.lastIndexOf('data:image/');
  const comma = message.content.indexOf(',', start);
  if (start < 0 || (comma >= 0 && endOfBase64(message.content, comma + 1) < message.content.length))
    return;
  message.content = message.content.slice(0, start);
  answer.partial = true;
}

/**
 * Each event's JSON; comments, pings and the closing [DONE] carry none. Some gateways send comments and then JSON, in one
 * line or one in each, without saying `data:` before it, or leave out the empty line between two events.
 */
export function readEvents(text: string): unknown[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n\r\n|\n\n|\r\r/)
    .flatMap((block) => {
      const lines = block.split(/\r\n|\n|\r/);
      const name = /^event: ?(.*)$/.exec(
        lines.find((line) => line.startsWith('event:')) ?? '',
      )?.[1];
      const data = lines
        .filter((line) => /^\s*\{|^data:/.test(line))
        .map((line) => line.replace(/^data: ?/, ''))
        .filter((line) => line.trim() !== '[DONE]' && line.trim() !== '');
      const events = data.length > 1 && data.every(isWhole) ? data : [data.join('\n')];
      return events
        .filter((event) => event !== '')
        .map((event) => {
          const json = parseEvent(event);
          // An error may be told in plain words.
          return named(json === undefined && name === 'error' ? { message: event } : json, name);
        });
    });
}

/** With the name of its event, where it does not say that itself. */
function named(event: unknown, name = ''): unknown {
  if (!/[._]|^error$/.test(name)) return event;
  return isRecord(event) && event['type'] === undefined ? { type: name, ...event } : event;
}

function isWhole(line: string): boolean {
  return /^\s*\{.*\}\s*$/.test(line) && parseEvent(line) !== undefined;
}

/** Undefined for an event that was cut off: what came whole before it still counts. */
function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function addEvent(answer: Assembled, event: unknown): void {
  if (!isRecord(event)) return;
  const type = typeof event['type'] === 'string' ? event['type'] : '';
  if (event['usage'] != null) answer.usage = event['usage'];
  // The first is the cause of those that follow.
  if (event['error'] != null) answer.error ??= event['error'];
  else if (/(^|[._])(error|failed)$/.test(type)) answer.error ??= event;
  else if (type.endsWith('.partial_image')) answer.partial = true;
  // Gateways call an edit's last event image_generation.completed as well.
  else if (type.endsWith('.completed')) answer.data.push(event);
  else if (type === '' && Array.isArray(event['data']))
    answer.data = answer.data.concat(event['data']);
  if (Array.isArray(event['images'])) answer.images = answer.images.concat(event['images']);
  if (Array.isArray(event['choices']))
    event['choices'].forEach((choice) => addChoice(answer, choice));
}

function addChoice({ choices }: Assembled, choice: unknown): void {
  if (!isRecord(choice)) return;
  const index = Number.isInteger(choice['index']) ? Math.max(0, Number(choice['index'])) : 0;
  // Small numbers alone: an index is no reason to fill the memory.
  const at = Math.min(index, 15);
  while (choices.length <= at)
    choices.push({ message: { content: null, images: [] }, finish_reason: null });
  const whole = choices[at]!;
  if (choice['finish_reason'] != null) whole.finish_reason = choice['finish_reason'];
  for (const name of ['native_finish_reason', 'error'] as const) {
    if (choice[name] != null) whole[name] = choice[name];
  }
  // A `message` may come beside an empty `delta`.
  for (const part of [choice['delta'], choice['message']]) addPart(whole.message, part);
}

function addPart(message: Choice['message'], part: unknown): void {
  if (!isRecord(part)) return;
  const { content, images, image } = part;
  for (const name of ['refusal', 'reasoning'] as const) {
    const said = part[name];
    if (typeof said === 'string') message[name] = (message[name] ?? '') + said;
  }
  for (const piece of Array.isArray(content) ? (content as unknown[]) : [content]) {
    const text = isRecord(piece) && piece['type'] === 'text' ? piece['text'] : piece;
    if (typeof text === 'string') message.content = (message.content ?? '') + text;
    else if (isRecord(piece)) message.images.push(piece);
  }
  if (Array.isArray(images)) for (const one of images as unknown[]) message.images.push(one);
  if (image != null) message.images.push(image);
}
