// The rows about answers that are no success although their status says so.
import assert from 'node:assert/strict';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { answerLimits } from '../../../../src/gateway/answerLimits';
import { identifyPicture } from '../../../../src/picture/identify';
import {
  base64,
  chatAnswer,
  chatEvent,
  chatPicture,
  dataUrl,
  events,
  imagesAnswer,
  otherPicture,
  picture,
} from '../../../support/gatewayAnswers';
import { describeRows } from '../support/describeRows';
import {
  endlessLimits,
  gemini,
  type FaultRow,
  type Outcome,
  type Refused,
} from '../support/invariants';
import { longOr } from '../../../support/long';
import type { Headers } from '../../../support/faultServer';

type Rest = Pick<FaultRow, 'ends'> & Partial<FaultRow>;

/** A gateway that answers 200, for which it wants its money. */
function answering(
  row: string,
  what: string,
  body: unknown,
  rest: Rest,
  headers: Headers = { 'content-type': 'application/json' },
): FaultRow {
  return {
    section: 'Success bodies',
    row,
    what,
    fault: () => (exchange) => exchange.answer(200, body, headers),
    billable: 1,
    ...rest,
  };
}

/** The same for a Gemini model. */
const chatting = (row: string, what: string, body: unknown, rest: Rest): FaultRow =>
  answering(row, what, body, { model: gemini, ...rest });

function paid(reason: Refused['reason'], says: RegExp): Rest {
  return { ends: { reason, charge: 'charged', says } };
}

const edited: Rest = { ends: { pictures: [picture] } };
const cutOff = paid('badAnswer', /sent an answer that is cut off or no JSON/);
const silent = paid('noPicture', /sent no picture and no reason.*choose another model/);
const notBase64 = paid('badPicture', /not base64/);

/** The service layer hands on what came; whoever takes it must look first, and then sees no picture. */
function handedOn(bytes: Uint8Array): Rest {
  return {
    ends: { pictures: [bytes] },
    check: ({ result }) => assert.equal(identifyPicture(result!.pictures[0]), undefined),
  };
}

const truncated = 'truncated JSON ¢1';
const empty = 'empty or missing data, empty choices, text without a picture';
const junk = 'base64 that decodes to HTML or nothing → refused';
const count = 'more or fewer pictures than asked → all shown, count said';
const contentType = 'wrong Content-Type → parsed by content';
const endless = 'endless body → stopped at the limit';
const lastEvent = 'a stream without its last event → never the result';
const odd = 'format or size other than asked → extension from magic bytes';

const success = JSON.stringify(imagesAnswer(picture));
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const bombLimits = { ...answerLimits, answer: 8 << 20, text: 1 << 20 };
const manyPictures = longOr(100_000, 10_000);
const partial = {
  type: 'image_edit.partial_image',
  b64_json: base64(otherPicture),
  partial_image_index: 0,
};
const completed = { type: 'image_edit.completed', b64_json: base64(picture) };

/** Writes `piece` until nobody reads it any more. */
function endlessly(what: string, start: string, piece: string, rest: Partial<Rest> = {}): FaultRow {
  const row = answering(endless, what, '', {
    timeout: longOr(200_000, 30_000),
    limits: endlessLimits,
    ...paid('badAnswer', /^127\.0\.0\.1:\d+ sent more than \d+ MB.*stopped reading/),
    ...rest,
  });
  const bytes = Buffer.from(piece.repeat(Math.ceil(262_144 / piece.length)));
  return {
    ...row,
    fault: () => async (exchange) => {
      await exchange.whole;
      exchange.open();
      exchange.write(start);
      await exchange.flood(bytes);
    },
  };
}

/** A stream that is reset once all of this has arrived. */
function resetAfter(text: string, headers: Headers = {}): FaultRow['fault'] {
  return ({ arrived }) =>
    async (exchange) => {
      await exchange.whole;
      exchange.open(200, { 'content-type': 'text/event-stream', ...headers });
      exchange.write(text);
      await arrived(text.length);
      exchange.reset();
    };
}

const page = '<!DOCTYPE html><html><body>Sign in</body></html>';

