// One HTTP exchange: what the gateway remembers of it, and what it lends to the endpoints.
import type { PixelSize } from './paint';

/** What the gateway remembers of one request; tests read it. */
export interface GatewayRequest {
  method: string;
  /** Without the query. */
  path: string;
  contentType: string;
  /** The right bearer key came with it. */
  authorized: boolean;
  /** What was answered; 0 while nothing was. */
  status: number;
  model?: string;
  instruction?: string;
  /** Input pictures that were decoded, the mask not counted. */
  pictures: number;
  /** Their bytes as they came, in order. */
  inputs: Uint8Array[];
  form?: 'json' | 'multipart';
  /** Of the picture parts of a multipart form, in order. */
  fileNames?: string[];
  mimeTypes?: string[];
  /** The JSON body with its data URLs shortened; of a multipart form, its text fields. */
  body?: unknown;
  /** The pictures of the answer as they were made, encoded; partial ones are none. */
  answered: Buffer[];
  /** When the last byte of the answer went to the system, in milliseconds since the epoch; 0 before. */
  sentAt: number;
  /** The client closed the socket before it was answered. */
  aborted: boolean;
  /** The edit was valid and work on it began: it costs money, whatever happens next. */
  billed: boolean;
}

/** What an endpoint may do beside returning its answer. */
export interface EditContext {
  record: GatewayRequest;
  /** Charges the edit (US dollars): from here on it costs money. */
  charge(dollars: number): void;
  /** Takes as long as the gateway was told to take. */
  work(): Promise<void>;
  /** Whether `usage` says what the edit costs. */
  tellsCost: boolean;
  /** Set when pictures are answered as links: keeps the bytes, gives their address. */
  publish: ((bytes: Uint8Array, mimeType: string) => string) | undefined;
  /** What is sent in place of a picture: mostly the picture. */
  spoil: (bytes: Buffer, at: number) => Buffer;
  /** Set when another number of pictures is answered than was asked for. */
  pictureCount: number | undefined;
  /** Set when the pictures of the answer are of another size than a model would choose. */
  pictureSize: PixelSize | undefined;
  /** Whether all of the picture is drawn anew, as real models do. */
  redraws: boolean;
  /** Set when an answer that nobody asked to be streamed is: with so many partial pictures for each picture. */
  unaskedPartials: number | undefined;
}

/** What an endpoint answers, one event after the other, in place of one JSON. */
export class EventStream {
  constructor(readonly events: AsyncIterable<{ type: string }>) {}
}

const shortestDataUrl = 96;

/** Copies a JSON value, cutting data URLs to their first characters. */
export function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    const isLong = value.startsWith('data:') && value.length > shortestDataUrl;
    return isLong ? `${value.slice(0, 48)}… (${value.length} characters)` : value;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
  }
  return value;
}
