// Every place where gateways were seen to put a picture (gateway-api.md, sections 2 to 4), and what is none.
import assert from 'node:assert/strict';
import type { AnswerPicture } from '../../../src/gateway/answer';
import { readChatAnswer, readChatWords } from '../../../src/gateway/chatCompletions';
import { readImagesAnswer } from '../../../src/gateway/imagesEdits';
import { readAnswer } from '../../../src/gateway/answerReader';

const url = 'data:image/png;base64,iVBORw0K';
const link = 'https://example.com/a.png';

const message = (value: unknown) => ({
  choices: [{ index: 0, message: value, finish_reason: 'stop' }],
});

const parseAnswer = (bytes: Uint8Array) => readAnswer(bytes).json;

describe('readChatAnswer', () => {
  const forms: [string, unknown, AnswerPicture[]][] = [
    [
      'images: image_url.url',
      message({ content: null, images: [{ type: 'image_url', image_url: { url } }] }),
      [{ url }],
    ],
    ['images: image_url as text', message({ images: [{ image_url: url }] }), [{ url }]],
    ['images: url', message({ images: [{ url: link }] }), [{ url: link }]],
    [
      'images: b64_json',
      message({ images: [{ b64_json: 'AAAA', mime_type: 'image/png' }] }),
      [{ base64: 'AAAA' }],
    ],
    ['images: several', message({ images: [{ url }, { url: link }] }), [{ url }, { url: link }]],
    ['image.url', message({ image: { url } }), [{ url }]],
    [
      'content: image_url',
      message({
        content: [
          { type: 'text', text: 'Here' },
          { type: 'image_url', image_url: { url } },
        ],
      }),
      [{ url }],
    ],
    [
      'content: source',
      message({ content: [{ type: 'image', source: { data: 'AAAA', media_type: 'image/png' } }] }),
      [{ base64: 'AAAA' }],
    ],
    [
      'content: inline_data',
      message({ content: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] }),
      [{ base64: 'AAAA' }],
    ],
    [
      'content: inlineData',
      message({ content: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }),
      [{ base64: 'AAAA' }],
    ],
    ['content: markdown data URL', message({ content: `Done: ![image](${url}) enjoy` }), [{ url }]],
    [
      'content: markdown links',
      message({ content: `![a](${link}) and ![b](${url})` }),
      [{ url: link }, { url }],
    ],
    ['content: bare data URL', message({ content: ` ${url}\n` }), [{ url }]],
    ['content: bare link', message({ content: link }), [{ url: link }]],
    [
      'content and images alike, once',
      message({ content: `![image](${url})`, images: [{ url }] }),
      [{ url }],
    ],
    [
      'top-level data',
      { data: [{ b64_json: 'AAAA' }, { url: link }] },
      [{ base64: 'AAAA' }, { url: link }],
    ],
    ['plain talk', message({ content: 'I cannot do that [really](https://example.com).' }), []],
    ['talk with a link in it', message({ content: `see ${link}` }), []],
    ['script links', message({ content: '![x](javascript:alert(1))' }), []],
    ['no choices', { choices: [] }, []],
    ['null', null, []],
    ['a list', [], []],
    [
      'choices of nonsense',
      { choices: [null, 7, { message: 'x' }, { message: { images: 'x' } }] },
      [],
    ],
  ];
  for (const [what, answer, expected] of forms) {
    it(what, () => assert.deepEqual(readChatAnswer(answer), expected));
  }

  it('takes a text of 30 MB in one go, whatever it consists of', function () {
    // Seconds; where the time grew with the square of the length, it would be days.
    this.timeout(120_000);
    const long = `data:image/png;base64,${'A'.repeat(30_000_000)}`;
    assert.equal(readChatAnswer(message({ content: `![x](${long})` })).length, 1);
    assert.equal(readChatAnswer(message({ content: long })).length, 1);
    assert.equal(readChatAnswer(message({ content: '![]('.repeat(5_000_000) })).length, 0);
    assert.equal(readChatAnswer(message({ content: '![x](https:'.repeat(2_000_000) })).length, 0);
  });
});

