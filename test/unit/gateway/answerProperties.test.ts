// Arbitrary JSON, bytes and cuts go to the response reader through a real server: whatever comes, an edit ends in a
// result or one EditError, in time; and a whole answer gives the picture's very bytes, however it is cut.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { EditError, type Reason } from '../../../src/gateway/errors';
import type { Route } from '../../../src/gateway/models';
import { requestEdit, type EditResult } from '../../../src/gateway/requestEdit';
import {
  answerForms,
  base64,
  chatAnswer,
  chatEvent,
  dataUrl,
  events,
  imagesAnswer,
} from '../../support/gatewayAnswers';
import { longOr } from '../../support/long';
import { apiKey, assertClear, gemini, gptImage } from './support/invariants';
import { seededBytes } from './support/seededBytes';
import {
  bytesOf,
  headOf,
  httpChunk,
  startFaultServer,
  type Exchange,
  type FaultServer,
} from '../../support/faultServer';

/** Of each property. */
const runs = longOr(500, 50);

/** The same in every run but of the long form. A failure names its seed: RETOUCH_SEED=… repeats it. */
const seed = Number(process.env['RETOUCH_SEED'] ?? longOr(Date.now() % 2 ** 31, 20261128));

/** Milliseconds that an edit may take, and what a busy machine may take to see that they are over. */
const timeout = 20_000;
const patience = 10_000;

const original = seededBytes(0, 300);
const small = Buffer.from('a picture, or so it says');
const endings: readonly Reason[] = [
  ...(['noPicture', 'badPicture', 'badAnswer', 'gateway', 'link', 'interrupted'] as const),
  ...(['moderation', 'quota', 'notFound', 'badRequest', 'key', 'permission'] as const),
  ...(['tooLarge', 'rateLimit', 'redirected'] as const),
];

