// A kept edit without a picture goes in; the sentence about it comes out.
import { chargeInWords } from '../gateway/errors';
import type { KeptJob } from '../journal/jobFiles';
import type { Failure } from '../journal/records';

/** `photo.png: example.com did not answer. It may have been charged.` */
export function failureInWords(
  { record }: Pick<KeptJob, 'record'>,
  { charge, message }: Failure,
): string {
  const money = charge === 'none' ? '' : ` ${chargeInWords(charge)}`;
  return `${record.original.fileName}: ${message}${money}`;
}
