// The right-clicked file, or a link, goes in; its bytes come out, checked to be a picture that Retouch can read.
import { basename } from 'node:path';
import { FileSystemError, ProgressLocation, window, workspace, type Uri } from 'vscode';
import { download } from '../gateway/download';
import { EditError } from '../gateway/errors';
import { identifyPicture, isApplePng, type PictureInfo } from '../picture/identify';
import { readNetwork } from './network';
import type { Services } from './services';
import type { Settings } from './settings';
import { showName } from './showName';

export interface Picture {
  /** The whole file, or the whole answer, as it is. */
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
}

/** Bytes, because a whole picture is in memory: as many as 100 megapixels have without any compression. */
const sizeLimit = 400 * 1024 * 1024;

/** Milliseconds that the download of a link may take. */
const linkTimeout = 60_000;

function refuse(why: string, cause?: unknown): EditError {
  return new EditError(why, { reason: 'original', charge: 'none', cause });
}

/** Works on every file system of VS Code. @throws EditError (`original`, nothing charged) */
export async function readOriginal(uri: Uri): Promise<Picture> {
  let bytes: Uint8Array;
  try {
    const { size } = await workspace.fs.stat(uri);
    if (size > sizeLimit) {
      throw refuse(
        `It has ${Math.ceil(size / 1024 / 1024)} MB, and Retouch reads 400 MB at most. Make it smaller first.`,
      );
    }
    bytes = await workspace.fs.readFile(uri);
  } catch (error) {
    if (error instanceof EditError) throw error;
    const code = error instanceof FileSystemError ? error.code : String(error);
    throw refuse(`It cannot be read (${code}).`, error);
  }
  return identify(bytes);
}

/** As `readOriginal`; its error says which of the pictures it is about. */
export async function readReferences(uris: readonly Uri[]): Promise<Picture[]> {
  return Promise.all(
    uris.map((uri) =>
      readOriginal(uri).catch((error: unknown) => {
        if (!(error instanceof EditError)) throw error;
        const { reason, charge, cause } = error;
        const name = showName(basename(uri.path));
        throw new EditError(`The reference ${name}: ${error.message}`, { reason, charge, cause });
      }),
    ),
  );
}

/**
 * Downloads the picture behind a link of the user's, to be compared with.
 * @returns undefined when the user cancels
 * @throws EditError (`link` or `original`, nothing charged)
 */
export async function openLink(
  { log }: Services,
  { baseUrl }: Settings,
  link: string,
  fileName: string,
): Promise<Picture | undefined> {
  const cancelled = new AbortController();
  try {
    const network = await readNetwork();
    const bytes = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Opening ${fileName}`, cancellable: true },
      (_progress, token) => {
        token.onCancellationRequested(() => cancelled.abort());
        return download(link, {
          // Without the key: nobody needs it to open a link.
          connection: { baseUrl, apiKey: '', timeout: linkTimeout, network },
          startedAt: Date.now(),
          signal: cancelled.signal,
          what: 'The picture',
          charge: 'none',
          isOwn: true,
        });
      },
    );
    log.info(`${fileName}: opened from ${new URL(link).host}`);
    return identify(bytes);
  } catch (error) {
    if (cancelled.signal.aborted) return undefined;
    throw error;
  }
}

/** @throws EditError (`original`, nothing charged) where it is none that Retouch reads */
export function identify(bytes: Uint8Array): Picture {
  const info = identifyPicture(bytes);
  if (!info) throw refuse('It is no picture, or a damaged one, whatever its name says.');
  if (info.format === 'HEIC') {
    throw refuse('It is HEIC, which Retouch cannot read. Save it as JPEG or PNG first.');
  }
  if (isApplePng(bytes)) {
    throw refuse(
      'It is a PNG in Apple’s own form (CgBI), as iPhone apps hold it, which Retouch cannot read. Take the file that the app was made of, or bring it back first: xcrun pngcrush -revert-iphone-optimizations IN.png OUT.png.',
    );
  }
  return { bytes, info };
}