describe('properties of the response reader', function () {
  this.timeout(longOr(600_000, 60_000));

  let server: FaultServer;
  let answer: (exchange: Exchange) => unknown;
  before(async () => {
    server = await startFaultServer(async (exchange) => {
      // A link in the answer that leads back here.
      if (exchange.method !== 'POST') return exchange.answer(404, '');
      await exchange.whole;
      await answer(exchange);
      exchange.socket.end();
    });
  });
  after(() => server.close());

  async function edit(route: Route): Promise<EditResult | EditError> {
    const started = Date.now();
    const before = server.exchanges.length;
    const ended = await requestEdit(
      {
        model: route === 'images/edits' ? gptImage : gemini,
        instruction: 'make it black and white',
        pictures: [{ bytes: original, mime: 'image/png', extension: 'png' }],
      },
      { baseUrl: server.baseUrl, apiKey, timeout },
      {
        // Another form, and a wait, would only take time: they have tests of their own.
        upload: { setting: 'json', remembered: undefined, remember: () => undefined },
        signal: new AbortController().signal,
        onPartial: () => undefined,
        onWait: () => assert.fail('it waits'),
      },
    ).catch((error: unknown) => {
      assert.ok(error instanceof EditError, `not an EditError but ${inspect(error)}`);
      return error;
    });
    assert.ok(Date.now() - started < timeout + patience, 'it took too long');
    const sent = server.exchanges.slice(before).filter(({ method }) => method === 'POST');
    assert.equal(sent.length, 1, 'one request for one click');
    if (ended instanceof EditError) {
      assertClear(ended, original);
      assert.ok(endings.includes(ended.reason), `${ended.reason}: ${ended.message}`);
    } else {
      assert.ok(ended.pictures.length > 0);
      for (const picture of ended.pictures) assert.ok(picture instanceof Uint8Array);
    }
    return ended;
  }

  const routes = fc.constantFrom<Route[]>('images/edits', 'chat/completions');

  function check<Input>(
    title: string,
    input: fc.Arbitrary<Input>,
    hold: (input: Input) => Promise<void>,
    numRuns = runs,
  ): void {
    it(title, () =>
      fc.assert(fc.asyncProperty(input, hold), { numRuns, seed, endOnFailure: false }),
    );
  }

  check(
    'arbitrary JSON ends in a result or one EditError',
    fc.record({ route: routes, body: fc.json({ maxDepth: 6 }) }),
    async ({ route, body }) => {
      answer = ({ socket }) => socket.write(headOf(200) + body);
      await edit(route);
    },
  );

  check(
    'JSON near to real answers ends in a result or one EditError',
    fc.record({ route: routes, body: nearAnswers() }),
    async ({ route, body }) => {
      answer = ({ socket }) => socket.write(headOf(200) + JSON.stringify(body));
      await edit(route);
    },
    2 * runs,
  );

  check(
    'events near to real ones end in a result or one EditError',
    fc.record({
      route: routes,
      values: fc.array(fc.oneof(nearEvents(), fc.json()), { maxLength: 6 }),
      ending: fc.constantFrom('', 'data: [DONE]\n\n', 'data: {"type":', 'data:', '\r\r'),
      lines: fc.constantFrom('\n', '\r\n', '\r'),
    }),
    async ({ route, values, ending, lines }) => {
      const body = `: ping\n\n${events(...values)}${ending}`.replaceAll('\n', lines);
      answer = ({ socket }) => socket.write(headOf(200) + body);
      await edit(route);
    },
  );

  check(
    'arbitrary refusals of every status end in one EditError',
    fc.record({
      route: routes,
      // A wait is no end: 429 and 503 have tests of their own.
      status: fc.integer({ min: 200, max: 599 }).filter((status) => ![429, 503].includes(status)),
      error: nearErrors(),
    }),
    async ({ route, status, error }) => {
      answer = ({ socket }) => socket.write(headOf(status) + JSON.stringify({ error }));
      const ended = await edit(route);
      if (status >= 300) assert.ok(ended instanceof EditError);
    },
  );

  check(
    'arbitrary bytes for a body end in one EditError',
    fc.record({ route: routes, body: fc.uint8Array({ maxLength: 5000 }) }),
    async ({ route, body }) => {
      answer = ({ socket }) => {
        socket.write(headOf(200));
        socket.write(body);
      };
      assert.ok((await edit(route)) instanceof EditError);
    },
  );

  check(
    'arbitrary bytes for an answer end in one EditError',
    fc
      .record({ route: routes, start: fc.constantFrom('', 'HTTP/1.1 ', headOf(200).slice(0, -2)) })
      .chain(({ route, start }) =>
        fc.uint8Array({ maxLength: 500 }).map((bytes) => ({ route, start, bytes })),
      ),
    async ({ route, start, bytes }) => {
      answer = ({ socket }) => socket.write(Buffer.concat([Buffer.from(start), bytes]));
      assert.ok((await edit(route)) instanceof EditError);
    },
  );

  check(
    'a whole answer in any form, cut anywhere, gives the very bytes of the picture',
    fc.record({
      form: fc.constantFrom(...answerForms),
      bytes: pictures(),
      cuts: cuts(),
      chunked: fc.boolean(),
    }),
    async ({ form, bytes, cuts, chunked }) => {
      const pieces = cutAt(bytesOf(form.build(bytes)), cuts);
      answer = ({ socket }) => {
        // A piece in HTTP's own form reaches its reader as one piece, whatever the network makes of it.
        socket.write(headOf(200, chunked ? { 'transfer-encoding': 'chunked' } : {}));
        for (const piece of pieces) socket.write(chunked ? httpChunk(piece) : piece);
        if (chunked) socket.write('0\r\n\r\n');
      };
      assertPicture(await edit(form.route), bytes, form.what);
    },
    3 * runs,
  );

  for (const form of answerForms) {
    it(`byte by byte: ${form.what}`, async () => {
      const bytes = seededBytes(1, 10_000);
      const pieces = [...bytesOf(form.build(bytes))].map((byte) => httpChunk(Buffer.of(byte)));
      answer = ({ socket }) => {
        socket.write(headOf(200, { 'transfer-encoding': 'chunked' }));
        socket.write(Buffer.concat(pieces));
        socket.write('0\r\n\r\n');
      };
      assertPicture(await edit(form.route), bytes, form.what);
    });
  }

  check(
    'an answer that is cut off anywhere is no result, or it has the whole picture',
    fc.record({
      form: fc.constantFrom(...answerForms),
      bytes: pictures(),
      end: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    async ({ form, bytes, end }) => {
      const body = bytesOf(form.build(bytes));
      answer = ({ socket }) => {
        socket.write(headOf(200));
        socket.write(body.subarray(0, Math.floor(end * body.byteLength)));
      };
      const ended = await edit(form.route);
      // What is lacking may be words behind the picture: a part of the picture is never a picture.
      if (!(ended instanceof EditError)) assertPicture(ended, bytes, form.what);
    },
    2 * runs,
  );

  check(
    'a whole answer with anything beside the picture gives the picture',
    fc.record({ bytes: pictures(), beside: fc.dictionary(fc.string(), fc.jsonValue()) }),
    async ({ bytes, beside }) => {
      const body = { ...beside, error: null, success: true, ...(imagesAnswer(bytes) as object) };
      answer = ({ socket }) => socket.write(headOf(200) + JSON.stringify(body));
      assertPicture(await edit('images/edits'), bytes, 'beside other fields');
    },
  );
});

function assertPicture(ended: EditResult | EditError, bytes: Uint8Array, what: string): void {
  assert.ok(!(ended instanceof EditError), `${what}: ${inspect(ended)}`);
  assert.equal(ended.pictures.length, 1, what);
  assert.ok(Buffer.from(bytes).equals(ended.pictures[0]), `${what}: other bytes`);
}

/** From one byte to far beyond what the reader takes for surely base64. */
function pictures(): fc.Arbitrary<Uint8Array> {
  const length = fc.oneof(
    fc.integer({ min: 1, max: 64 }),
    fc.integer({ min: 6000, max: 6300 }),
    fc.integer({ min: 1, max: 60_000 }),
  );
  // The seed of the bytes is not shrunk: no bytes are simpler than others.
  const bytesSeed = fc.noShrink(fc.nat());
  return fc
    .record({ length, bytesSeed })
    .map(({ length, bytesSeed }) => seededBytes(bytesSeed, length));
}

/** Places to cut at, as parts of the whole. */
function cuts(): fc.Arbitrary<readonly number[]> {
  return fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => Math.floor(place * bytes.byteLength)), bytes.byteLength];
  const pieces: Buffer[] = [];
  let start = 0;
  for (const end of ends.sort((one, other) => one - other)) {
    // An empty chunk would be the end of the answer.
    if (end > start) pieces.push(bytes.subarray(start, end));
    start = Math.max(start, end);
  }
  return pieces;
}

