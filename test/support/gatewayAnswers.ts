// A picture goes in; every form of a whole answer comes out in which gateways were seen to send it.
import { readFileSync } from 'node:fs';
import type { Route } from '../../src/gateway/models';

const sample = (name: string) => new Uint8Array(readFileSync(`test/samples/workspace/${name}`));

/** What the gateway of the faults makes of any original. */
export const picture = sample('screenshot.png');
export const otherPicture = sample('portrait.jpg');

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export function dataUrl(bytes: Uint8Array, mime = 'image/png'): string {
  return `data:${mime};base64,${base64(bytes)}`;
}

/** The plain answer of `images/edits`. */
export function imagesAnswer(...pictures: readonly Uint8Array[]): unknown {
  return {
    created: 1790000000,
    data: pictures.map((bytes) => ({ b64_json: base64(bytes) })),
    usage: { input_tokens: 712, output_tokens: 1372, total_tokens: 2084 },
  };
}

/** An answer of `chat/completions` with this message in it. */
export function chatAnswer(message: unknown, finishReason = 'stop'): unknown {
  return {
    id: 'gate-1790000000',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finishReason }],
  };
}

export function chatPicture(...pictures: readonly Uint8Array[]): unknown {
  const images = pictures.map((bytes) => ({
    type: 'image_url',
    image_url: { url: dataUrl(bytes) },
  }));
  return chatAnswer({ role: 'assistant', content: null, images });
}

/** The text of server-sent events. A text among them is its data as it is. */
export function events(...values: readonly unknown[]): string {
  return values
    .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    .join('');
}

export function chatEvent(delta: unknown, finishReason: string | null = null): unknown {
  return {
    id: 'gate-1790000000',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
}

export interface AnswerForm {
  readonly what: string;
  readonly route: Route;
  /** The body of an answer with this one picture. */
  readonly build: (bytes: Uint8Array) => string;
}

const images = (what: string, build: AnswerForm['build']): AnswerForm => ({
  what: `images/edits: ${what}`,
  route: 'images/edits',
  build,
});

const chat = (what: string, message: (bytes: Uint8Array) => unknown): AnswerForm => ({
  what: `chat/completions: ${what}`,
  route: 'chat/completions',
  build: (bytes) => JSON.stringify(chatAnswer(message(bytes))),
});

const chatStream = (what: string, build: AnswerForm['build']): AnswerForm => ({
  what: `chat/completions: ${what}`,
  route: 'chat/completions',
  build,
});

const plainImages = (bytes: Uint8Array) => JSON.stringify(imagesAnswer(bytes));

/** Links aside: their pictures are in no answer. */
export const answerForms: readonly AnswerForm[] = [
  images('b64_json', plainImages),
  images('b64_json, indented', (bytes) => JSON.stringify(imagesAnswer(bytes), null, 2)),
  images('b64_json with escaped slashes', (bytes) => plainImages(bytes).replaceAll('/', '\\/')),
  images('b64_json in lines', (bytes) =>
    JSON.stringify({ data: [{ b64_json: base64(bytes).replace(/.{76}/g, '$&\r\n') }] }),
  ),
  images('b64_json without padding', (bytes) => plainImages(bytes).replace(/=+"/, '"')),
  images('base64url', (bytes) =>
    JSON.stringify({ data: [{ b64_json: Buffer.from(bytes).toString('base64url') }] }),
  ),
  images('a data URL for b64_json', (bytes) =>
    JSON.stringify({ data: [{ b64_json: dataUrl(bytes) }] }),
  ),
  images('a data URL for url', (bytes) => JSON.stringify({ data: [{ url: dataUrl(bytes) }] })),
  images('events', (bytes) =>
    events(
      {
        type: 'image_edit.partial_image',
        b64_json: base64(bytes.slice(5)),
        partial_image_index: 0,
      },
      { type: 'image_edit.completed', b64_json: base64(bytes), usage: { total_tokens: 5 } },
    ),
  ),
  images('events named as of a generation, with pings, names and [DONE]', (bytes) =>
    [
      ': ping\r\n\r\nevent: image_generation.completed\r\n',
      `data: ${JSON.stringify({ type: 'image_generation.completed', b64_json: base64(bytes) })}`,
      '\r\n\r\ndata: [DONE]\r\n\r\n',
    ].join(''),
  ),
  chat('images: image_url.url', (bytes) => ({
    content: null,
    images: [{ type: 'image_url', image_url: { url: dataUrl(bytes) } }],
  })),
  chat('images: image_url', (bytes) => ({ images: [{ image_url: dataUrl(bytes) }] })),
  chat('images: url', (bytes) => ({ images: [{ url: dataUrl(bytes) }] })),
  chat('images: b64_json', (bytes) => ({
    images: [{ b64_json: base64(bytes), mime_type: 'image/png' }],
  })),
  chat('image.url', (bytes) => ({ image: { url: dataUrl(bytes) } })),
  chat('content: image_url', (bytes) => ({
    content: [
      { type: 'text', text: 'Here it is' },
      { type: 'image_url', image_url: { url: dataUrl(bytes) } },
    ],
  })),
  chat('content: source', (bytes) => ({
    content: [{ type: 'image', source: { data: base64(bytes), media_type: 'image/png' } }],
  })),
  chat('content: inline_data', (bytes) => ({
    content: [{ inline_data: { mime_type: 'image/png', data: base64(bytes) } }],
  })),
  chat('content: inlineData', (bytes) => ({
    content: [{ inlineData: { mimeType: 'image/png', data: base64(bytes) } }],
  })),
  chat('content: Markdown', (bytes) => ({ content: `Done. ![image](${dataUrl(bytes)}) Enjoy.` })),
  chat('content: a data URL', (bytes) => ({ content: dataUrl(bytes) })),
  chatStream('data', plainImages),
  chatStream('events with images', (bytes) =>
    events(
      chatEvent({ role: 'assistant', content: '' }),
      chatEvent({ images: [{ type: 'image_url', image_url: { url: dataUrl(bytes) }, index: 0 }] }),
      chatEvent({}, 'stop'),
      '[DONE]',
    ),
  ),
  chatStream('events with Markdown', (bytes) =>
    events(
      chatEvent({ role: 'assistant', content: 'Here: ' }),
      chatEvent({ content: `![image](${dataUrl(bytes)})` }),
      chatEvent({ content: ' Enjoy.' }, 'stop'),
      '[DONE]',
    ),
  ),
  chatStream('events with Markdown in pieces', (bytes) => {
    const text = `![image](${dataUrl(bytes)})`;
    const half = Math.ceil(text.length / 2);
    return events(
      chatEvent({ role: 'assistant', content: text.slice(0, half) }),
      chatEvent({ content: text.slice(half) }, 'stop'),
      '[DONE]',
    );
  }),
];
