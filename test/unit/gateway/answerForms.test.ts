// Every place where gateways were seen to put a picture (gateway-api.md, sections 2 to 4), and what is none.
import assert from 'node:assert/strict';
import type { AnswerPicture } from '../../../src/gateway/answer';
import {
  readChatAnswer,
  readChatWords,
  readStopReason,
} from '../../../src/gateway/chatCompletions';
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
    [
      'content: words, then a data URL, then words',
      message({ content: `Of course.\n\n${url}\nEnjoy it` }),
      [{ url }],
    ],
    [
      'content: a data URL with a charset, in capitals',
      message({ content: 'Here: DATA:IMAGE/PNG;charset=utf-8;BASE64,iVBORw0K, then' }),
      [{ url: 'DATA:IMAGE/PNG;charset=utf-8;BASE64,iVBORw0K' }],
    ],
    [
      'content: one data URL in another',
      message({ content: `data:image/png;base64,${url}` }),
      [{ url }],
    ],
    [
      'content: a Markdown link with a title',
      message({ content: `![a cat](${link} "The cat")` }),
      [{ url: link }],
    ],
    [
      'content: a Markdown link in angles',
      message({ content: `![a](<${link}>) done` }),
      [{ url: link }],
    ],
    [
      'content: an img element',
      message({ content: `<p><img alt="a" src="${link}?a=1&amp;b=2"></p>` }),
      [{ url: `${link}?a=1&b=2` }],
    ],
    ['content: an img with a data URL', message({ content: `<img src='${url}'/>` }), [{ url }]],
    ['images beside the choices', { choices: [], images: [{ image_url: { url } }] }, [{ url }]],
    [
      'a link for b64_json, base64 for url',
      { data: [{ b64_json: link }, { url: 'iVBORw0KGgoAAAA' }] },
      [{ url: link }, { base64: 'iVBORw0KGgoAAAA' }],
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
    assert.equal(readChatAnswer(message({ content: `${'![x](https:'.repeat(9e5)})` })).length, 0);
    assert.equal(readChatAnswer(message({ content: '<img src='.repeat(2_000_000) })).length, 0);
    assert.equal(readChatAnswer(message({ content: 'data:,;base64'.repeat(2_000_000) })).length, 0);
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
    ['nothing', message({ content: null }), ''],
  ];
  for (const [what, answer, expected] of forms) {
    it(what, () => assert.equal(readChatWords(answer), expected));
  }
});

describe('readStopReason', () => {
  const forms: [string, unknown, string | undefined][] = [
    [
      'native reason',
      {
        choices: [
          { message: { content: '' }, finish_reason: 'stop', native_finish_reason: 'IMAGE_SAFETY' },
        ],
      },
      'IMAGE_SAFETY',
    ],
    ['reason', { choices: [{ message: {}, finish_reason: 'content_filter' }] }, 'content_filter'],
    [
      'what Google says of the prompt',
      { choices: [], promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } },
      'PROHIBITED_CONTENT',
    ],
    ['an end', { choices: [{ message: {}, finish_reason: 'stop' }] }, undefined],
  ];
  for (const [what, answer, expected] of forms) {
    it(what, () => assert.equal(readStopReason(answer), expected));
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

  it('of a chat: content as a list, a message beside an empty delta, images of the event', () => {
    const list = { content: [{ type: 'text', text: 'Here' }, { image_url: { url } }] };
    const forms = [
      { choices: [{ index: 0, delta: list }] },
      { choices: [{ index: 0, delta: {}, message: { images: [{ url }] } }] },
      { choices: [{ index: 0, delta: { image: { url } } }] },
      { images: [{ url }] },
    ];
    for (const form of forms)
      assert.deepEqual(readChatAnswer(parseAnswer(events(form))), [{ url }], JSON.stringify(form));
  });

  it('that are lines of JSON after comments', () => {
    const line = JSON.stringify({ choices: [{ delta: { images: [{ url }] } }] });
    const comments = ': PROCESSING\n\n: PROCESSING\n\n';
    for (const text of [
      `${comments}${line}\n${JSON.stringify({ usage: { total_tokens: 1 } })}\n`,
      `${line}\n${line.replace(url, '')}\n`,
      `${comments}${JSON.stringify(JSON.parse(line.replace('delta', 'message')), null, 2)}\n`,
    ])
      assert.deepEqual(readChatAnswer(parseAnswer(Buffer.from(text))), [{ url }], text);
  });

  it('of a chat that was cut: a data URL that is over counts', () => {
    const over = events({ choices: [{ delta: { content: `${url}\nEnjoy` } }] });
    assert.deepEqual(readChatAnswer(parseAnswer(over)), [{ url }]);
    const open = events({ choices: [{ delta: { content: `Here: ${url}` } }] });
    assert.deepEqual(readChatAnswer(parseAnswer(open)), []);
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
