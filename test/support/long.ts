// Takes the environment; says whether this is the long form of the suite (`npm run test:long`).

/** `npm test` keeps a small share of the long proofs. */
export const isLong = process.env['RETOUCH_LONG'] === '1';

/** The value for the long form of the suite, or the one for `npm test`. */
export function longOr<Value>(long: Value, short: Value): Value {
  return isLong ? long : short;
}
