// The gateway that every contestant speaks to, in a process of its own: it drains uploads, and serves answers that
// were made before anybody asked. The paths of pictures come in as arguments, the port goes out as a message.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';

/** The answer of either route. */
function answersWith(base64: string, tokens: number) {
  const usage = { total_tokens: tokens };
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } };
  const message = { role: 'assistant', content: null, images: [image] };
  const text = (value: unknown) => Buffer.from(JSON.stringify(value));
  return {
    'images/edits': text({ created: 1764000000, data: [{ b64_json: base64 }], usage }),
    'chat/completions': text({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage }),
  };
}

/** By the first part of the URL, which is the picture's file name. */
const prepared = new Map(
  process.argv
    .slice(2)
    .map((path) => [basename(path), answersWith(readFileSync(path).toString('base64'), 0)]),
);

const server = createServer((request, response) => {
  let received = 0;
  request.on('data', (chunk: Buffer) => (received += chunk.byteLength));
  request.on('end', () => {
    const [, size = '', route] = /^\/(\w+)\/v1\/(.*)$/.exec(request.url ?? '') ?? [];
    // Who uploads hears how much came, in the one number that every client hands on.
    const answers = prepared.get(size) ?? answersWith('iVBORw0KGgo=', received);
    const body = answers[route === 'chat/completions' ? route : 'images/edits'];
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': body.byteLength,
    });
    response.end(body);
  });
});

// A slow machine is no reason to close a connection that a client means to use again.
server.keepAliveTimeout = 60_000;
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
