// Bytes and names go in; a file on any of VS Code's file systems that is whole, or none at all, comes out.
import { basename } from 'node:path';
import { FileSystemError, Uri, workspace } from 'vscode';
import { pausing, retry } from '../disk/patience';
import { newToken } from './saveLocally';

/**
 * Writes a new file under the first name that is free. Never touches an existing file.
 * @throws the file system's own error; then nothing is left behind
 */
export async function saveNewVirtually(
  folder: Uri,
  names: Iterable<string>,
  bytes: Uint8Array,
  token?: string,
): Promise<Uri> {
  const { temporary } = temporariesIn(folder, token);
  try {
    await writeWhole(temporary, bytes);
    for (const name of names) {
      const target = Uri.joinPath(folder, name);
      try {
        await workspace.fs.rename(temporary, target, { overwrite: false });
      } catch (error) {
        if (error instanceof FileSystemError && error.code === 'FileExists') continue;
        throw error;
      }
      return target;
    }
    throw new Error('every name that it could have is taken');
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
}

/** A file that takes the place of another one. */
interface Move {
  readonly target: Uri;
  /** Has the new bytes. */
  readonly temporary: Uri;
  /** Has the old ones. */
  readonly kept: Uri;
  readonly old: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Writes a file over another one: for a name that the user has confirmed. VS Code takes the old one away before it moves the
 * new one, so that there is a copy of both beside it until the new one is there.
 * @param check throws where the file must not be replaced; it is asked at the last moment
 * @throws the file system's own error; then the old file is there as it was, or both copies are, which the error names
 */
export async function replaceVirtually(
  target: Uri,
  bytes: Uint8Array,
  check: () => Promise<void>,
  token?: string,
): Promise<void> {
  const { temporary, kept } = temporariesIn(Uri.joinPath(target, '..'), token);
  let old: Uint8Array;
  try {
    await writeWhole(temporary, bytes);
    old = await workspace.fs.readFile(target);
    // Not written anew: who may read it goes with it.
    await workspace.fs.copy(target, kept, { overwrite: false });
    await verify(kept, old);
    await check();
  } catch (error) {
    await removeQuietly(temporary);
    await removeQuietly(kept);
    throw error;
  }
  try {
    await workspace.fs.rename(temporary, target, { overwrite: true });
  } catch (error) {
    await settle({ target, temporary, kept, old, bytes }, error);
  }
  await removeQuietly(kept);
}

/** In milliseconds: a connection that was lost in the midst of it may come back. */
const connectionPauses = [100, 400, 1500];

/** After a move that has failed. Ends where the new file is there all the same. @throws as `replaceVirtually` */
async function settle(move: Move, cause: unknown): Promise<void> {
  const { target, temporary, kept, old, bytes } = move;
  const mayPass = () => true;
  const now = await retry(pausing, connectionPauses, mayPass, () => finish(move)).catch(
    () => undefined,
  );
  if (now && Buffer.compare(now, bytes) === 0) return;
  if (now && Buffer.compare(now, old) === 0) {
    await removeQuietly(temporary);
    await removeQuietly(kept);
    throw cause;
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  const [name, oldName, newName] = [target, kept, temporary].map(({ path }) => basename(path));
  throw new Error(
    `${why}. What ${name} was is kept beside it as ${oldName}, the edited picture as ${newName}`,
    { cause },
  );
}

/** Gives what is there: where nothing is, the new file is moved there, or else the old one. */
async function finish({ target, temporary, kept }: Move): Promise<Uint8Array> {
  const now = await readIfThere(target);
  if (now) return now;
  try {
    await workspace.fs.rename(temporary, target, { overwrite: false });
  } catch {
    await workspace.fs.rename(kept, target, { overwrite: false });
  }
  return workspace.fs.readFile(target);
}

/**
 * Takes away what a save has left that was cut short, unless that are the only whole copies: where the file itself is neither
 * of them. Never throws: what cannot be reached is looked for the next time.
 */
export async function removeLeftBeside(target: Uri, token: string): Promise<void> {
  try {
    const { temporary, kept } = temporariesIn(Uri.joinPath(target, '..'), token);
    const [fresh, old] = await Promise.all([readIfThere(temporary), readIfThere(kept)]);
    if (!fresh && !old) return;
    // Without a copy of the old one nothing had been moved yet; without the new one that is in its place.
    if (old) {
      const now = await workspace.fs.readFile(target);
      if (fresh && ![fresh, old].some((copy) => Buffer.compare(copy, now) === 0)) return;
    }
    await removeQuietly(temporary);
    await removeQuietly(kept);
  } catch {
    // The connection is not there, or the file.
  }
}

async function readIfThere(uri: Uri): Promise<Uint8Array | undefined> {
  return workspace.fs.readFile(uri).then(
    (bytes) => bytes,
    (error: unknown) => {
      if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
      throw error;
    },
  );
}

/** Beside what is saved, as on a local disk. */
function temporariesIn(folder: Uri, token = newToken()): { temporary: Uri; kept: Uri } {
  return {
    temporary: Uri.joinPath(folder, `.retouch-${token}.tmp`),
    kept: Uri.joinPath(folder, `.retouch-${token}-old.tmp`),
  };
}

async function writeWhole(uri: Uri, bytes: Uint8Array): Promise<void> {
  await workspace.fs.writeFile(uri, bytes);
  await verify(uri, bytes);
}

async function verify(uri: Uri, bytes: Uint8Array): Promise<void> {
  if (Buffer.compare(await workspace.fs.readFile(uri), bytes) !== 0)
    throw new Error('the file system kept other bytes than it was given');
}

/** Best effort: the first error is what the user must hear of, and there may be nothing to delete. */
async function removeQuietly(uri: Uri): Promise<void> {
  await workspace.fs.delete(uri).then(undefined, () => undefined);
}