/** Texts as they stand where a picture should be. */
function nearPictures(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom(
      base64(small),
      dataUrl(small),
      'A'.repeat(9000),
      `${'A'.repeat(9000)}=`,
      `data:image/png;base64,${'A'.repeat(9000)}`,
      'data:,',
      'data:image/png;base64,',
      '![x](',
      `![x](${dataUrl(small)})`,
      'http://127.0.0.1:1/a.png',
      'https://127.0.0.1/a.png',
      'file:///etc/passwd',
      '=',
      '',
    ),
    fc.string(),
    fc.jsonValue({ maxDepth: 1 }),
  );
}

/** Members with these names, all of them or some, holding what they should or what they should not. */
function damaged(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.record(members, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
}

function nearParts(): fc.Arbitrary<unknown> {
  const picture = nearPictures();
  const holder = damaged({ url: picture, data: picture, mime_type: fc.string() });
  return damaged({
    type: fc.constantFrom('text', 'image_url', 'image', 'output_image'),
    text: picture,
    url: picture,
    b64_json: picture,
    image_url: fc.oneof(picture, holder),
    imageUrl: fc.oneof(picture, holder),
    source: holder,
    inline_data: holder,
    inlineData: holder,
  });
}

function nearMessages(): fc.Arbitrary<unknown> {
  const parts = fc.array(nearParts(), { maxLength: 3 });
  return damaged({
    role: fc.constant('assistant'),
    content: fc.oneof(fc.constant(null), nearPictures(), parts),
    images: parts,
    image: nearParts(),
    refusal: fc.option(fc.string()),
    reasoning: fc.string(),
  });
}

function nearChoices(): fc.Arbitrary<unknown> {
  return fc.array(
    damaged({
      index: fc.oneof(fc.integer(), fc.double()),
      message: nearMessages(),
      delta: nearMessages(),
      finish_reason: fc.option(fc.constantFrom('stop', 'length', 'content_filter', 'SAFETY')),
      native_finish_reason: fc.option(fc.string()),
    }),
    { maxLength: 3 },
  );
}

function nearUsage(): fc.Arbitrary<unknown> {
  return damaged({
    total_tokens: fc.oneof(fc.integer(), fc.string()),
    cost_usd: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
  });
}

/** Of any character there is. What fast-check has for it lists them all first, which takes a second. */
function anyCharacters(maxLength: number): fc.Arbitrary<string> {
  const character = fc
    .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10_ffff }))
    .map((code) => String.fromCodePoint(code));
  return fc.array(character, { maxLength }).map((characters) => characters.join(''));
}

function nearErrors(): fc.Arbitrary<unknown> {
  const text = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant(apiKey));
  const error = damaged({
    message: fc.oneof(anyCharacters(400), text),
    code: text,
    type: text,
    param: text,
    status: fc.integer(),
  });
  return fc.oneof(error, fc.array(error, { maxLength: 2 }), text, damaged({ error }));
}

function nearAnswers(): fc.Arbitrary<unknown> {
  return fc.oneof(
    damaged({
      created: fc.integer(),
      data: fc.array(damaged({ b64_json: nearPictures(), url: nearPictures() }), { maxLength: 4 }),
      choices: nearChoices(),
      usage: nearUsage(),
      error: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, nearErrors()),
      success: fc.boolean(),
      message: fc.string(),
    }),
    nearMessages().map((message) => chatAnswer(message)),
  );
}

function nearEvents(): fc.Arbitrary<unknown> {
  return fc.oneof(
    damaged({
      type: fc.constantFrom(
        'image_edit.partial_image',
        'image_edit.completed',
        'image_generation.completed',
        'error',
        'upstream_error',
        '',
      ),
      b64_json: nearPictures(),
      data: fc.jsonValue(),
      usage: nearUsage(),
      error: nearErrors(),
      choices: nearChoices(),
    }),
    nearMessages().map((delta) => chatEvent(delta)),
  );
}
