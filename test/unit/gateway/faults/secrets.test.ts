// The rows about the key: a gateway that gives it back in every place of an answer that people or logs could see.
// Every other row looks for the key as well.
import assert from 'node:assert/strict';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { chatAnswer, events, imagesAnswer, picture } from '../../../support/gatewayAnswers';
import { describeRows } from '../support/describeRows';
import { apiKey, gemini, type FaultRow, type Refused } from '../support/invariants';
import { headOf, type Headers } from '../../../support/faultServer';

const driven = 'a marked key driven through every row → found nowhere';
const fields = 'errors carrying headers → only allowed fields';

type Rest = Partial<FaultRow> & Pick<FaultRow, 'ends'>;

function echoing(
  what: string,
  [status, body, headers]: readonly [status: number, body: unknown, headers?: Headers],
  rest: Rest,
  row = driven,
): FaultRow {
  return {
    section: 'Secrets',
    row,
    what: `the gateway gives it back ${what}`,
    fault: () => (exchange) => exchange.answer(status, body, headers),
    billable: 0,
    ...rest,
  };
}

const key: Refused = { reason: 'key', charge: 'none', says: /The key was rejected/ };
const gateway: Refused = { reason: 'gateway', charge: 'unknown', says: /./ };
const noPicture: Refused = { reason: 'noPicture', charge: 'charged', says: /\(key\)/ };
const link: Refused = { reason: 'link', charge: 'charged', says: /could not be downloaded/ };

const half = Math.floor(apiKey.length / 2);
const told = (error: unknown) => ({ error });