describeRows('Success bodies', [
  ...[1, 10, 30, 100, 12_000, success.length - 1].map((length) =>
    answering(truncated, `after ${length} characters`, success.slice(0, length), cutOff),
  ),
  answering(truncated, 'before the first', '', paid('badAnswer', /sent nothing: no picture/)),
  answering(truncated, 'white space', ' \r\n', paid('badAnswer', /sent nothing: no picture/)),
  chatting(truncated, 'in a chat', JSON.stringify(chatPicture(picture)).slice(0, 12_000), cutOff),

  answering(empty, 'data: []', { created: 1, data: [] }, silent),
  answering(empty, 'no data', { created: 1 }, silent),
  answering(empty, 'data: null', { data: null }, silent),
  answering(empty, 'data that is none', { data: [null, 7, 'x', [], {}, { b64_json: 7 }] }, silent),
  answering(empty, 'null', 'null', silent),
  answering(empty, 'a number', '7', silent),
  answering(empty, 'a list', '[[]]', silent),
  answering(empty, 'a hundred thousand lists in each other', '['.repeat(100_000), cutOff),
  chatting(empty, 'choices: []', { choices: [] }, silent),
  chatting(empty, 'no choices', {}, silent),
  chatting(empty, 'a message that is null', chatAnswer(null), silent),
  chatting(empty, 'content: null', chatAnswer({ content: null }), silent),
  chatting(
    empty,
    'words of the model',
    chatAnswer({ content: 'I can only see a cat.' }),
    paid('noPicture', /says: I can only see a cat\./),
  ),
  chatting(
    empty,
    'words of the model, far too many',
    chatAnswer({ content: 'No. '.repeat(50_000) }),
    paid('noPicture', /says: No\. No\. .*…$/),
  ),
  chatting(
    empty,
    'words with markup, links and hidden characters',
    chatAnswer({
      content: 'No\u200b [x](command:evil) \u202e\0 <img src=x>'.replace('<img', '< img'),
    }),
    paid('noPicture', /says: No \[x\] \(command:evil\)/),
  ),
  chatting(
    empty,
    'a refusal',
    chatAnswer({ content: null, refusal: 'I will not do that.' }),
    paid('noPicture', /says: I will not do that\./),
  ),
  chatting(
    empty,
    'a reason to stop',
    chatAnswer({ content: '' }, 'content_filter'),
    paid('moderation', /a content filter stopped it \(content_filter\)\. Change the instruction/),
  ),
  chatting(
    empty,
    'a reason to stop that is no filter',
    chatAnswer({ content: '' }, 'length'),
    paid('noPicture', /Its reason to stop: length\. Say more plainly/),
  ),
  chatting(
    empty,
    'a stream of words',
    events(chatEvent({ content: 'Only ' }), chatEvent({ content: 'words.' }), '[DONE]'),
    paid('noPicture', /says: Only words\./),
  ),
  chatting(empty, 'a stream of nothing', ': ping\n\n: ping\n\ndata: [DONE]\n\n', silent),

  answering(junk, 'HTML as it is', { data: [{ b64_json: page }] }, notBase64),
  answering(
    junk,
    'HTML as base64',
    { data: [{ b64_json: base64(Buffer.from(page)) }] },
    handedOn(Buffer.from(page)),
  ),
  answering(
    junk,
    'HTML as a data URL',
    { data: [{ url: dataUrl(Buffer.from(page), 'text/html') }] },
    handedOn(Buffer.from(page)),
  ),
  answering(
    junk,
    'a data URL that is no base64',
    { data: [{ url: 'data:image/png,x' }] },
    notBase64,
  ),
  answering(
    junk,
    'a data URL of nothing',
    { data: [{ url: 'data:image/png;base64,' }] },
    notBase64,
  ),
  answering(junk, 'a data URL without a comma', { data: [{ url: 'data:image/png' }] }, notBase64),
  answering(junk, 'nothing', { data: [{ b64_json: '' }] }, silent),
  answering(junk, 'white space', { data: [{ b64_json: ' \n ' }] }, notBase64),
  answering(junk, 'padding alone', { data: [{ b64_json: '==' }] }, notBase64),
  answering(junk, 'one character', { data: [{ b64_json: 'A' }] }, notBase64),
  answering(
    junk,
    'base64 with something else in the middle',
    { data: [{ b64_json: `${base64(picture).slice(0, 20_000)}<br>${base64(otherPicture)}` }] },
    notBase64,
  ),
  chatting(
    junk,
    'HTML in a chat',
    chatAnswer({ images: [{ image_url: { url: dataUrl(Buffer.from(page)) } }] }),
    handedOn(Buffer.from(page)),
  ),

  answering(count, 'three for one', imagesAnswer(picture, otherPicture, picture), {
    ends: { pictures: [picture, otherPicture, picture] },
  }),
  answering(count, 'one for three', imagesAnswer(picture), { ...edited, options: { n: 3 } }),
  answering(
    count,
    'two of three, one being none',
    {
      data: [
        { b64_json: base64(picture) },
        { b64_json: '<x>' },
        { b64_json: base64(otherPicture) },
      ],
    },
    { ends: { pictures: [picture, otherPicture], missing: 1 } },
  ),
  chatting(count, 'three for one, in a chat', chatPicture(picture, otherPicture, picture), {
    ends: { pictures: [picture, otherPicture, picture] },
  }),

  ...['text/html', 'image/png', 'text/event-stream', 'application/octet-stream', 'x', ''].map(
    (type) =>
      answering(contentType, `"${type}" for JSON`, success, edited, { 'content-type': type }),
  ),
  answering(contentType, 'none for JSON', success, edited, {}),
  answering(contentType, '"application/json" for events', events(completed, '[DONE]'), edited),
  answering(contentType, 'JSON behind a byte order mark', `\uFEFF${success}`, edited),
  answering(contentType, 'JSON behind white space', `\r\n\t ${success}\n`, edited),
  answering(contentType, '"application/json" for a page', page, cutOff),
  answering(contentType, 'the picture itself', otherPicture, {
    ends: { pictures: [otherPicture] },
  }),
  ...(
    [
      ['gzip', gzipSync(success)],
      ['x-gzip', gzipSync(success)],
      ['deflate', deflateSync(success)],
      ['deflate', deflateRawSync(success)],
      ['br', brotliCompressSync(success, fast)],
      ['gzip, gzip', gzipSync(gzipSync(success))],
      ['identity', Buffer.from(success)],
    ] as const
  ).map(([coding, body], at) =>
    answering(contentType, `packed although nobody asked: ${coding}, ${at + 1}`, body, edited, {
      'content-encoding': coding,
    }),
  ),
  ...['gzip', 'br', 'deflate', 'zstd', 'aws-chunked', 'utf-8'].map((coding) =>
    answering(contentType, `"${coding}" for what is not packed`, success, edited, {
      'content-encoding': coding,
    }),
  ),
  ...(
    [
      ['gzip', gzipSync(success)],
      ['deflate', deflateSync(success)],
    ] as const
  ).map(([coding, body]) =>
    answering(
      contentType,
      `${coding} with something behind its end`,
      Buffer.concat([body, Buffer.alloc(9)]),
      edited,
      { 'content-encoding': coding },
    ),
  ),
  answering(
    contentType,
    'packed in a way of its own',
    Buffer.from('\x5d\0\0\x80\0'),
    paid('badAnswer', /packed as “lzma”, which Retouch cannot unpack/),
    { 'content-encoding': 'lzma' },
  ),
  ...['br', 'deflate', 'gzip'].map((coding) =>
    answering(
      contentType,
      `neither packed nor JSON, and said to be ${coding}`,
      'no picture today',
      paid('badAnswer', /cut off or no JSON/),
      { 'content-encoding': coding },
    ),
  ),
  answering(contentType, 'packed, and cut', gzipSync(success).subarray(0, 4000), cutOff, {
    'content-encoding': 'gzip',
  }),
  ...(
    [
      ['gzip', gzipSync(Buffer.alloc(16 * 1024 * 1024, 'QUFB'))],
      ['br', brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), fast)],
    ] as const
  ).map(([coding, body]) =>
    answering(
      endless,
      `a bomb: ${coding}`,
      body,
      { ...paid('badAnswer', /sent more than 8 MB: stopped reading/), limits: bombLimits },
      { 'content-encoding': coding },
    ),
  ),

  endlessly('white space', '{"data":', ' '),
  endlessly('text', '{"data":[{"b64_json":"', 'no base64! '),
  endlessly('numbers', '[', '7,'),
  endlessly('base64', '{"data":[{"b64_json":"', 'QUFB'),
  endlessly('events', '', 'data: {"type":"image_edit.partial_image","b64_json":"QUFB"}\n\n'),
  endlessly('pings', '', ': ping\n\n'),
  ...['99999999999', String(512 * 1024 * 1024 + 1)].map((length) =>
    answering(endless, `a length that says so: ${length}`, '', {
      ...paid('badAnswer', /sent more than 512 MB: stopped reading/),
      unread: true,
      fault: () => async (exchange) => {
        await exchange.whole;
        exchange.open(200, { 'content-length': length });
        exchange.write(success);
      },
    }),
  ),
  chatting(
    endless,
    'a text that takes long to search for pictures',
    // Where the time grew with the square of the length, the short one would take minutes too.
    chatAnswer({ content: '!['.repeat(longOr(7_000_000, 700_000)) }),
    { ...paid('noPicture', /It says: !\[!\[/), timeout: longOr(60_000, 30_000) },
  ),
  answering(
    endless,
    `${manyPictures} small pictures`,
    { data: Array.from({ length: manyPictures }, () => ({ b64_json: 'QUFB' })) },
    {
      ends: { pictures: Array.from({ length: manyPictures }, () => Buffer.from('AAA')) },
      timeout: 15_000,
    },
  ),

  answering(lastEvent, 'partial pictures alone', events(partial, partial), {
    ...paid('interrupted', /stopped before the picture was finished: only a part came/),
    check: ({ result, partials }: Outcome) => {
      assert.equal(result, undefined);
      assert.deepEqual(
        partials.map((bytes) => Buffer.from(bytes)),
        [otherPicture, otherPicture].map((bytes) => Buffer.from(bytes)),
      );
    },
  }),
  answering(
    lastEvent,
    'the last one cut',
    `${events(partial)}data: ${JSON.stringify(completed).slice(0, 9000)}`,
    paid('interrupted', /only a part came/),
  ),
  answering(
    lastEvent,
    'the last one without its empty line',
    events(partial, completed).trimEnd(),
    edited,
  ),
  answering(lastEvent, 'a reset after the last one: it is here', '', {
    ...edited,
    fault: resetAfter(events(partial, completed), { 'content-length': '9999999' }),
  }),
  answering(lastEvent, 'a reset before the last one', '', {
    ...paid('interrupted', /only a part came/),
    fault: resetAfter(events(partial)),
  }),
  chatting(
    lastEvent,
    'a chat that stops in the middle of a data URL',
    events(chatEvent({ content: dataUrl(picture).slice(0, 6000) })),
    paid('interrupted', /./),
  ),
  {
    ...chatting(lastEvent, 'a chat that is reset in the middle of a data URL', '', {
      // An answer that ends with its connection ends with a reset as well: its text tells.
      ...paid('interrupted', /only a part came/),
    }),
    fault: resetAfter(events(chatEvent({ content: dataUrl(picture).slice(0, 6000) }))),
  },

  answering(odd, 'a JPEG for a PNG', imagesAnswer(otherPicture), {
    ends: { pictures: [otherPicture] },
    options: { output_format: 'png' },
    check: ({ result }) => assert.equal(identifyPicture(result!.pictures[0])?.extension, 'jpg'),
  }),
  chatting(
    odd,
    'a JPEG that is called a PNG',
    chatAnswer({ images: [{ image_url: { url: dataUrl(otherPicture, 'image/png') } }] }),
    {
      ends: { pictures: [otherPicture] },
      check: ({ result }) => assert.equal(identifyPicture(result!.pictures[0])?.extension, 'jpg'),
    },
  ),
]);
