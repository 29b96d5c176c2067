// A number and a length go in; bytes come out that look like chance and are the same in every run.
import { createHash } from 'node:crypto';

export function seededBytes(seed: number, length: number): Uint8Array {
  return new Uint8Array(
    createHash('shake256', { outputLength: length }).update(String(seed)).digest(),
  );
}