describeRows('Secrets', [
  echoing('in words', [401, told({ message: `Incorrect API key: ${apiKey}.` })], {
    ends: { ...key, says: /Incorrect API key: \(key\)\. \(HTTP 401\) The key was rejected/ },
  }),
  echoing('twice, without a gap', [401, told({ message: apiKey + apiKey })], { ends: key }),
  echoing('as a text', [401, { error: apiKey }], { ends: key }),
  echoing('in a list', [401, { error: [{ message: apiKey }] }], { ends: key }),
  echoing('as code, type and param', [401, told({ code: apiKey, type: apiKey, param: apiKey })], {
    ends: key,
  }),
  echoing('where the words are cut', [401, told({ message: `${'x'.repeat(240)}${apiKey}` })], {
    ends: key,
  }),
  echoing('where a code is cut', [401, told({ code: `${'x'.repeat(50)}${apiKey}` })], {
    ends: key,
  }),
  echoing('escaped', [401, `{"error":{"message":"${escaped(apiKey)}"}}`], { ends: key }),
  echoing(
    'with a hidden character in it',
    [401, told({ message: `${apiKey.slice(0, half)}\u200b${apiKey.slice(half)}` })],
    { ends: key },
  ),
  echoing(
    'with a picture in it',
    [
      401,
      told({ message: `${apiKey.slice(0, half)}${' '.repeat(2)}${'A'.repeat(9000)}${apiKey}` }),
    ],
    { ends: key },
  ),
  echoing('in a page', [502, `<html>${apiKey}</html>`], { ends: gateway, billable: 1 }),
  echoing('under 200', [200, told({ message: apiKey, code: apiKey })], {
    ends: gateway,
    billable: 1,
  }),
  echoing('in an event', [200, events({ type: 'error', message: apiKey })], {
    ends: gateway,
    billable: 1,
  }),
  echoing('as the words of the model', [200, chatAnswer({ content: `It is ${apiKey}` })], {
    model: gemini,
    ends: noPicture,
    billable: 1,
  }),
  echoing('as its refusal', [200, chatAnswer({ refusal: apiKey })], {
    model: gemini,
    ends: noPicture,
    billable: 1,
  }),
  echoing('as its reason to stop', [200, chatAnswer({ content: '' }, apiKey)], {
    model: gemini,
    ends: noPicture,
    billable: 1,
  }),
  echoing('in a link', [200, { data: [{ url: `http://pictures.example/${apiKey}` }] }], {
    ends: link,
    billable: 1,
  }),
  echoing('as the host of a link', [200, { data: [{ url: `https://${apiKey}.invalid/a` }] }], {
    ends: link,
    billable: 1,
  }),
  echoing('in the base64', [200, { data: [{ b64_json: `<${apiKey}>` }] }], {
    ends: { reason: 'badPicture', charge: 'charged', says: /not base64/ },
    billable: 1,
  }),
  echoing('in junk', [200, `{"data":[${apiKey}`], {
    ends: { reason: 'badAnswer', charge: 'charged', says: /no JSON/ },
    billable: 1,
  }),
  echoing('as the place of a redirect', [307, '', { location: `https://${apiKey}.invalid/` }], {
    ends: { reason: 'redirected', charge: 'none', says: /another address/ },
  }),
  ...(
    [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['deflate', deflateRawSync],
      ['br', (body: string) => brotliCompressSync(body)],
      ['gzip, gzip', (body: string) => gzipSync(gzipSync(body))],
      ['identity', gzipSync],
      ['gzip', (body: string) => gzipSync(gzipSync(body))],
    ] as const
  ).flatMap(([coding, pack]) => [
    echoing(
      `packed: ${coding}`,
      [401, pack(JSON.stringify(told({ message: apiKey }))), { 'content-encoding': coding }],
      { ends: key },
    ),
    echoing(
      `beside a picture, packed: ${coding}`,
      [
        200,
        pack(JSON.stringify({ key: apiKey, ...(imagesAnswer(picture) as object) })),
        { 'content-encoding': coding },
      ],
      { ends: { pictures: [picture] }, billable: 1 },
    ),
  ]),
  {
    ...echoing('in place of HTTP', [200, ''], {
      ends: { reason: 'interrupted', charge: 'unknown', says: /broke/ },
      billable: 1,
    }),
    fault: () => async (exchange) => {
      await exchange.whole;
      exchange.socket.end(`Authorization: Bearer ${apiKey}\r\n\r\n`);
    },
  },
  {
    ...echoing('in the words beside the status', [200, ''], { ends: key }),
    fault: () => async (exchange) => {
      await exchange.whole;
      exchange.refused = true;
      exchange.socket.end(headOf(401).replace('Unauthorized', apiKey));
    },
  },
  {
    ...echoing('in a chunk that is none', [200, ''], {
      ends: { reason: 'interrupted', charge: 'charged', says: /broke/ },
      billable: 1,
    }),
    fault: () => async (exchange) => {
      await exchange.whole;
      exchange.open(200, { 'transfer-encoding': 'chunked' });
      exchange.socket.end(`${apiKey}\r\n${apiKey}`);
    },
  },

  echoing(
    'in every header that there is',
    [
      401,
      told({ message: 'No.' }),
      {
        'set-cookie': `key=${apiKey}`,
        'www-authenticate': `Bearer ${apiKey}`,
        authorization: `Bearer ${apiKey}`,
        'proxy-authorization': apiKey,
        'x-anything': apiKey,
      },
    ],
    { ends: key },
    fields,
  ),
  ...['x-request-id', 'x-oneapi-request-id'].map((name) =>
    echoing(
      `as ${name}, which is kept`,
      [401, told({ message: 'No.' }), { [name]: `request-${apiKey}` }],
      { ends: key },
      fields,
    ),
  ),
  echoing(
    'and a number for its request, far too long',
    [401, told({ message: 'No.' }), { 'x-request-id': `[x](command:y)${'7'.repeat(5000)}` }],
    {
      ends: key,
      check: ({ error }) => assert.doesNotMatch(error!.requestId ?? '', /\]\(/),
    },
    fields,
  ),
  echoing(
    'with a picture that is right',
    [200, { ...(imagesAnswer(picture) as object), key: apiKey, usage: { total_tokens: apiKey } }],
    {
      ends: { pictures: [picture] },
      billable: 1,
      check: ({ result }) => assert.ok(!JSON.stringify(result!.usage).includes(apiKey)),
    },
    fields,
  ),

  {
    ...echoing('never: it holds what no header can', [200, ''], {
      // Keys are checked where they are typed: here it only matters that nothing leaves.
      ends: { reason: 'key', charge: 'none', says: /characters that no key has/ },
      requests: 0,
    }),
    what: 'a key with a line break in it never leaves, in whole or in part',
    connection: () => ({ apiKey: `${apiKey}\r\nx-evil: 1` }),
  },
]);

/** JSON's other spelling of a text. */
function escaped(text: string): string {
  return text.replace(
    /./gsu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