describe('readChatWords', () => {
  const forms: [string, unknown, string][] = [
    ['refusal before content', message({ refusal: 'No.', content: 'Hm.' }), 'No.'],
    ['content', message({ content: ' I only see a cat. ' }), 'I only see a cat.'],
    [
      'content as parts',
      message({
        content: [
          { type: 'text', text: 'Two' },
          { type: 'text', text: 'parts' },
        ],
      }),
      'Two parts',
    ],
    [
      'native reason',
      {
        choices: [
          { message: { content: '' }, finish_reason: 'stop', native_finish_reason: 'IMAGE_SAFETY' },
        ],
      },
      'finish reason IMAGE_SAFETY',
    ],
    [
      'reason',
      { choices: [{ message: {}, finish_reason: 'content_filter' }] },
      'finish reason content_filter',
    ],
    ['nothing', message({ content: null }), ''],
  ];
  for (const [what, answer, expected] of forms) {
    it(what, () => assert.equal(readChatWords(answer), expected));
  }
});

describe('server-sent events', () => {
  const events = (...values: unknown[]) =>
    Buffer.from(
      values
        .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
        .join(''),
    );

  it('of an edit: the completed picture, never a partial one', () => {
    const answer = parseAnswer(
      Buffer.concat([
        Buffer.from(': ping\n\nevent: image_edit.partial_image\n'),
        events(
          { type: 'image_edit.partial_image', b64_json: 'PPPP', partial_image_index: 0 },
          { type: 'image_edit.completed', b64_json: 'AAAA', usage: { total_tokens: 5 } },
          '[DONE]',
        ),
      ]),
    );
    assert.deepEqual(readImagesAnswer(answer), [{ base64: 'AAAA' }]);
    assert.deepEqual((answer as { usage: unknown }).usage, { total_tokens: 5 });
  });

  it('of an edit, named as a generation, with carriage returns', () => {
    const text = events({ type: 'image_generation.completed', b64_json: 'AAAA' })
      .toString()
      .replaceAll('\n', '\r\n');
    assert.deepEqual(readImagesAnswer(parseAnswer(Buffer.from(text))), [{ base64: 'AAAA' }]);
  });

  it('without their last one: no picture', () => {
    const partial = parseAnswer(events({ type: 'image_edit.partial_image', b64_json: 'PPPP' }));
    assert.deepEqual(readImagesAnswer(partial), []);
  });

  it('of a chat: pictures and words put together', () => {
    const delta = (value: unknown) => ({
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: value }],
    });
    const answer = parseAnswer(
      events(
        delta({ role: 'assistant', content: 'Here ' }),
        delta({ content: 'it is' }),
        delta({ images: [{ image_url: { url } }] }),
        '[DONE]',
      ),
    );
    assert.deepEqual(readChatAnswer(answer), [{ url }]);
    assert.equal(readChatWords(answer), 'Here it is');
  });

  it('of a failure: its error', () => {
    for (const event of [
      { type: 'error', message: 'upstream' },
      { type: 'upstream_error', message: 'upstream' },
      { error: { message: 'upstream' } },
    ]) {
      const { error } = parseAnswer(events(event)) as { error: { message: string } };
      assert.equal(error.message, 'upstream');
    }
  });

  it('of nonsense: nothing, and no end of memory', () => {
    const answer = parseAnswer(
      events(
        '{"cut',
        7,
        null,
        { choices: [{ index: 1e9, delta: { content: 'x' } }] },
        { choices: 'x' },
      ),
    );
    assert.deepEqual(readChatAnswer(answer), []);
  });

  it('are not seen in what is no event stream', () => {
    assert.equal(parseAnswer(Buffer.from('<html>data: x</html>')), undefined);
    assert.equal(parseAnswer(Buffer.from('{"data":[{"b64')), undefined);
  });
});
