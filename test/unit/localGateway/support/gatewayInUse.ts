// For a suite of tests: a local gateway, a client of it, pictures to send, and what is asked again and again.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import sharp from 'sharp';
import { startGateway, type LocalGateway } from '../../../gateway/server';

export const apiKey = 'sk-local-test';
export const gptImage = 'openai/gpt-image-2';
export const gemini = 'google/gemini-3.1-flash-image-preview';

/** The fields of both endpoints' answers that these tests read. */
export interface Answer {
  data?: { b64_json?: string; url?: string }[] | undefined;
  choices?: {
    message: { content: string | null; images?: { image_url: { url: string } }[] };
    finish_reason: string;
  }[];
  usage?: Record<string, unknown>;
}

export interface ErrorAnswer {
  error: { message: string; type: string; param: string | null; code: string; status: number };
}

/** Red on the left half, blue on the right: 60 x 40 pixels. */
export function twoColours() {
  const pixels = Buffer.alloc(60 * 40 * 3);
  for (let pixel = 0; pixel < 60 * 40; pixel++) {
    pixels.set(pixel % 60 < 30 ? [0xd0, 0x20, 0x20] : [0x20, 0x30, 0xd0], pixel * 3);
  }
  return sharp(pixels, { raw: { width: 60, height: 40, channels: 3 } });
}

export const dataUrl = (bytes: Uint8Array, mimeType = 'image/png') =>
  `data:${mimeType};base64,${Buffer.from(bytes).toString('base64')}`;

export const bytesOfUrl = (url: string) => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');

/** The colour at a place given as shares of width and height, 0 to 1. */
export async function colourAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const column = Math.min(info.width - 1, Math.floor(x * info.width));
  const row = Math.min(info.height - 1, Math.floor(y * info.height));
  const start = (row * info.width + column) * info.channels;
  return [...data.subarray(start, start + info.channels)];
}

export const isRed = ([r = 0, g = 0, b = 0]: number[]) => r > 150 && g < 100 && b < 100;
export const isBlue = ([r = 0, g = 0, b = 0]: number[]) => b > 150 && r < 100 && g < 100;

export interface GatewayInUse {
  readonly gateway: LocalGateway;
  readonly client: OpenAI;
  /** Red on the left half, blue on the right. */
  readonly png: Buffer;
  /** The same. */
  readonly jpeg: Buffer;
}

/** One gateway for all tests of the suite that this is called in; each test finds it as it was at first. */
export function useGateway(): GatewayInUse {
  const inUse = {} as { -readonly [Name in keyof GatewayInUse]: GatewayInUse[Name] };

  before(async () => {
    inUse.gateway = await startGateway({ apiKey });
    inUse.client = new OpenAI({ apiKey, baseURL: inUse.gateway.url, maxRetries: 0 });
    inUse.png = await twoColours().png().toBuffer();
    inUse.jpeg = await twoColours().jpeg({ quality: 95 }).toBuffer();
  });

  after(() => inUse.gateway.close());

  beforeEach(() => {
    const { gateway } = inUse;
    gateway.delayMs = 0;
    gateway.answerWith = 'b64_json';
    gateway.pictureCount = undefined;
    gateway.pictureSize = undefined;
    gateway.redraws = false;
    gateway.unaskedPartials = undefined;
    gateway.busySeconds = undefined;
    gateway.tellsCost = true;
    gateway.hasBalance = true;
  });

  return inUse;
}

/** The last request that the gateway got. */
export function last({ gateway }: GatewayInUse) {
  const record = gateway.requests.at(-1);
  assert.ok(record);
  return record;
}

/** One edit in JSON, as the contract's curl example sends it. */
export function edit(
  { client, png }: GatewayInUse,
  prompt: string,
  bytes: Uint8Array = png,
  more: object = {},
) {
  return client.post<Answer>('/images/edits', {
    body: { model: gptImage, prompt, images: [{ image_url: dataUrl(bytes) }], ...more },
  });
}

export function chat({ client }: GatewayInUse, text: string, url: string, more: object = {}) {
  return client.post<Answer>('/chat/completions', {
    body: {
      model: gemini,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
      modalities: ['image', 'text'],
      ...more,
    },
  });
}

export function pictureOf(answer: Pick<Answer, 'data'>): Buffer {
  const encoded = answer.data?.[0]?.b64_json;
  assert.ok(encoded);
  return Buffer.from(encoded, 'base64');
}

export function post(
  { gateway }: GatewayInUse,
  path: string,
  body: string | FormData,
  headers: Record<string, string> = {},
) {
  return fetch(gateway.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, ...headers },
    body,
  });
}
