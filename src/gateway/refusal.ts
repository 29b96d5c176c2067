// An answer goes in; where it says no, whatever its status and shape, the EditError for it comes out.
import { STATUS_CODES } from 'node:http';
import { EditError, type Charge, type Reason } from './errors';
import { isRecord } from './json';
import type { Answer } from './answerReader';
import { asSentence, quoteWords } from './words';
import type { Connection } from './connection';
import type { HttpHead } from './transport';

/** What gateways tell of a refusal: an object with `message`, a string, or a list of these. */
interface Told {
  readonly message?: string;
  readonly code?: string;
  readonly type?: string;
  readonly param?: string;
}

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
  const accepted = response.status >= 200 && response.status < 300;
  const told = readTold(answer.json, accepted);
  if (accepted && !told) return undefined;

  const retryAfterMs = readRetryAfter(response.headers);
  const { reason, charge } = classify(response.status, told ?? {}, retryAfterMs);
  const host = new URL(connection.baseUrl).host;
  // Only JSON is quoted: an HTML page says nothing that its status does not.
  const words = told?.message
    ? quoteWords(answer.decoded.withoutMarks(told.message), connection.apiKey)
    : '';
  const names = [
    accepted ? '' : `HTTP ${response.status}`,
    quoteWords(told?.code ?? '', connection.apiKey, 60),
    told?.param ? `field ${quoteWords(told.param, connection.apiKey, 60)}` : '',
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

function readRequestId(headers: HttpHead['headers'], apiKey: string): string | undefined {
  const id = headers['x-oneapi-request-id'] ?? headers['x-request-id'];
  return id === undefined ? undefined : quoteWords(id, apiKey, 100);
}

function statusInWords(status: number): string {
  const name = STATUS_CODES[status];
  return name ? `HTTP ${status} (${name})` : `HTTP ${status}`;
}

function readTold(answer: unknown, accepted: boolean): Told | undefined {
  if (!isRecord(answer)) return undefined;
  const told = answer['error'];
  const error: unknown = Array.isArray(told) ? told[0] : told;
  if (isRecord(error)) {
    // new-api wraps some upstream errors once more: { error: { error: { … } } }.
    const inner = isRecord(error['error']) ? error['error'] : error;
    const text = (name: string) => {
      const value = inner[name];
      return typeof value === 'string' || typeof value === 'number'
        ? { [name]: String(value) }
        : {};
    };
    const told = { ...text('message'), ...text('code'), ...text('type') };
    // Some gateways send an empty `error` along with every picture.
    if (accepted && Object.keys(told).length === 0) return undefined;
    return { ...told, ...(inner['param'] ? text('param') : {}) };
  }
  if (typeof error === 'string' && error !== '') return { message: error };
  const failed = answer['success'] === false || !accepted;
  if (failed)
    return typeof answer['message'] === 'string'
      ? { message: answer['message'] }
      : accepted
        ? {}
        : undefined;
  return undefined;
}

function classify(
  status: number,
  told: Told,
  retryAfterMs: number | undefined,
): { reason: Reason; charge: Charge } {
  const names = `${told.code ?? ''} ${told.type ?? ''}`;
  const none = (reason: Reason) => ({ reason, charge: 'none' as const });
  if (/moderation|content_policy|prompt_blocked|sensitive_words|safety/i.test(names))
    return none('moderation');
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
  // An error told under HTTP 200 can have come after the work was done.
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

/** Milliseconds from `retry-after-ms`, or from `retry-after` in seconds or as a date. */
function readRetryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const milliseconds = Number(headers['retry-after-ms']);
  if (milliseconds > 0) return milliseconds;
  const after = headers['retry-after'];
  if (after === undefined) return undefined;
  const wait = Number.isFinite(Number(after))
    ? Number(after) * 1000
    : Date.parse(after) - Date.now();
  return wait > 0 ? wait : undefined;
}
