// A file of the workspace goes in; what it was in the last commit and what it is now come out, by VS Code's own Git.
import { lstat, readFile, readlink } from 'node:fs/promises';
import { extensions, workspace, type Uri } from 'vscode';
import { EditError } from '../gateway/errors';
import { FileInGit, NoHeadError, type HeadPicture } from './headPicture';
import { isLfsPointer } from './lfsObject';
import { identify, readOriginal, type Picture } from './readOriginal';

/** The little of the Git extension's API that is needed, https://github.com/microsoft/vscode/tree/main/extensions/git#api. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { readonly git: { readonly path: string } };
}

export interface BeforeAndNow {
  readonly head: Picture;
  /** See `HeadPicture`. */
  readonly otherName: string | undefined;
  readonly now: Picture;
}

/** @throws NoHeadError or EditError, with a sentence on why there are no two pictures to compare */
export async function readBeforeAndNow(uri: Uri): Promise<BeforeAndNow> {
  if (uri.scheme !== 'file' && uri.scheme !== 'vscode-remote')
    throw new NoHeadError('It is not on a disk that Git works on.');
  const git = await extensions.getExtension<GitExtension>('vscode.git')?.activate();
  if (!git?.enabled) throw new NoHeadError('VS Code’s Git is off: turn on git.enabled first.');
  const similarity = workspace.getConfiguration('git', uri).get('similarityThreshold', 50);
  const file = await FileInGit.open(git.getAPI(1).git.path, uri.fsPath, similarity);
  // One after the other: where both fail, what the file is now says more.
  const now = await readNow(uri, file);
  const before = await file.readHead();
  return { head: identifyHead(before), otherName: before.otherName, now };
}

function identifyHead({ bytes }: HeadPicture): Picture {
  try {
    return identify(bytes);
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    throw new NoHeadError(`What the last commit has of it: ${error.message}`, { cause: error });
  }
}

async function readNow(uri: Uri, file: FileInGit): Promise<Picture> {
  try {
    return await readOriginal(uri);
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    return readOtherwise(uri.fsPath, file, error);
  }
}

/** What it is, where it is no picture. */
async function readOtherwise(path: string, file: FileInGit, error: EditError): Promise<Picture> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) {
    const name = await file.newName();
    // Where the last commit has none either, it says why.
    if (name === undefined) await file.readHead();
    throw new NoHeadError(
      name === undefined
        ? 'It is not in the working tree any more: it was deleted since the last commit.'
        : `It was renamed to ${name}: choose Compare with HEAD on that.`,
      { cause: error },
    );
  }
  if (found.isDirectory()) {
    throw new NoHeadError('It is a folder, such as that of a submodule, and no image.', {
      cause: error,
    });
  }
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes && found.isSymbolicLink()) {
    throw new NoHeadError(
      `It is a symbolic link to ${await readlink(path)}, which is not there or cannot be read.`,
      { cause: error },
    );
  }
  if (!bytes || !isLfsPointer(bytes)) throw error;
  const missing =
    'It is a pointer of Git LFS, and its picture is not on this machine: git lfs pull brings it.';
  return identify(await file.resolveLfs(bytes, missing));
}
