// Every form in which gateways were seen to say what is wrong, and when to come back.
import assert from 'node:assert/strict';
import { readRetryAfter, waitInText } from '../../../src/gateway/retryAfter';
import { readItemErrors, readTold, type Told } from '../../../src/gateway/told';

type Expected = Partial<Omit<Told, 'names'>>;

/** Without the names, which have tests of their own. */
function told(answer: unknown, accepted = false): Expected | undefined {
  const found = readTold(answer, accepted);
  if (!found) return undefined;
  const { names, ...rest } = found;
  assert.ok(Array.isArray(names));
  return rest;
}

describe('readTold', () => {
  const forms: [string, unknown, Expected][] = [
    [
      'an object',
      { error: { message: 'No', code: 'x', param: 'n' } },
      { message: 'No', code: 'x', param: 'n' },
    ],
    ['a text', { error: 'No' }, { message: 'No' }],
    ['a list', { error: [{ message: 'No' }] }, { message: 'No' }],
    ['errors', { errors: [{ code: 7, message: 'No' }] }, { message: 'No', code: '7' }],
    [
      'Google’s list',
      [{ error: { code: 400, message: 'No', status: 'INVALID' } }],
      { message: 'No', code: '400' },
    ],
    [
      'an error in an error',
      { error: { message: 'upstream', error: { message: 'No' } } },
      { message: 'No' },
    ],
    [
      'a provider’s body in a text',
      {
        error: {
          message: 'x',
          metadata: { provider_name: 'P', raw: '{"error":{"message":"No"}}' },
        },
      },
      { message: 'No', provider: 'P' },
    ],
    [
      'a provider’s words',
      { error: { message: 'x', metadata: { provider_name: 'P', raw: 'overloaded' } } },
      { message: 'overloaded', provider: 'P' },
    ],
    [
      'a provider’s page',
      { error: { message: 'x', metadata: { raw: '<html>502</html>' } } },
      { message: 'x' },
    ],
    [
      'JSON at the end of a message',
      {
        error: { message: 'BadRequestError: OpenAI - {"error": {"message": "No", "param": "n"}}' },
      },
      { message: 'No', param: 'n' },
    ],
    [
      'braces that are no JSON',
      { error: { message: 'use {"a" or b}' } },
      { message: 'use {"a" or b}' },
    ],
    [
      'a choice',
      { choices: [{ error: { message: 'No', code: 502 } }] },
      { message: 'No', code: '502' },
    ],
    ['a detail', { detail: 'No' }, { message: 'No' }],
    [
      'details',
      { detail: [{ loc: ['body', 'size'], msg: 'No' }] },
      { message: 'size: No', param: 'size' },
    ],
    ['a detail that is an object', { detail: { error: 'No' } }, { message: 'No' }],
    [
      'the name of a status, and a message beside it',
      { error: 'Bad Request', message: 'No', statusCode: 400 },
      { message: 'No' },
    ],
    ['a message', { message: 'No', code: 401 }, { message: 'No', code: '401' }],
    [
      'fields of Google’s',
      {
        error: {
          message: 'Bad',
          details: [{ fieldViolations: [{ field: 'size', description: 'No' }] }],
        },
      },
      { message: 'No', param: 'size' },
    ],
    [
      'a wait of Google’s',
      { error: { message: 'No', details: [{ '@type': 'RetryInfo', retryDelay: '12.5s' }] } },
      { message: 'No', retryAfterMs: 12_500 },
    ],
    [
      'a wait in seconds',
      { error: { message: 'No', retry_after: '3' } },
      { message: 'No', retryAfterMs: 3000 },
    ],
    [
      'a wait in milliseconds',
      { error: { message: 'No', metadata: { retry_after_ms: 30 } } },
      { message: 'No', retryAfterMs: 30 },
    ],
    ['other names', { error_msg: 'No', error_code: 336 }, { message: 'No', code: '336' }],
    ['other spellings', { errorMessage: 'No', errorCode: 'x' }, { message: 'No', code: 'x' }],
    ['few letters', { errcode: 40001, errmsg: 'No' }, { message: 'No', code: '40001' }],
    [
      'Apigee’s fault',
      { fault: { faultstring: 'No', detail: { errorcode: 'x' } } },
      { message: 'No' },
    ],
    [
      'what is wrong with each field',
      { errors: { size: ['is not valid'] } },
      { message: 'is not valid', param: 'size' },
    ],
    [
      'several messages beside the name of a status',
      { statusCode: 400, message: ['One', 'Two'], error: 'Bad Request' },
      { message: 'One; Two' },
    ],
    ['a message that is an object', { message: { error: 'No' } }, { message: 'No' }],
    [
      'JSON in JSON, twice',
      {
        error: { message: JSON.stringify({ error: JSON.stringify({ error: { message: 'No' } }) }) },
      },
      { message: 'No' },
    ],
    [
      'an answer that failed',
      { error: { type: 'response.failed', response: { error: { code: 'x', message: 'No' } } } },
      { message: 'No', code: 'x' },
    ],
    [
      'a task that failed',
      { output: { task_status: 'FAILED', code: 'x', message: 'No' } },
      { message: 'No', code: 'x' },
    ],
    [
      'a state of the answer',
      { base_resp: { status_code: 1026, status_msg: 'No' } },
      { message: 'No' },
    ],
    [
      'a wait beside the error',
      { error: { message: 'No' }, retryAfter: 7 },
      { message: 'No', retryAfterMs: 7000 },
    ],
    [
      'a wait in the error’s data',
      { error: { message: 'No', data: { retry_after_seconds: 7 } } },
      { message: 'No', retryAfterMs: 7000 },
    ],
    [
      'a wait in words',
      { error: { message: 'Slow down. Please try again in 1m2.5s.' } },
      { message: 'Slow down. Please try again in 1m2.5s.', saidWaitMs: 62_500 },
    ],
  ];
  for (const [what, answer, expected] of forms) {
    it(what, () => assert.deepEqual(told(answer), expected));
  }

  it('is of errors alone: nothing else under a status that accepts', () => {
    for (const answer of [
      { message: 'made' },
      { error: {} },
      { error: null },
      { error: '' },
      { choices: [{ message: { content: 'x' } }] },
      { data: [] },
      null,
      'x',
    ])
      assert.equal(told(answer, true), undefined, JSON.stringify(answer));
    assert.deepEqual(told({ success: false }, true), {});
  });

  it('gives the names of all levels, for what the words do not say', () => {
    const answer = {
      error: { code: 400, type: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } },
    };
    assert.deepEqual(readTold(answer, false)?.names, ['400', 'x', 'ResponsibleAIPolicyViolation']);
  });

  it('ends, however deep it is wrapped and whatever is in it', () => {
    let deep: unknown = { message: 'No' };
    for (let level = 0; level < 1000; level++) deep = { message: 'outer', error: deep };
    assert.equal(told({ error: deep })?.message, 'outer');
    assert.equal(told({ error: { message: '{'.repeat(1_000_000) } })?.message?.length, 1_000_000);
    assert.equal(told({ error: [[[[[7]]]]] }), undefined);
  });
});

