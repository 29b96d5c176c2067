// The messages between the compare panel's two sides: the extension host and the webview. Imports nothing.

/** What is known of a picture without showing it. */
export interface PictureFacts {
  /** As people write it: `PNG`, `JPEG`, `WebP`, `GIF`, `AVIF`. */
  readonly format: string;
  /** Width in pixels, after the EXIF orientation. */
  readonly width: number;
  /** Height in pixels, after the EXIF orientation. */
  readonly height: number;
  /** Size of the encoded picture in bytes. */
  readonly byteLength: number;
}

/**
 * The whole state of the panel. The host sends it again on every `ready`, so a webview that was
 * hidden, moved or reloaded loses nothing.
 */
export interface PanelState {
  /** Name of the original, as shown in the title (control characters already escaped). */
  readonly fileName: string;
  readonly instruction: string;
  readonly model: string;
  /** `editing`: the gateway is at work; `review`: the edited picture is here; `saving`: Accept was pressed. */
  readonly phase: 'editing' | 'review' | 'saving';
  /** When the edit was sent, in milliseconds since the epoch, by the host's clock. */
  readonly startedAt: number;
  /** The host's clock when this message was sent: the webview's clock may differ. */
  readonly now: number;
  /** How long the edit took in milliseconds; absent while `editing`. */
  readonly elapsed?: number;
  readonly original: PictureFacts;
  /** Absent while `editing`. */
  readonly edited?: PictureFacts;
  /** Tokens and cost in words, where the gateway said so: `2,084 tokens · $0.0120`. */
  readonly usage?: string;
}

export type ToWebview =
  | { readonly type: 'state'; readonly state: PanelState }
  | {
      readonly type: 'picture';
      readonly side: 'original' | 'edited';
      /** From the magic bytes, such as `image/png`. */
      readonly mime: string;
      readonly bytes: ArrayBuffer;
    };

/** What the user did. `ready` asks for the state and the pictures. */
export type PanelAction = 'ready' | 'accept' | 'saveAs' | 'discard' | 'cancel';

/** `unshown` says that the browser could not draw a picture. */
export type FromWebview =
  | { readonly type: PanelAction }
  | { readonly type: 'unshown'; readonly side: 'original' | 'edited' };
