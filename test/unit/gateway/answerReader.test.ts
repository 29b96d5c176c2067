// Answers in every cut and every spelling of base64: the picture's very bytes come out.
import assert from 'node:assert/strict';
import { readBase64 } from '../../../src/gateway/answer';
import { AnswerReader, readAnswer, type Decoded } from '../../../src/gateway/answerReader';
import { EditError } from '../../../src/gateway/errors';
import { isRecord } from '../../../src/gateway/json';
import { readPicturesInText } from '../../../src/gateway/picturesInText';
import { seededBytes } from './support/seededBytes';

const bytes = Buffer.from(seededBytes(1, 40_001));
const base64 = bytes.toString('base64');
const lines = base64.match(/.{1,76}/g)!;

/** Reads `text` in chunks of `size` bytes, or at once. */
function read(text: string, size = Infinity) {
  const reader = new AnswerReader('host', text.length);
  const chunk = Buffer.from(text);
  for (let at = 0; at < chunk.length; at += size) reader.write(chunk.subarray(at, at + size));
  return reader.end();
}

/** The bytes of the member `b64_json`. */
function picture(text: string, size?: number): Uint8Array {
  const { json, decoded } = read(text, size);
  assert.ok(isRecord(json), `no JSON: ${text.slice(0, 100)}`);
  return readBase64(json['b64_json'] as string, decoded);
}

