// The right-clicked file goes in; its bytes come out, checked to be a picture that a gateway takes.
import { FileSystemError, workspace, type Uri } from 'vscode';
import { EditError } from '../gateway/errors';
import { identifyPicture, type PictureInfo } from '../picture/identify';

export interface Picture {
  /** The whole file, or the whole answer, as it is. */
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
}

/** Bytes: OpenAI refuses larger ones. */
const sizeLimit = 50 * 1024 * 1024;

/** Works on every file system of VS Code. @throws EditError (`original`, nothing charged) */
export async function readOriginal(uri: Uri): Promise<Picture> {
  const refuse = (why: string, cause?: unknown) =>
    new EditError(why, { reason: 'original', charge: 'none', cause });
  let bytes: Uint8Array;
  try {
    const { size } = await workspace.fs.stat(uri);
    if (size > sizeLimit) {
      throw refuse(
        `It has ${Math.ceil(size / 1024 / 1024)} MB, and gateways take 50 MB at most. Make it smaller first.`,
      );
    }
    bytes = await workspace.fs.readFile(uri);
  } catch (error) {
    if (error instanceof EditError) throw error;
    const code = error instanceof FileSystemError ? error.code : String(error);
    throw refuse(`It cannot be read (${code}).`, error);
  }
  const info = identifyPicture(bytes);
  if (!info) throw refuse('It is no picture, or a damaged one, whatever its name says.');
  if (info.format === 'GIF' || info.format === 'AVIF') {
    throw refuse(
      `Gateways take PNG, JPEG and WebP, and this is ${info.format}. Save it as PNG first.`,
    );
  }
  return { bytes, info };
}
