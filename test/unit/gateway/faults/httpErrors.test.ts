// The rows about statuses: what a gateway says when it refuses, fails, or wants an edit to go elsewhere or wait.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import {
  base64,
  chatEvent,
  dataUrl,
  events,
  imagesAnswer,
  picture,
} from '../../../support/gatewayAnswers';
import { describeRows } from '../support/describeRows';
import { longOr } from '../../../support/long';
import {
  endlessLimits,
  gemini,
  gptImage,
  type FaultRow,
  type Outcome,
  type Refused,
} from '../support/invariants';
import type { Headers } from '../../../support/faultServer';

type Rest = Pick<FaultRow, 'ends' | 'billable'> & Partial<FaultRow>;

/** A gateway that answers every request alike. */
function answering(
  row: string,
  what: string,
  [status, body, headers]: readonly [status: number, body: unknown, headers?: Headers],
  rest: Rest,
): FaultRow {
  return {
    section: 'HTTP errors',
    row,
    what,
    fault: () => (exchange) => exchange.answer(status, body, headers),
    ...rest,
  };
}

function told(message: string, code: unknown = null, type = 'api_error', param: unknown = null) {
  return { error: { message, type, param, code } };
}

/** OpenRouter's: what the provider answered is in it as text. */
function raw(body: unknown) {
  return {
    error: {
      message: 'Provider returned error',
      code: 400,
      metadata: { provider_name: 'Paintworks', raw: JSON.stringify(body) },
    },
  };
}

const page =
  '<!DOCTYPE html><html><head><title>Bad gateway</title><script>alert(1)</script></head>' +
  '<body><h1>cloudflare</h1><a href="command:evil">here</a></body></html>';

const refused = (reason: Refused['reason'], says: RegExp): Rest => ({
  ends: { reason, charge: 'none', says },
  billable: 0,
});

/** A refusal that may be about the form of the request: it is sent in the other form once. */
const refusedTwice = (reason: Refused['reason'], says: RegExp): Rest => ({
  ...refused(reason, says),
  requests: 2,
});

const failed = (says: RegExp): Rest => ({
  ends: { reason: 'gateway', charge: 'unknown', says },
  billable: 1,
});

const retryAfter = (expected: (milliseconds: number) => boolean) => ({
  check: ({ error, waits }: Outcome) => {
    assert.ok(expected(error?.retryAfterMs ?? NaN), `${error?.retryAfterMs} ms`);
    assert.deepEqual(waits, [], 'nobody waits longer than the edit may take');
  },
});

const field = '400 → the field is named ¢0';
const inner = 'errors within errors → the innermost words ¢0';
const moderation = 'moderation refusal → said plainly, sent once';
const key = '401 → "key rejected"';
const hint = '403, 404 → hint at model or base URL';
const quota = 'quota used up → billing text, no retry';
const busy = '429 with Retry-After in seconds, milliseconds or a date';
const unsure = '408, 409, 5xx ¢?, no retry by itself';
const html = '502 or 524 with an HTML page → one sentence, HTML never drawn';
const large = '413 → offer to send it smaller';
const under200 = '200 with an error object → error';

const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

