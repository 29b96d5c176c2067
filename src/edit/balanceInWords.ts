// Balances and costs go in; they come out in words.
import type { Balance, TokenBalance } from '../gateway/balance';

/** `Balance at aigate.shop: $12.50, $3.42 used so far. This key may spend $4.50 more.` */
export function balanceInWords(host: string, answer: Balance): string {
  const { balance, used, currency, token } = answer;
  if (balance === undefined) return `${host} did not say a balance.`;
  const soFar = used === undefined ? '' : `, ${moneyInWords(used, currency)} used so far`;
  return [
    `Balance at ${host}: ${moneyInWords(balance, currency)}${soFar}.`,
    ...limitsInWords(token, currency),
  ].join(' ');
}

/** @param currency ISO 4217 */
export function moneyInWords(amount: number, currency: string): string {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount);
}

/** `$0.0120`: edits cost cents and less. */
export function costInWords(dollars: number): string {
  return `$${dollars.toFixed(4)}`;
}

/** One sentence, or none where the key has no limits of its own. */
function limitsInWords(token: TokenBalance = {}, currency: string): string[] {
  const { remaining, models, expiresAt } = token;
  const limits: string[] = [];
  if (remaining !== undefined) limits.push(`may spend ${moneyInWords(remaining, currency)} more`);
  if (models)
    limits.push(
      `may use ${models.length > 0 && models.length <= 3 ? models.join(' and ') : `${models.length} models`} only`,
    );
  if (expiresAt !== undefined) {
    const date = new Intl.DateTimeFormat('en-US', { dateStyle: 'long' }).format(expiresAt);
    limits.push(`ends on ${date}`);
  }
  const [first, ...others] = limits;
  if (first === undefined) return [];
  const last = others.pop();
  if (last === undefined) return [`This key ${first}.`];
  return [`This key ${[first, ...others].join(', ')}, and ${last}.`];
}
