// The bytes of a file go in; where they are a pointer of Git LFS, what it points to comes out, if that is on this machine.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

/** Bytes: a pointer is no longer. */
const longest = 1024;

export interface LfsFolder {
  /** What the others are relative to. */
  readonly base: string;
  /** Of the repository's data. */
  readonly common: string;
  /** Of what LFS keeps, within these or absolute. */
  readonly storage: string;
}

export function isLfsPointer(bytes: Uint8Array): boolean {
  return readPointer(bytes) !== undefined;
}

/**
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 * @returns the bytes as they are where they are no pointer; `missing` where what they point to is not here, or not whole
 */
export async function readLfsPicture(
  bytes: Uint8Array,
  folder: () => Promise<LfsFolder>,
): Promise<Uint8Array | 'missing'> {
  const pointer = readPointer(bytes);
  if (!pointer) return bytes;
  const { base, common, storage } = await folder();
  const root = isAbsolute(storage) ? storage : join(resolve(base, common), storage);
  const { oid } = pointer;
  const path = join(root, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  const object = await readFile(path).catch(() => undefined);
  const isWhole = object && createHash('sha256').update(object).digest('hex') === oid;
  return isWhole ? object : 'missing';
}

function readPointer(bytes: Uint8Array): { readonly oid: string } | undefined {
  if (bytes.byteLength > longest) return undefined;
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.startsWith('version https://git-lfs') && !text.startsWith('version https://hawser'))
    return undefined;
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  return oid === undefined ? undefined : { oid };
}