describeRows('HTTP errors', [
  answering(
    field,
    'in param',
    [400, told('Invalid value: 7', 'invalid_value', 'invalid_request_error', 'size')],
    refused('badRequest', /Invalid value: 7 \(HTTP 400, invalid_value, field size\)/),
  ),
  answering(
    field,
    'with one form set, once',
    [400, told('Invalid value: 7', 'invalid_value', 'invalid_request_error', 'size')],
    { ...refused('badRequest', /field size/), setting: 'json' },
  ),
  answering(
    field,
    '422 with a list of errors',
    [422, { error: [{ message: 'prompt is too long', param: 'prompt' }] }],
    refused('badRequest', /prompt is too long \(HTTP 422, field prompt\)/),
  ),
  answering(
    field,
    'an error that is a text',
    [400, { error: 'n must be 1' }],
    refused('badRequest', /n must be 1/),
  ),
  answering(
    field,
    'an error inside an error, with a number for a code',
    [400, { error: { error: { message: 'n must be 1', code: 1013 } } }],
    refused('badRequest', /n must be 1 \(HTTP 400, 1013\)/),
  ),
  answering(
    field,
    'no JSON at all',
    [400, 'Bad Request'],
    refusedTwice('badRequest', /says: Bad Request \(HTTP 400\)/),
  ),
  answering(
    field,
    'markup and links in its words',
    [400, told('<b>no</b> [click](command:workbench.action.quit)\u202e\0', 'x](command:y)')],
    {
      ...refused('badRequest', /click/),
      check: ({ error }) => assert.doesNotMatch(error!.message, /\]\(/),
    },
  ),
  {
    ...answering(field, 'in JSON alone: the other form works', [400, ''], {
      ends: { pictures: [picture] },
      billable: 1,
      requests: 2,
    }),
    fault: () => (exchange) =>
      exchange.headers['content-type'] === 'application/json'
        ? exchange.answer(400, told('image is required'))
        : exchange.answer(200, imagesAnswer(picture)),
  },
  {
    ...answering(field, 'in JSON alone: the other form is reset', [400, ''], {
      ends: { reason: 'interrupted', charge: 'unknown', says: /broke/ },
      billable: 1,
      requests: 2,
    }),
    fault: () => async (exchange) => {
      if (exchange.number === 1) {
        await exchange.answer(415, told('multipart only'));
        return;
      }
      await exchange.whole;
      exchange.reset();
    },
  },

  answering(
    inner,
    'the provider’s own body, as text in error.metadata.raw',
    [400, raw({ error: { message: 'Reference image 1 has 9.2 MB, the limit is 7 MB.' } })],
    {
      ...refused('badRequest', /says: Paintworks: Reference image 1 has 9\.2 MB.*\(HTTP 400\)$/),
      model: gemini,
    },
  ),
  answering(
    inner,
    'the provider’s refusal there',
    [400, raw({ error: { message: 'Refused.', code: 'moderation_blocked' } })],
    { ...refused('moderation', /Paintworks: Refused\..*Change the instruction/), model: gemini },
  ),
  answering(
    inner,
    'Google’s list',
    [400, [{ error: { code: 400, message: 'Unknown name "image_config"', status: 'INVALID' } }]],
    { ...refused('badRequest', /says: Unknown name "image_config" \(HTTP 400\)/), model: gemini },
  ),
  answering(
    inner,
    'FastAPI’s detail, with a place for each field',
    [422, { detail: [{ type: 'literal_error', loc: ['body', 'size'], msg: 'Input should be x' }] }],
    refused('badRequest', /says: size: Input should be x \(HTTP 422\)/),
  ),
  answering(
    inner,
    'a detail that is a text',
    [404, { detail: 'Model x is not loaded on this server' }],
    refused('notFound', /says: Model x is not loaded on this server \(HTTP 404\) Choose another/),
  ),
  answering(
    inner,
    'Cloudflare’s errors',
    [400, { success: false, errors: [{ code: 7003, message: 'No such account' }], messages: [] }],
    refused('badRequest', /says: No such account \(HTTP 400, 7003\)/),
  ),
  answering(
    inner,
    'packed, although nobody asked for that',
    [
      400,
      gzipSync(JSON.stringify(told('n must be 1', 'invalid_value', 'x', 'n'))),
      { 'content-encoding': 'gzip' },
    ],
    refused('badRequest', /n must be 1 \(HTTP 400, invalid_value, field n\)/),
  ),

  ...[
    {
      code: 'content_filter',
      param: 'prompt',
      message: 'The prompt triggers the content management policy.',
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    },
    {
      code: 'contentFilter',
      message: 'Your task failed as a result of our filters.',
      inner_error: { code: 'ResponsibleAIPolicyViolation' },
    },
    {
      code: '400',
      message: 'litellm.BadRequestError: litellm.ContentPolicyViolationError: filtered.',
      provider_specific_fields: { innererror: { code: 'ResponsibleAIPolicyViolation' } },
    },
    { code: '400', message: 'litellm.ContentPolicyViolationError: image was filtered.' },
    { code: 'data_inspection_failed', message: 'Input data may contain inappropriate content.' },
  ].map((error) =>
    answering(
      moderation,
      `of Azure, LiteLLM, Alibaba: ${error.code}, ${error.message.slice(0, 30)}`,
      [400, { error }],
      refused('moderation', /Change the instruction and try again\.$/),
    ),
  ),
  answering(
    moderation,
    'moderation_blocked',
    [
      400,
      told(
        'Your request was rejected by the safety system… safety_violations=[violence]. (request id: 1)',
        'moderation_blocked',
        'image_generation_user_error',
        '',
      ),
    ],
    refused('moderation', /rejected by the safety system.*Change the instruction/),
  ),
  answering(
    moderation,
    'content_policy_violation',
    [400, told('No.', 'content_policy_violation')],
    refused('moderation', /Change the instruction/),
  ),
  answering(
    moderation,
    'sensitive_words_detected, as HTTP 500',
    [500, told('No.', 'sensitive_words_detected', 'new_api_error')],
    // The gateway counts a 500 as work; what it says is that it refused.
    { ...refused('moderation', /Change the instruction/), billable: 1 },
  ),

  answering(
    key,
    'of OpenAI',
    [401, told('Incorrect API key provided', 'invalid_api_key', 'invalid_request_error')],
    refused('key', /The key was rejected: set another one/),
  ),
  answering(key, 'without words', [401, ''], refused('key', /The key was rejected/)),
  answering(key, 'with a page', [401, page], refused('key', /HTTP 401 \(Unauthorized\)/)),

  answering(
    hint,
    '403',
    [403, told('Telegram verification required', null, 'permission_error')],
    refused('permission', /Telegram verification required.*may use this model/),
  ),
  answering(
    hint,
    '404',
    [404, told('Invalid URL (POST /images/edits)', null, 'not_found')],
    refused('notFound', /another model, or check retouch\.baseUrl/),
  ),
  answering(hint, '404 with a page', [404, page], refused('notFound', /retouch\.baseUrl/)),
  answering(hint, '405', [405, ''], refused('notFound', /retouch\.baseUrl/)),
  answering(
    hint,
    '503 without such a model',
    [503, told('No available channel for model x', 'model_not_found')],
    refused('notFound', /No available channel.*another model/),
  ),

  answering(
    quota,
    '402',
    [402, told('Balance is used up', null, 'insufficient_quota')],
    refused('quota', /Balance is used up.*Top up/),
  ),
  answering(
    quota,
    '429, which is no wait',
    [429, told('You exceeded your current quota', 'insufficient_quota'), { 'retry-after': '1' }],
    { ...refused('quota', /Top up/), check: ({ waits }) => assert.deepEqual(waits, []) },
  ),
  answering(
    quota,
    '403 of new-api',
    [403, told('用户额度不足', 'insufficient_user_quota', 'new_api_error')],
    refused('quota', /用户额度不足.*Top up/),
  ),
  answering(
    quota,
    '400 of a hard limit',
    [400, told('Billing hard limit has been reached', 'billing_hard_limit_reached')],
    refused('quota', /Top up/),
  ),

  answering(busy, 'seconds, too many', [429, told('Slow down'), { 'retry-after': '3600' }], {
    ...refused('rateLimit', /Slow down.*Try again in 3600 seconds/),
    ...retryAfter((wait) => wait === 3_600_000),
  }),
  answering(busy, 'milliseconds, too many', [429, '', { 'retry-after-ms': '3600000' }], {
    ...refused('rateLimit', /Try again in 3600 seconds/),
    ...retryAfter((wait) => wait === 3_600_000),
  }),
  {
    ...answering(busy, 'a date, too late', [429, ''], {
      ...refused('rateLimit', /Try again in 3\d\d\d seconds/),
      ...retryAfter((wait) => wait > 3_400_000 && wait <= 3_600_000),
    }),
    // From when it is asked: other tests may take minutes before that.
    fault: () => (exchange) => exchange.answer(429, '', { 'retry-after': inAnHour() }),
  },
  answering(busy, '503 that says when', [503, page, { 'retry-after': '3600' }], {
    ...refused('rateLimit', /Try again in 3600 seconds/),
    ...retryAfter((wait) => wait === 3_600_000),
  }),
  // More of them are among the faults of time.
  answering(busy, 'a wait that is none', [429, '', { 'retry-after': 'soon' }], {
    // Long enough for one more try, which a wait of 1 s precedes, and too short for two: the next wait is 4 s.
    timeout: 4900,
    ...refused('rateLimit', /Wait a little and try again/),
    requests: 2,
    check: ({ error, waits }) => {
      assert.equal(error?.retryAfterMs, undefined);
      assert.deepEqual(waits, [1000]);
    },
  }),

  ...[408, 409, 500, 501, 502, 503, 504, 520, 524, 529, 599].map((status) =>
    answering(
      unsure,
      String(status),
      [status, told('upstream failed')],
      failed(new RegExp(`upstream failed \\(HTTP ${status}\\)`)),
    ),
  ),
  {
    ...answering(unsure, '500 without an end', [500, ''], {
      ...failed(/./),
      timeout: longOr(60_000, 30_000),
      limits: endlessLimits,
      // It was never said that the edit was made, so that it was paid is not sure.
      ends: { reason: 'badAnswer', charge: 'unknown', says: /stopped reading/ },
    }),
    fault: () => async (exchange) => {
      await exchange.whole;
      exchange.open(500, { 'content-type': 'text/html' });
      await exchange.flood(Buffer.from(page.repeat(200)));
    },
  },

  answering(
    unsure,
    '503 whose words name a time: the work may have been done',
    [503, told('Upstream timed out while generating. Please try again in 1 seconds.')],
    failed(/Upstream timed out.*\(HTTP 503\)$/),
  ),
  ...[502, 524, 503, 500].map((status) =>
    answering(html, String(status), [status, page, { 'content-type': 'text/html' }], {
      ...failed(new RegExp(`^127\\.0\\.0\\.1:\\d+ answered HTTP ${status}( \\([\\w ]+\\))?\\.$`)),
    }),
  ),
  answering(html, 'in the words of a JSON error', [502, told(page)], failed(/\(HTTP 502\)$/)),

  answering(
    large,
    'in both forms',
    [413, told('Request body too large', 'read_request_body_failed')],
    refusedTwice('tooLarge', /Request body too large.*Try a smaller picture/),
  ),
  answering(
    large,
    'a page of a proxy',
    [413, '<html><center>413 Request Entity Too Large</center><hr>nginx</html>'],
    refusedTwice('tooLarge', /^\S+ answered HTTP 413 \([\w ]+\)\. Try a smaller picture\.$/),
  ),

  answering(under200, 'an object', [200, told('upstream failed', 'x')], failed(/upstream failed/)),
  answering(under200, 'a text', [200, { error: 'upstream failed' }], failed(/upstream failed/)),
  answering(
    under200,
    'success: false',
    [200, { success: false, message: 'upstream failed' }],
    failed(/upstream failed/),
  ),
  answering(
    under200,
    'a refusal',
    [200, told('No.', 'moderation_blocked')],
    // It came after the work: the gateway counts it.
    { ...failed(/./), ends: { reason: 'moderation', charge: 'unknown', says: /No\./ } },
  ),
  ...[
    { type: 'error', message: 'upstream failed' },
    { type: 'upstream_error', message: 'upstream failed' },
    { error: { message: 'upstream failed' } },
  ].map((event) =>
    answering(
      under200,
      `an event of a stream: ${JSON.stringify(event)}`,
      [200, `: ping\n\ndata: ${JSON.stringify(event)}\n\n`],
      failed(/upstream failed/),
    ),
  ),
  answering(
    under200,
    'in a choice',
    [
      200,
      {
        choices: [
          {
            message: { role: 'assistant', content: '' },
            finish_reason: 'error',
            error: { code: 502, message: 'Upstream worker ran out of memory' },
          },
        ],
      },
    ],
    { ...failed(/says: Upstream worker ran out of memory \(502\)$/), model: gemini },
  ),
  answering(
    under200,
    'in the last piece of a stream',
    [
      200,
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: '' } }] })}\n\n` +
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 502, message: 'Upstream worker ran out of memory' } }] })}\n\ndata: [DONE]\n\n`,
    ],
    { ...failed(/says: Upstream worker ran out of memory \(502\)$/), model: gemini },
  ),
  answering(
    under200,
    'in a list',
    [200, [{ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }]],
    { ...failed(/says: The model is overloaded\. \(503\)$/), model: gemini },
  ),
  answering(
    under200,
    'in place of the only picture',
    [200, { data: [{ error: { code: 'OutputFiltered', message: 'Stopped by a filter' } }] }],
    {
      ...failed(/./),
      ends: { reason: 'moderation', charge: 'unknown', says: /says: Stopped by a filter/ },
    },
  ),
  ...(
    [
      [
        'in place of another picture',
        { data: [{ b64_json: base64(picture) }, { error: { message: 'Stopped by a filter' } }] },
        gptImage,
      ],
      [
        'beside the picture, for the one that is missing',
        { ...(imagesAnswer(picture) as object), error: { message: 'Stopped by a filter' } },
        gptImage,
      ],
      [
        'in a stream, after the first picture',
        events(
          { type: 'image_edit.completed', b64_json: base64(picture) },
          { type: 'error', error: { message: 'Stopped by a filter' } },
        ),
        gptImage,
      ],
      [
        'in a stream of a chat, after the picture',
        events(
          chatEvent({ images: [{ image_url: { url: dataUrl(picture) } }] }),
          { error: { message: 'Stopped by a filter' } },
          '[DONE]',
        ),
        gemini,
      ],
    ] as const
  ).map(([what, body, model]) =>
    answering(
      under200,
      `${what}: the picture counts, and it is said why one is missing`,
      [200, body],
      {
        ends: { pictures: [picture], missing: 1 },
        billable: 1,
        model,
        check: ({ result }) => assert.match(result?.why ?? '', /^Stopped by a filter$/),
      },
    ),
  ),
  answering(
    under200,
    'an empty one beside the picture that was paid for',
    [200, { ...(imagesAnswer(picture) as object), error: {} }],
    { ends: { pictures: [picture] }, billable: 1 },
  ),
]);
