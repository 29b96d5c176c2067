// Headers, JSON or words of a refusal go in; milliseconds until it may be tried again come out.

/** Milliseconds in one of each unit, by its short name. */
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds from `retry-after-ms`, or from `retry-after` in seconds or as a date; undefined where none is meant.
 * @param headers names in lower case
 * @see RFC 9110, 10.2.3
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  return milliseconds(headers['retry-after-ms']) ?? seconds(headers['retry-after']);
}

/**
 * The same from an object of JSON: `retryDelay` of google.rpc.RetryInfo, `retry_after` in all its spellings.
 * @see https://cloud.google.com/apis/design/errors#error_details
 */
export function readWait(told: Readonly<Record<string, unknown>>): number | undefined {
  for (const [name, value] of Object.entries(told)) {
    const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
    const wait =
      plain === 'retryafter' || plain === 'retryafterseconds' || plain === 'retrydelay'
        ? seconds(value)
        : plain === 'retryafterms'
          ? milliseconds(value)
          : plain === 'xratelimitreset'
            ? untilMoment(Number(value))
            : undefined;
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/**
 * The same from words: `Please retry in 12.5s`, `try again in 1m30s`, `Retry after 20 seconds`, `wait 30 seconds`, `30 秒后`.
 */
export function waitInText(text: string): number | undefined {
  const words = text.slice(0, 5000);
  const said =
    /(?:re-?try|try again|come back|wait)\s+(?:(?:in|after|for|about|at least|approximately|approx\.?)\s+)*([\d.]+.{0,30})/i.exec(
      words,
    )?.[1];
  const wait = said === undefined ? undefined : duration(said);
  if (wait !== undefined) return wait;
  const header = /retry-after["']?:\s*["']?(\d+(?:\.\d+)?)(?![\w.])/i.exec(words)?.[1];
  if (header !== undefined) return positive(Number(header) * 1000);
  const [, amount, unit] = /(\d+(?:\.\d+)?)\s*(秒|分)钟?\s*(?:之?后|再)/.exec(words) ?? [];
  return positive(Number(amount) * (unit === '分' ? 60_000 : 1000));
}

function milliseconds(value: unknown): number | undefined {
  return positive(Number(value ?? 0));
}

/** A number of seconds, a duration such as `12.5s`, `{ seconds, nanos }`, or a date. */
function seconds(value: unknown): number | undefined {
  if (typeof value === 'number') return positive(value * 1000);
  if (typeof value === 'object' && value !== null && 'seconds' in value) {
    const nanos = 'nanos' in value ? Number(value.nanos) : 0;
    return positive(Number(value.seconds) * 1000 + nanos / 1e6);
  }
  if (typeof value !== 'string') return undefined;
  // What two on the way have said alike comes as a list.
  const plain = value.replace(/^\s*(\d+(?:\.\d+)?)\s*,.*$/s, '$1');
  if (plain.trim() !== '' && Number.isFinite(Number(plain))) return positive(Number(plain) * 1000);
  return duration(value) ?? positive(Date.parse(value) - Date.now());
}

/** `12.5s`, `1m30s`, `20 seconds` at the beginning of a text. */
function duration(text: string): number | undefined {
  let total: number | undefined;
  const part =
    /\s*(?:about\s+)?(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|m|h|sec\w*|min\w*|hours?)(?![a-z])/iy;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    const [, amount, unit = ''] = match;
    const short = /^m(s|illi)/i.test(unit) ? 'ms' : unit[0]!.toLowerCase();
    total = (total ?? 0) + Number(amount) * units[short]!;
  }
  return total === undefined ? undefined : positive(total);
}

/** @param moment in seconds or milliseconds since the epoch: no date of ours has as many seconds as milliseconds */
function untilMoment(moment: number): number | undefined {
  return positive((moment < 1e11 ? moment * 1000 : moment) - Date.now());
}

/** Milliseconds: what is longer is no time that anybody was meant to wait. */
const longest = 30 * 24 * 3_600_000;

function positive(wait: number): number | undefined {
  return wait > 0 && wait <= longest ? wait : undefined;
}
