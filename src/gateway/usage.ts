// An answer goes in; what it says that the edit took comes out: tokens and dollars, in every form that gateways have.
import { isRecord } from './json';
import type { Usage } from './requestEdit';
import type { HttpHead } from './transport';

/** Names of a cost in US dollars, the surest first. */
const dollarNames = [
  ...['cost_usd', 'cost', 'total_cost', 'total_cost_usd', 'cost_in_usd'],
  ...['costUsd', 'costUSD', 'totalCost'],
];

/** Names of one in millionths of a US dollar. */
const microNames = ['cost_micros', 'cost_usd_micros', 'cost_micro_usd', 'cost_microdollars'];

/** More than any edit costs: a number in another unit. */
const dearest = 1000;

/**
 * What one field says wrongly costs none of the others.
 * @see gateway-api.md, §9
 */
export function readUsage(answer: unknown, { headers }: Pick<HttpHead, 'headers'>): Usage {
  const whole = isRecord(answer) && isRecord(answer['response']) ? answer['response'] : answer;
  const usage = isRecord(whole) ? usageIn(whole) : {};
  const holders = [usage, usage['cost_details'], usage['cost'], isRecord(answer) ? answer : {}];
  const costs = holders
    .filter(isRecord)
    .flatMap((holder) => [
      ...dollarNames.map((name) => amount(holder[name])),
      ...microNames.map((name) => scaled(amount(holder[name]), 1e-6)),
    ]);
  if (isRecord(usage['cost']))
    costs.push(amount(usage['cost']['usd']), amount(usage['cost']['total']));
  costs.push(amount(headers['x-litellm-response-cost']));
  const cost = costs.find((dollars) => dollars !== undefined && dollars < dearest);
  const totalTokens = tokensOf(usage);
  return {
    ...(totalTokens !== undefined && { totalTokens }),
    ...(cost !== undefined && { cost }),
  };
}

function usageIn(answer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { usage, usageMetadata } = answer;
  return isRecord(usage) ? usage : isRecord(usageMetadata) ? usageMetadata : {};
}

function tokensOf(usage: Readonly<Record<string, unknown>>): number | undefined {
  const total = whole(usage['total_tokens'] ?? usage['totalTokens'] ?? usage['totalTokenCount']);
  if (total !== undefined) return total;
  const input = whole(usage['input_tokens'] ?? usage['prompt_tokens']);
  const output = whole(usage['output_tokens'] ?? usage['completion_tokens']);
  return input === undefined || output === undefined ? undefined : input + output;
}

function whole(value: unknown): number | undefined {
  const count = amount(value);
  return count !== undefined && Number.isInteger(count) ? count : undefined;
}

/** A number, or a text that is one, with dollars or without, and with commas between thousands. */
function amount(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value : '';
  const [, digits] = /^\s*(?:\$|USD)?\s*(\d[\d.,]*(?:e-?\d+)?)\s*(?:\$|USD)?\s*$/i.exec(text) ?? [];
  if (digits !== undefined) {
    const plain = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(digits)
      ? digits.replaceAll(',', '')
      : digits;
    return amount(Number(plain));
  }
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function scaled(value: number | undefined, factor: number): number | undefined {
  // Floating point adds dust.
  return value === undefined ? undefined : Number((value * factor).toFixed(9));
}
