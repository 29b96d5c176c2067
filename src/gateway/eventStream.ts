// The text of server-sent events goes in; the one answer that the same gateway would have sent without
// streaming comes out.
import { isRecord } from './json';

/** What a stream's events add up to, in the shape of the route's own answer. */
interface Assembled {
  data: unknown[];
  choices: { message: { content: string | null; images: unknown[] }; finish_reason: unknown }[];
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
  if (!/^\uFEFF?\s*(data|event|id|retry)?:/.test(text)) return undefined;
  const answer: Assembled = { data: [], choices: [] };
  for (const data of splitEvents(text)) addEvent(answer, parseEvent(data));
  const finished = /^data: ?\[DONE\]/m.test(text.slice(-200));
  if (!finished) answer.choices.forEach((choice) => cutUnfinished(answer, choice));
  return answer;
}

/** A chat may send a data URL in many pieces: where it says nothing of an end, the last one may be lacking. */
function cutUnfinished(answer: Assembled, { message, finish_reason }: Assembled['choices'][0]) {
  if (finish_reason !== null || message.content === null) return;
  const start = message.content.lastIndexOf('data:image/');
  if (start < 0 || message.content.includes(')', start)) return;
  message.content = message.content.slice(0, start);
  answer.partial = true;
}

/** The data of each event; comments, pings and the closing [DONE] carry none. */
export function splitEvents(text: string): string[] {
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) =>
      block
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '' && data.trim() !== '[DONE]');
}

/** Undefined for an event that was cut off: what came whole before it still counts. */
export function parseEvent(data: string): unknown {
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
  if (event['error'] != null) answer.error = event['error'];
  else if (/(^|_)error$/.test(type)) answer.error = event;
  else if (type.endsWith('.partial_image')) answer.partial = true;
  // Gateways call an edit's last event image_generation.completed as well.
  else if (type.endsWith('.completed')) answer.data.push(event);
  else if (type === '' && Array.isArray(event['data']))
    answer.data.push(...(event['data'] as unknown[]));
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
  const delta = isRecord(choice['delta']) ? choice['delta'] : choice['message'];
  if (!isRecord(delta)) return;
  if (typeof delta['content'] === 'string')
    whole.message.content = (whole.message.content ?? '') + delta['content'];
  if (Array.isArray(delta['images'])) whole.message.images.push(...(delta['images'] as unknown[]));
}
