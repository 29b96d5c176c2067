// The user asks for a copy; the host gives the picture, and it goes to the clipboard as PNG, which is all that clipboards take.

/** Milliseconds until whoever asked is told that nothing comes. */
const patience = 60_000;

export interface CopiedPicture {
  readonly mime: string;
  readonly bytes: ArrayBuffer;
}

interface Settle {
  readonly resolve: (picture: Blob) => void;
  readonly reject: (problem: Error) => void;
}

export class Clipboard {
  private waiting: (Settle & { readonly done: Promise<void> }) | undefined;

  /**
   * To be called while the click counts: browsers let nobody write later.
   * @param ask asks the host
   * @throws with a sentence for the user
   */
  copy(ask: () => void): Promise<void> {
    if (this.waiting) return this.waiting.done;
    let settle: Settle | undefined;
    const picture = new Promise<Blob>((resolve, reject) => (settle = { resolve, reject }));
    const timer = setTimeout(() => settle?.reject(new Error('It takes too long.')), patience);
    const done = navigator.clipboard
      .write([new ClipboardItem({ 'image/png': picture })])
      // The browser's own words do not say why there was no picture.
      .catch(async (error: unknown) => {
        await picture;
        throw error;
      })
      .finally(() => {
        clearTimeout(timer);
        this.waiting = undefined;
      });
    this.waiting = { ...settle!, done };
    ask();
    return done;
  }

  answer({
    picture,
    problem,
  }: {
    picture?: CopiedPicture | undefined;
    problem?: string | undefined;
  }) {
    if (!this.waiting) return;
    if (picture) void asPng(picture).then(this.waiting.resolve, this.waiting.reject);
    else this.waiting.reject(new Error(problem ?? 'It could not be copied.'));
  }
}

async function asPng({ mime, bytes }: CopiedPicture): Promise<Blob> {
  const blob = new Blob([bytes], { type: mime });
  if (mime === 'image/png') return blob;
  const bitmap = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/png' });
}
