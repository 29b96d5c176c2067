// A file goes in; what comes out is another where the file was changed meanwhile.
import { workspace, type Uri } from 'vscode';

/** Of a file, to see whether it is still what it was. */
export interface Stamp {
  readonly mtime: number;
  readonly size: number;
}

/** Undefined where it cannot be had: reading says why. */
export async function stampOf(uri: Uri): Promise<Stamp | undefined> {
  try {
    return await workspace.fs.stat(uri);
  } catch {
    return undefined;
  }
}
