// Every place where gateways were seen to put a picture (gateway-api.md, sections 2 to 4), and what is none.
import assert from 'node:assert/strict';
import { readPicture, type AnswerPicture } from '../../../src/gateway/answer';
import {
  readChatAnswer,
  readChatWords,
  readStopReason,
} from '../../../src/gateway/chatCompletions';
import { readImagesAnswer } from '../../../src/gateway/imagesEdits';
import { readAnswer } from '../../../src/gateway/answerReader';
import { readReply } from '../../../src/gateway/readResult';
import { seededBytes } from './support/seededBytes';

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

describe('a picture in none of the known places', () => {
  const picture = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), seededBytes(1, 9000)]);
  const glimpse = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), seededBytes(2, 9000)]);
  const base64 = picture.toString('base64');
  const data = `data:image/png;base64,${base64}`;
  const other = glimpse.toString('base64');

  /** What is found, as an edit does; links stand for themselves. */
  async function find(body: string | Uint8Array): Promise<Buffer[]> {
    const answer = readAnswer(Buffer.from(body as string));
    const connection = { baseUrl: 'https://gateway.example/v1', apiKey: '', timeout: 1000 };
    const { found } = readReply({ status: 200, headers: {} }, answer, connection);
    const read = found.map((one, index) =>
      readPicture(one, index, answer.decoded, (address) => Promise.resolve(Buffer.from(address))),
    );
    return (await Promise.all(read)).map((bytes) => Buffer.from(bytes));
  }

  const event = (value: unknown, name?: string) =>
    `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;
  const chunk = (delta: unknown, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const forms: [string, unknown][] = [
    ['of OpenAI’s newer route', { output: [{ type: 'image_generation_call', result: base64 }] }],
    [
      'of OpenAI’s newer route, in words',
      { output: [{ content: [{ type: 'output_text', text: `![a](${data})` }] }] },
    ],
    [
      'of Google’s own',
      { candidates: [{ content: { parts: [{ inlineData: { data: base64 } }] } }] },
    ],
    [
      'of Google’s own, in a list',
      [
        { candidates: [{ content: { parts: [{ text: 'Here' }] } }] },
        { candidates: [{ content: { parts: [{ inline_data: { data: base64 } }] } }] },
      ],
    ],
    ['in data that is no list', { data: { b64_json: base64 } }],
    ['in data of texts', { data: [base64] }],
    ['in an item of another name', { data: [{ image_base64: base64 }] }],
    ['in an answer in an answer', { code: 0, data: { data: [{ b64_json: base64 }] } }],
    ['in artifacts', { artifacts: [{ base64 }] }],
    ['as the content', message({ content: base64 })],
    ['as Markdown without its data:', message({ content: `Done ![image](${base64}) now` })],
    [
      'as JSON in the content',
      message({ content: JSON.stringify({ data: [{ b64_json: base64 }] }) }),
    ],
    ['in content that is an object', message({ content: { parts: [{ image: data }] } })],
    [
      'in content of another kind',
      message({ content: [{ type: 'output_image', image: { url: data } }] }),
    ],
    [
      'in a field of its own',
      message({ content: '', multi_mod_content: [{ inline_data: { data: base64 } }] }),
    ],
    [
      'in the call of a tool',
      message({ tool_calls: [{ function: { arguments: JSON.stringify({ image: data }) } }] }),
    ],
    [
      'beside what was sent',
      { input: { image: `data:image/png;base64,${other}` }, images: { url: data } },
    ],
    ['beside a glimpse of it', { thumbnail: other, output: base64 }],
    ['told twice', { image: data, result: { image_b64: base64 } }],
  ];
  for (const [what, form] of forms)
    it(what, async () => assert.deepEqual(await find(JSON.stringify(form)), [picture]));

  const bodies: [string, string | Uint8Array][] = [
    ['that is the answer', picture],
    ['in UTF-16', Buffer.from(`\ufeff${JSON.stringify(message({ content: data }))}`, 'utf16le')],
    ['in JSON as a text', JSON.stringify(JSON.stringify({ data: [{ b64_json: base64 }] }))],
    [
      'before the end of a stream',
      `${JSON.stringify({ data: [{ b64_json: base64 }] })}\n\ndata: [DONE]\n`,
    ],
    ['before bytes that fill up', `${JSON.stringify({ data: [{ b64_json: base64 }] })}\0\0`],
    ['before a comment', `${JSON.stringify({ data: [{ b64_json: base64 }] })}\n<!-- took 3 s -->`],
    ['behind what no script may run', `)]}'\n${JSON.stringify({ data: [{ b64_json: base64 }] })}`],
    [
      'in an escaped data URL',
      JSON.stringify(message({ content: `data:image/png;base64,${encodeURIComponent(base64)}` })),
    ],
    [
      'behind a gap in a data URL',
      JSON.stringify(message({ content: `data:image/png;base64, ${base64}` })),
    ],
    [
      'in events without empty lines',
      `${event(chunk({ content: 'Here' })).trim()}\n${event(chunk({ content: data }, 'stop')).trim()}\ndata: [DONE]\n`,
    ],
    ['in events behind a byte order mark', `\ufeff${event(chunk({ content: data }, 'stop'))}`],
    [
      'in events told apart by carriage returns',
      event(chunk({ content: data }, 'stop')).replaceAll('\n', '\r'),
    ],
    [
      'in events whose names alone say what they are',
      `${event({ b64_json: other }, 'image_edit.partial_image')}${event({ b64_json: base64 }, 'image_edit.completed')}`,
    ],
    [
      'in events of OpenAI’s newer route',
      [
        event({ type: 'response.image_generation_call.partial_image', partial_image_b64: other }),
        event({ type: 'response.output_item.done', item: { result: base64 } }),
        event({ type: 'response.completed', response: { output: [{ result: base64 }] } }),
      ].join(''),
    ],
    [
      'in events of Google’s own',
      event({ candidates: [{ content: { parts: [{ inlineData: { data: base64 } }] } }] }),
    ],
    [
      'told again at the end of a stream',
      `${event(chunk({ images: [{ url: data }] }))}${event(chunk({ images: [{ url: data }] }, 'stop'))}`,
    ],
  ];
  for (const [what, body] of bodies)
    it(what, async () => assert.deepEqual(await find(body), [picture]));

  const links: [string, unknown][] = [
    ['of an output', { output: [link], urls: { get: 'https://example.com/status' } }],
    ['of data', { data: [link] }],
    ['of an attachment', message({ content: 'Here', attachments: [{ url: link }] })],
    ['in a line of its own', message({ content: `Here it is:\n${link}\nEnjoy` })],
  ];
  for (const [what, form] of links)
    it(`behind a link ${what}`, async () =>
      assert.deepEqual(await find(JSON.stringify(form)), [Buffer.from(link)]));

  it('behind a link with brackets', async () => {
    const bracketed = 'https://example.com/a_(1).png';
    const found = await find(JSON.stringify(message({ content: `![a](${bracketed} "A")` })));
    assert.deepEqual(found, [Buffer.from(bracketed)]);
  });

  for (const [what, form] of [
    ['what was sent', { input: { image: data }, request: { image: data }, original_image: data }],
    ['a glimpse', { type: 'image_edit.partial_image', b64: base64 }],
    [
      'a signature',
      message({
        content: '',
        reasoning_details: [{ data: Buffer.from(seededBytes(3, 9000)).toString('base64') }],
      }),
    ],
    ['an error', { error: { message: 'No', image: data } }],
    [
      'the way to more words',
      { documentation_url: 'https://example.com/a', id: 'https://example.com' },
    ],
    ['a link among words', message({ content: `see ${link} for this` })],
  ] as const)
    it(`is not ${what}`, async () => assert.deepEqual(await find(JSON.stringify(form)), []));

  it('is looked for in time, whatever is there', async () => {
    for (const form of [
      { a: '['.repeat(1_000_000) },
      { a: Array.from({ length: 100_000 }, () => ({ b: {} })) },
      message({ content: 'iVBORw0KGgo '.repeat(200_000) }),
      message({ content: '<00000000-0000-0000-0000-000000000000:1> '.repeat(50_000) }),
      JSON.parse(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`) as unknown,
    ])
      assert.deepEqual(await find(JSON.stringify(form)), []);
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
    ['a refusal in parts', message({ content: [{ type: 'refusal', refusal: 'No.' }] }), 'No.'],
    ['Google’s own', { candidates: [{ content: { parts: [{ text: 'A cat.' }] } }] }, 'A cat.'],
    [
      'OpenAI’s newer route',
      { output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] },
      'No.',
    ],
    ['what it thought', message({ content: '', reasoning: 'A cat.' }), 'A cat.'],
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
    ['Google’s own', { candidates: [{ finishReason: 'IMAGE_SAFETY' }] }, 'IMAGE_SAFETY'],
    [
      'an answer that is not complete',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      'content_filter',
    ],
    ['an item', { data: [{ finish_reason: 'content_filtered' }] }, 'content_filtered'],
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