describe('AnswerReader', () => {
  for (const [what, text] of [
    ['plain', base64],
    ['of three bytes less, without padding', bytes.subarray(3).toString('base64')],
    ['without its padding', base64.replaceAll('=', '')],
    ['as base64url', bytes.toString('base64url')],
    ['with escaped slashes', base64.replaceAll('/', '\\/')],
    ['with escaped pluses', base64.replaceAll('+', '\\u002B')],
    ['with escaped padding', base64.replaceAll('=', '\\u003d')],
    ['in lines', lines.join('\\n')],
    ['in lines of another system', lines.join('\\r\\n')],
    ['as a data URL', `data:image/png;base64,${base64}`],
  ] as const) {
    it(`decodes base64 ${what}, however it is cut`, () => {
      const expected = what.includes('less') ? bytes.subarray(3) : bytes;
      for (const size of [Infinity, 1, 2, 3, 5, 7, 8191, 8192, 8193, 16384]) {
        const found = picture(`{"created": 1, "b64_json": "${text}", "usage": {}}`, size);
        assert.deepEqual(Buffer.from(found), expected, `in chunks of ${size}`);
      }
    });
  }

  for (const [what, content] of [
    ['behind it in the next line', `data:image/png;base64,${base64}\nHere it is`],
    ['behind it without padding', `data:image/png;base64,${base64.replaceAll('=', '')}\n\nHere`],
    ['behind wrapped lines', `data:image/png;base64,${lines.join('\n')}\nHere it is`],
    ['before it in the line above', `Of course\ndata:image/png;base64,${base64}`],
    ['on both sides in one line', `Done: data:image/png;base64,${base64} as asked`],
  ] as const) {
    it(`keeps words apart from the base64: ${what}`, () => {
      for (const size of [Infinity, 1, 7, 8193]) {
        const { json, decoded } = read(JSON.stringify({ content }), size);
        assert.ok(isRecord(json));
        const [found, ...others] = readPicturesInText(json['content'] as string);
        assert.deepEqual(others, []);
        assert.ok(found && 'url' in found);
        assert.deepEqual(Buffer.from(readBase64(found.url, decoded)), bytes, `chunks of ${size}`);
        const words = decoded.withoutMarks(json['content'] as string);
        assert.equal(words.includes('Here'), content.includes('Here'), words);
      }
    });
  }

  it('keeps the text around, whatever its characters', () => {
    const around = { before: 'zwölf “$&” \\ \n/', b64_json: base64, after: [1, null, 'ünï\u2028'] };
    for (const size of [Infinity, 1, 4097]) {
      const { json, decoded } = read(JSON.stringify(around), size);
      assert.ok(isRecord(json));
      assert.deepEqual({ ...json, b64_json: '' }, { ...around, b64_json: '' });
      assert.deepEqual(Buffer.from(decoded.get(json['b64_json'] as string)!), bytes);
    }
  });

  it('gives every one of several pictures', () => {
    const pictures = [3, 20_000, 6144, 6143, 90_000].map((size) =>
      Buffer.from(seededBytes(size, size)),
    );
    const data = pictures.map((each) => each.toString('base64'));
    for (const size of [Infinity, 1000]) {
      const { json, decoded } = read(JSON.stringify(data), size);
      const found = (json as string[]).map((text) => Buffer.from(readBase64(text, decoded)));
      assert.deepEqual(found, pictures);
    }
  });

  it('takes nothing for base64 that has something else in it', () => {
    const broken = ['%', '<', 'ä', '\\"', '\\u0022', '==A', '\\u003dA'].map(
      (odd) => base64.slice(0, 20_000) + odd + base64.slice(20_000),
    );
    for (const text of [...broken, `${base64}=`.replace('=', '.'), `.${base64}`]) {
      for (const size of [Infinity, 1000]) {
        assert.throws(
          () => picture(`{"b64_json":"${text}"}`, size),
          (error) => error instanceof EditError && error.reason === 'badPicture',
          `${text.slice(19_990, 20_010)} … ${text.slice(-10)} in chunks of ${size}`,
        );
      }
    }
  });

  it('leaves long links alone', () => {
    const link = `https://example.com/${'a'.repeat(8000)}`;
    assert.deepEqual(read(JSON.stringify({ url: link })).json, { url: link });
  });

  it('puts a picture together that comes in pieces, in the events of a chat', () => {
    for (const step of [10_001, 9000, 500]) {
      const pieces = ['![x](data:image/png;base64,', ...(base64.match(cuts(step)) ?? []), ')'];
      const text = pieces
        .map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
        .join('');
      const { json, decoded } = read(text, 1234);
      const [choice] = (json as { choices: { message: { content: string } }[] }).choices;
      const { content } = choice!.message;
      const found = readBase64(content.slice(content.indexOf(',') + 1, -1), decoded);
      assert.deepEqual(Buffer.from(found), bytes);
    }
  });

  it('tells each event as soon as it is whole', () => {
    const told: [unknown, Decoded][] = [];
    const reader = new AnswerReader('host', 0, (event, decoded) => told.push([event, decoded]));
    const text = `: ping\n\nevent: a\ndata: {"n":1,"b64_json":"${base64}"}\n\ndata: {"n":2}\r\n\r\n`;
    const counts = [...Buffer.from(text)].map((byte) => {
      reader.write(Buffer.from([byte]));
      return told.length;
    });
    assert.equal(counts.at(-1), 2);
    assert.equal(counts.indexOf(1), text.indexOf('\n\ndata: {"n":2}') + 1);
    const [event, decoded] = told[0]!;
    assert.deepEqual(
      Buffer.from(readBase64((event as { b64_json: string }).b64_json, decoded)),
      bytes,
    );
  });

  it('shows people none of it', () => {
    const { json, decoded } = read(JSON.stringify({ message: `Refused: ${base64}!` }));
    const { message } = json as { message: string };
    assert.equal(decoded.withoutMarks(message), 'Refused: …!');
  });

  it('stops at more than 16 MB of text, where no other limit is given', () => {
    const reader = new AnswerReader('host', 0);
    const megabyte = Buffer.alloc(1024 * 1024, 'no base64 ');
    for (let written = 0; written < 16; written++) reader.write(megabyte);
    assert.throws(
      () => reader.write(megabyte),
      (error) => {
        assert.ok(error instanceof EditError, String(error));
        assert.equal(
          error.message,
          'host sent more than 16 MB that are no picture: stopped reading.',
        );
        assert.deepEqual([error.reason, error.charge], ['badAnswer', 'charged']);
        return true;
      },
    );
  });

  it('forgets a run that nobody closes', () => {
    assert.equal(read(`{"b64_json":"${base64}`).json, undefined);
    assert.equal(readAnswer(Buffer.from(base64)).json, undefined);
  });
});

function cuts(step: number): RegExp {
  return new RegExp(`.{1,${step}}`, 'g');
}
