// An answer goes in; where it says no, whatever its status and shape, the EditError for it comes out.
import { STATUS_CODES } from 'node:http';
import { EditError, type Charge, type Reason } from './errors';
import type { Answer } from './answerReader';
import { readRetryAfter } from './retryAfter';
import { readTold, type Told } from './told';
import { asSentence, quoteWords } from './words';
import type { Connection } from './connection';
import { isAccepted, type HttpHead } from './transport';

/**
 * Undefined where the answer is no refusal: status 200 to 299 and no `error` in it.
 * @param billable whether the request was one that can cost money
 */
export function readRefusal(
  response: HttpHead,
  answer: Answer,
  connection: Connection,
  billable: boolean,
): EditError | undefined {
  const accepted = isAccepted(response);
  const told = toldOf(answer, accepted);
  if (accepted && !told) return undefined;

  const asked = readRetryAfter(response.headers) ?? told?.retryAfterMs;
  const { reason, charge } = classify(response.status, told ?? { names: [] }, asked);
  const retryAfterMs = asked ?? (reason === 'rateLimit' ? told?.saidWaitMs : undefined);
  const host = new URL(connection.baseUrl).host;
  const words = told ? toldInWords(told, answer, connection) : '';
  const code = told?.code === String(response.status) ? '' : (told?.code ?? '');
  const names = [
    accepted ? '' : `HTTP ${response.status}`,
    quoteWords(code, connection.apiKey, 60),
    told?.param && !told.message?.startsWith(`${told.param}: `)
      ? `field ${quoteWords(told.param, connection.apiKey, 60)}`
      : '',
  ].filter((name) => name !== '');
  const detail = names.length > 0 ? ` (${names.join(', ')})` : '';
  const said = words
    ? asSentence(`${host} says: ${words}${detail}`)
    : `${host} answered ${statusInWords(response.status)}.`;
  return new EditError([said, nextStep(reason, retryAfterMs)].join(' ').trim(), {
    reason,
    charge: billable ? charge : 'none',
    retryAfterMs,
    requestId: readRequestId(response.headers, connection.apiKey),
  });
}

/** What an answer says of an error, in JSON or in plain words. */
export function toldOf(answer: Answer, accepted: boolean): Told | undefined {
  return readTold(answer.json, accepted) ?? (accepted ? undefined : toldInPlain(answer));
}

/** What a refusal says that is no JSON: words, or the message of an XML; a page says nothing that its status does not. */
function toldInPlain({ text = '' }: Answer): Told | undefined {
  const inXml = /<(?:message|faultstring)>([^<]{1,1000})<\//i.exec(text)?.[1];
  const message = /^\s*</.test(text) ? inXml : text.trim();
  return message === undefined || message === '' ? undefined : { message, names: [] };
}

/** Whether an error, in its words or names, is that of a content filter. */
export function isFiltered({ message = '', names }: Told): boolean {
  return isFilter(names.join(' ')) || filterWords.test(message.slice(0, 5000));
}

/** What a gateway, or the service behind it, says of an error: one line; empty where it says nothing. */
export function toldInWords(
  { message = '', provider }: Told,
  { decoded }: Pick<Answer, 'decoded'>,
  { apiKey }: Pick<Connection, 'apiKey'>,
): string {
  const words = quoteWords(decoded.withoutMarks(message), apiKey);
  if (words === '' || provider === undefined) return words;
  return `${quoteWords(provider, apiKey, 60)}: ${words}`;
}

function readRequestId(headers: HttpHead['headers'], apiKey: string): string | undefined {
  const id = headers['x-oneapi-request-id'] ?? headers['x-request-id'];
  return id === undefined ? undefined : quoteWords(id, apiKey, 100);
}

function statusInWords(status: number): string {
  const name = STATUS_CODES[status];
  return name ? `HTTP ${status} (${name})` : `HTTP ${status}`;
}

/** Codes and types of refusals by a content filter: OpenAI's, Azure's, new-api's, Google's, Alibaba's. */
const filterNames =
  /moderat(ion|ed)|content_?(policy|filter)|prompt_blocked|sensitive|safety|responsibleai|prohibited_content|blocklist|recitation|output_?filter|data_?inspection|unsafe|nsfw/i;

/** Their words, where relays leave nothing of the code. */
const filterWords =
  /ContentPolicyViolation|content management policy|(rejected|blocked|refused|flagged|filtered|stopped|violate[sd]?|violation)\b[^.]{0,80}\b(safety system|content (policy|filter)|(usage|use) polic|moderation|our filters)|(safety system|content (policy|filter)|moderation)\b[^.]{0,80}\b(rejected|blocked|refused|flagged|violat)|\bNSFW\b|sensitive (words?|content|information)|responsible AI|inappropriate content|(fail(s|ed)?|rejected|blocked|refused|flagged|violat(e[sd]?|ion))\b[^.]{0,80}\b(safety (checks?|filters?|guidelines)|usage guidelines)|违规|敏感/i;

/** Whether a code, a type or a reason to stop is that of a content filter. */
export function isFilter(name: string): boolean {
  return filterNames.test(name);
}

function classify(
  status: number,
  told: Told,
  retryAfterMs: number | undefined,
): { reason: Reason; charge: Charge } {
  const names = told.names.join(' ');
  // An error told under HTTP 200 can have come after the work was done.
  const charge = status < 300 ? ('unknown' as const) : ('none' as const);
  const none = (reason: Reason) => ({ reason, charge });
  if (isFiltered(told)) return none('moderation');
  if (/model_not_found|get_channel_failed/i.test(names)) return none('notFound');
  if (/insufficient_(user_)?quota|billing|pre_consume_token_quota/i.test(names))
    return none('quota');
  switch (status) {
    case 401:
      return none('key');
    case 402:
      return none('quota');
    case 403:
      return none('permission');
    case 404:
    case 405:
      return none('notFound');
    case 413:
      return none('tooLarge');
    case 429:
      return none('rateLimit');
  }
  // Who says when to come back has not begun.
  if (status === 503 && retryAfterMs !== undefined) return none('rateLimit');
  if (status >= 300 && status < 400) return none('redirected');
  if (status === 408 || status === 409 || status >= 500)
    return { reason: 'gateway', charge: 'unknown' };
  if (status < 300) return { reason: 'gateway', charge: 'unknown' };
  return none('badRequest');
}

function nextStep(reason: Reason, retryAfterMs: number | undefined): string {
  switch (reason) {
    case 'key':
      return 'The key was rejected: set another one.';
    case 'permission':
      return 'Check that your key may use this model.';
    case 'notFound':
      return 'Choose another model, or check retouch.baseUrl.';
    case 'quota':
      return 'Top up your balance at the gateway.';
    case 'rateLimit':
      return retryAfterMs === undefined
        ? 'Wait a little and try again.'
        : `Try again in ${Math.ceil(retryAfterMs / 1000)} seconds.`;
    case 'tooLarge':
      return 'Try a smaller picture.';
    case 'moderation':
      return 'Change the instruction and try again.';
    case 'redirected':
      return 'It points to another address, where your key must not go: check retouch.baseUrl.';
    default:
      return '';
  }
}