it('readItemErrors: one for each picture that is none', () => {
  const data = [
    { b64_json: 'AAAA' },
    { error: { message: 'One' } },
    { error: 'Two' },
    { error: null },
  ];
  assert.deepEqual(
    readItemErrors({ data }).map(({ message }) => message),
    ['One', 'Two'],
  );
});

describe('a wait', () => {
  const near = (expected: number, wait: number | undefined) =>
    assert.ok(Math.abs((wait ?? NaN) - expected) < 30_000, `${wait}`);

  it('in headers: seconds, milliseconds, a date; not what is none', () => {
    assert.equal(readRetryAfter({ 'retry-after': '3' }), 3000);
    assert.equal(readRetryAfter({ 'retry-after': '3', 'retry-after-ms': '250' }), 250);
    near(
      3_600_000,
      readRetryAfter({ 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }),
    );
    assert.equal(readRetryAfter({ 'retry-after': '5, 5' }), 5000);
    for (const none of [
      'soon',
      '',
      '0',
      '-1',
      '999999999999',
      new Date(Date.now() - 5000).toUTCString(),
    ])
      assert.equal(readRetryAfter({ 'retry-after': none }), undefined, none);
  });

  it('in JSON: a date, a moment, seconds and nanoseconds', () => {
    const wait = (told: object) =>
      readTold({ error: { message: 'x', ...told } }, false)?.retryAfterMs;
    near(3_600_000, wait({ retry_after: new Date(Date.now() + 3_600_000).toISOString() }));
    near(
      60_000,
      wait({ metadata: { headers: { 'X-RateLimit-Reset': String(Date.now() + 60_000) } } }),
    );
    near(
      60_000,
      wait({ metadata: { headers: { 'X-RateLimit-Reset': (Date.now() + 60_000) / 1000 } } }),
    );
    assert.equal(wait({ details: [{ retryDelay: { seconds: '2', nanos: 5e8 } }] }), 2500);
    for (const none of [0, -1, null, 'soon', {}, []])
      assert.equal(wait({ retry_after: none }), undefined);
  });

  for (const [words, expected] of [
    ['Please retry in 12.5s.', 12_500],
    ['try again in 20 seconds', 20_000],
    ['Retry after 2 minutes.', 120_000],
    ['Please try again in 250ms.', 250],
    ['try again in 1h2m3s', 3_723_000],
    ['Please wait 30 seconds before retrying.', 30_000],
    ['Try again in approximately 1 minute.', 60_000],
    ['Too many requests (retry-after: 12)', 12_000],
    ['请求过于频繁，请在 30 秒后重试', 30_000],
    ['请 2 分钟后再试', 120_000],
    ['Please retry in 99999999999 hours', undefined],
    ['wait for 2 other jobs', undefined],
    ['try again later', undefined],
    ['try again in March', undefined],
    ['retry in 5 different ways', undefined],
  ] as const)
    it(`in words: ${words}`, () => assert.equal(waitInText(words), expected));
});
