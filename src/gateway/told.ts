// An answer's JSON goes in; what it says of an error comes out: the words of the innermost cause, wherever gateways put
// them and however many of them wrapped it.
import { isRecord, listOf } from './json';
import { readWait, waitInText } from './retryAfter';

/** What an answer says of an error. */
export interface Told {
  /** The words of the innermost cause that has some. */
  readonly message?: string;
  /** The innermost name or number of the error. */
  readonly code?: string;
  /** The field of the request that it is about. */
  readonly param?: string;
  /** Every code and type from the outermost to the innermost. */
  readonly names: readonly string[];
  /** The service behind the gateway that gave these words, where it is named. */
  readonly provider?: string;
  /** Milliseconds until it may be tried again, where a field of the body says so. */
  readonly retryAfterMs?: number;
  /** The same, where its words say so: who says it may have begun the work all the same. */
  readonly saidWaitMs?: number;
}

/** How deep errors may be wrapped: what is deeper is nobody's words. */
const depthLimit = 8;

/** Characters of a text in which JSON is looked for. */
const textLimit = 20_000;

/**
 * Undefined where nothing is said of an error.
 * @param accepted whether the status says that all went well: then a `message` of the answer itself is no error
 * @see gateway-api.md, §2 to §5, for the forms
 */
export function readTold(answer: unknown, accepted: boolean): Told | undefined {
  for (const error of errorsOf(answer, accepted)) {
    const told = join(levels(error, 0));
    // Some gateways send an empty `error` along with every picture.
    if (told.message === undefined && told.names.length === 0) continue;
    const retryAfterMs = told.retryAfterMs ?? (isRecord(answer) ? readWait(answer) : undefined);
    return { ...told, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  return isRecord(answer) && answer['success'] === false ? { names: [] } : undefined;
}

/** The words of each item of `data` that is an error in place of a picture, in their order. */
export function readItemErrors(answer: unknown): Told[] {
  if (!isRecord(answer)) return [];
  return listOf(answer['data'])
    .filter(isRecord)
    .filter((item) => item['error'] != null)
    .map((item) => join(levels(item['error'], 0)));
}

/** All that may be an error in an answer, the likeliest first. */
function errorsOf(answer: unknown, accepted: boolean): unknown[] {
  // Google's endpoint answers with a list of errors.
  if (Array.isArray(answer))
    return answer.filter(isRecord).flatMap((item) => errorsOf(item, accepted));
  if (!isRecord(answer)) return [];
  const { error, message: said } = answer;
  // The name of the status, and what is wrong beside it.
  const named = typeof error === 'string' && (typeof said === 'string' || Array.isArray(said));
  const errors = named
    ? [{ message: error, error: { message: said } }]
    : [...listed(error), ...listOf(answer['errors']), ...byField(answer['errors'])];
  errors.push(answer['fault']);
  for (const choice of listOf(answer['choices']).filter(isRecord)) {
    const { message } = choice;
    errors.push(choice['error'], isRecord(message) ? message['error'] : undefined);
  }
  errors.push(
    ...listOf(answer['data']).map((item) => (isRecord(item) ? item['error'] : undefined)),
  );
  // FastAPI's form: a text, or a list with one item for each field.
  errors.push(...listed(answer['detail']));
  if (!accepted || answer['success'] === false) {
    errors.push({ ...answer, error: undefined, errors: undefined, detail: undefined });
    errors.push(
      ...[answer['output'], answer['result'], answer['data'], answer['base_resp']].filter(isRecord),
    );
  }
  return errors.filter((error) => error != null && error !== '');
}

/** `{ "size": ["is not valid"] }`, as frameworks say what is wrong with each field. */
function byField(errors: unknown): unknown[] {
  if (!isRecord(errors)) return [];
  return Object.entries(errors).map(([field, said]) => ({ field, message: said }));
}

/** One error in the words of each gateway it went through, the outermost first. */
function levels(error: unknown, depth: number): Told[] {
  if (depth > depthLimit) return [];
  if (typeof error === 'string') return levelsOfText(error, depth);
  if (Array.isArray(error)) return levels(error[0], depth + 1);
  if (!isRecord(error)) return [];
  const metadata = isRecord(error['metadata']) ? error['metadata'] : {};
  const fields = isRecord(error['provider_specific_fields'])
    ? error['provider_specific_fields']
    : {};
  const details = listOf(error['details']).filter(isRecord);
  const { message } = error;
  const inner = [
    error['error'],
    ...(isRecord(message) ? [message] : []),
    // OpenAI's of an answer that failed.
    ...(isRecord(error['response']) ? [error['response']['error']] : []),
    // OpenRouter's: the provider's own body, as text.
    metadata['raw'],
    ...[error, fields].flatMap((holder) => [holder['innererror'], holder['inner_error']]),
    error['upstream_error'],
    error['cause'],
    // Google's: a list of facts, each of its own kind.
    ...details.flatMap(({ fieldViolations }) => listOf(fieldViolations)),
  ];
  const provider = textOf(metadata['provider_name']);
  return [
    {
      ...wordsOf(error),
      ...(provider !== undefined && { provider }),
      ...waitOf(error, metadata, details),
    },
    ...levelsOfText(saidBy(error) ?? '', depth).slice(1),
    ...inner.flatMap((value) => levels(value, depth + 1)),
  ];
}

/** A text, and the error that is in it as JSON: `BadRequestError: {"error":{…}}`. */
function levelsOfText(text: string, depth: number): Told[] {
  // A page says nothing that its status does not.
  if (/^\s*</.test(text)) return [];
  const start = text.length > textLimit ? -1 : text.search(/[{[]\s*["{]/);
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  let inner: Told[] = [];
  if (start >= 0 && end > start) {
    try {
      const json: unknown = JSON.parse(text.slice(start, end + 1));
      inner = errorsOf(json, false).flatMap((error) => levels(error, depth + 1));
    } catch {
      // Braces in words are no JSON.
    }
  }
  return [{ ...(text.trim() !== '' && { message: text }), names: [] }, ...inner];
}

/** What one level says itself. */
function wordsOf(error: Record<string, unknown>): Told {
  const message = saidBy(error);
  const place = placeOf(error['loc']);
  const codes = fieldsOf(error, codeNames).flatMap((value) => {
    const text = textOf(value);
    return text !== undefined && text.length <= 200 ? [text] : [];
  });
  const param = textOf(error['param']) ?? textOf(error['field']) ?? textOf(place);
  const type = textOf(error['type']);
  return {
    ...(message !== undefined && { message: place ? `${place}: ${message}` : message }),
    ...(codes[0] !== undefined && { code: codes[0] }),
    ...(param !== undefined && { param }),
    names: [...codes, ...(type === undefined ? [] : [type])],
  };
}

/** What gateways call the words and the codes of an error, in small letters without lines; the surest first. */
const wordNames = [
  ...['message', 'msg', 'errormessage', 'errormsg', 'errmsg', 'statusmsg', 'detail'],
  ...['description', 'errordescription', 'faultstring', 'finishmessage', 'title'],
];
const codeNames = ['code', 'errorcode', 'errcode', 'status', 'reason'];

/** The values of the fields of these names, however they are spelt, in the order of the names. */
function fieldsOf(error: Record<string, unknown>, names: readonly string[]): unknown[] {
  const plain = new Map(
    Object.entries(error).map(([name, value]) => [
      name.toLowerCase().replaceAll(/[_-]/g, ''),
      value,
    ]),
  );
  return names.map((name) => plain.get(name)).filter((value) => value !== undefined);
}

function saidBy(error: Record<string, unknown>): string | undefined {
  return fieldsOf(error, wordNames)
    .map((said) =>
      Array.isArray(said) && said.every((one) => typeof one === 'string') ? said.join('; ') : said,
    )
    .find((said): said is string => typeof said === 'string' && said.trim() !== '');
}

/** Where in the request, in FastAPI's words: `["body", "size"]`. */
function placeOf(loc: unknown): string {
  return listOf(loc)
    .filter((part) => part !== 'body' && (typeof part === 'string' || typeof part === 'number'))
    .join('.');
}

function waitOf(
  error: Record<string, unknown>,
  metadata: Record<string, unknown>,
  details: readonly Record<string, unknown>[],
): Pick<Told, 'retryAfterMs' | 'saidWaitMs'> {
  const headers = isRecord(metadata['headers']) ? metadata['headers'] : {};
  const data = isRecord(error['data']) ? error['data'] : {};
  for (const holder of [error, metadata, headers, data, ...details]) {
    const retryAfterMs = readWait(holder);
    if (retryAfterMs !== undefined) return { retryAfterMs };
  }
  const said = waitInText(saidBy(error) ?? '');
  return said === undefined ? {} : { saidWaitMs: said };
}

function join(all: readonly Told[]): Told {
  const last = <Name extends keyof Told>(name: Name) => {
    const found = all.findLast((told) => told[name] !== undefined);
    return found ? { [name]: found[name] } : {};
  };
  return {
    ...last('message'),
    ...last('code'),
    ...last('param'),
    ...last('provider'),
    ...last('retryAfterMs'),
    ...last('saidWaitMs'),
    names: all.flatMap(({ names }) => names),
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
