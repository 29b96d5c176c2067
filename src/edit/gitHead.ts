// A file of the workspace goes in; its bytes in the last commit come out, by VS Code's own Git extension.
import { extensions, type Event, type Uri } from 'vscode';

/** The little of the Git extension's API that is needed, https://github.com/microsoft/vscode/tree/main/extensions/git#api. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  /** Until it is `initialized`, it looks for the repositories of the workspace. */
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: Event<GitApi['state']>;
  getRepository(uri: Uri): Repository | null;
}

interface Repository {
  /** Rejects where the commit has no such file. */
  buffer(ref: string, path: string): Promise<Uint8Array>;
}

/** Why there is nothing to compare with, as a sentence for the user. */
export class NoHeadError extends Error {}

/** Milliseconds that Git may take to find the repositories after VS Code has started. */
const patience = 15_000;

/** Settles when it knows the repositories, or takes too long to find them. */
async function hasLooked(api: GitApi): Promise<void> {
  if (api.state === 'initialized') return;
  await new Promise<void>((resolve) => {
    const listener = api.onDidChangeState(() => end());
    const timer = setTimeout(end, patience);
    function end() {
      listener.dispose();
      clearTimeout(timer);
      resolve();
    }
  });
}

/** How a file begins that Git LFS keeps elsewhere. */
const lfsPointer = 'version https://git-lfs';

/** @throws NoHeadError where the last commit does not have it */
export async function readHead(uri: Uri): Promise<Uint8Array> {
  if (uri.scheme !== 'file' && uri.scheme !== 'vscode-remote') {
    throw new NoHeadError('It is not on a disk that Git works on.');
  }
  const extension = extensions.getExtension<GitExtension>('vscode.git');
  const git = await extension?.activate();
  if (!git?.enabled) {
    throw new NoHeadError('VS Code’s Git is off: turn on git.enabled first.');
  }
  const api = git.getAPI(1);
  await hasLooked(api);
  const repository = api.getRepository(uri);
  if (!repository) throw new NoHeadError('It is in no Git repository that is open in VS Code.');
  let bytes: Uint8Array;
  try {
    bytes = await repository.buffer('HEAD', uri.fsPath);
  } catch (error) {
    throw new NoHeadError('The last commit does not have it: there is nothing to compare with.', {
      cause: error,
    });
  }
  if (Buffer.from(bytes.subarray(0, lfsPointer.length)).toString('latin1') === lfsPointer) {
    throw new NoHeadError('Git LFS keeps it elsewhere, where Retouch cannot read it.');
  }
  return bytes;
}
