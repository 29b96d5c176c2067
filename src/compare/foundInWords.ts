// Takes what differs in an edited picture; gives it in a few words, as a row of a list has room for.
import type { Found } from './batchProtocol';
import { shareInWords } from './shareInWords';

/** `1 main change, 8 %`, `3 changes, 12 % · Overall: warmer`, `redrawn as a whole`, `no change`. */
export function foundInWords(found: Found): string {
  const words = differenceInWords(found);
  return found.pictures > 1 ? `1 of ${found.pictures}: ${words}` : words;
}

function differenceInWords({ redrawn, listed, share, minor, overall }: Found): string {
  if (redrawn) return 'redrawn as a whole';
  const changes =
    listed > 0
      ? `${listed === 1 ? '1 main change' : `${listed} changes`}, ${shareInWords(share)}`
      : undefined;
  const parts = [changes, overall].filter((part) => part !== undefined);
  if (parts.length > 0) return parts.join(' · ');
  if (minor > 0) return minor === 1 ? '1 minor difference' : `${minor} minor differences`;
  return 'no change';
}
