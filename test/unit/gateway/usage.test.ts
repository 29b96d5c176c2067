// Tokens and cost in every form in which gateways were seen to say them.
import assert from 'node:assert/strict';
import { readUsage } from '../../../src/gateway/usage';

describe('readUsage', () => {
  const forms: [string, unknown, object][] = [
    [
      'tokens and cost_usd',
      { usage: { total_tokens: 5, cost_usd: 0.012 } },
      { totalTokens: 5, cost: 0.012 },
    ],
    [
      'OpenRouter’s cost',
      { usage: { total_tokens: 5, cost: 0.04 } },
      { totalTokens: 5, cost: 0.04 },
    ],
    ['cost_details', { usage: { cost_details: { total_cost: 0.04 } } }, { cost: 0.04 }],
    ['a cost that is an object', { usage: { cost: { total_cost: '0.04' } } }, { cost: 0.04 }],
    [
      'texts',
      { usage: { total_tokens: '2084', cost_usd: '$0.0120' } },
      { totalTokens: 2084, cost: 0.012 },
    ],
    ['micro-dollars', { usage: { cost_micros: 12_000 } }, { cost: 0.012 }],
    ['input and output', { usage: { input_tokens: 7, output_tokens: '8' } }, { totalTokens: 15 }],
    [
      'prompt and completion',
      { usage: { prompt_tokens: 7, completion_tokens: 8 } },
      { totalTokens: 15 },
    ],
    [
      'nonsense beside what is right',
      { usage: { total_tokens: 'many', cost_usd: NaN, total_cost: 1 } },
      { cost: 1 },
    ],
    [
      'a wrong cost beside right tokens',
      { usage: { total_tokens: 5, cost: 'free' } },
      { totalTokens: 5 },
    ],
    [
      'what no edit costs',
      { usage: { cost: 12_000, cost_details: { cost: 0.012 } } },
      { cost: 0.012 },
    ],
    ['words around it', { usage: { cost: '0.012 USD' } }, { cost: 0.012 }],
    ['commas between thousands', { usage: { total_tokens: '2,084' } }, { totalTokens: 2084 }],
    ['a comma that may be one or a point', { usage: { cost: '0,012' } }, {}],
    [
      'other spellings',
      { usage: { totalCost: 0.012, totalTokens: 5 } },
      { totalTokens: 5, cost: 0.012 },
    ],
    [
      'a cost with its currency',
      { usage: { cost: { total: 0.012, currency: 'USD' } } },
      { cost: 0.012 },
    ],
    ['Google’s tokens', { usageMetadata: { totalTokenCount: 77 } }, { totalTokens: 77 }],
    [
      'the usage of an answer in the answer',
      { type: 'response.completed', response: { usage: { total_tokens: 5, cost: 0.1 } } },
      { totalTokens: 5, cost: 0.1 },
    ],
    [
      'less than nothing beside what is right',
      { usage: { cost: -1, total_cost: 0.5 } },
      { cost: 0.5 },
    ],
    ['less than nothing', { usage: { total_tokens: -5, cost_usd: -1 } }, {}],
    ['no usage', { usage: null }, {}],
    ['no answer', undefined, {}],
  ];
  for (const [what, answer, expected] of forms) {
    it(what, () => assert.deepEqual(readUsage(answer, { headers: {} }), expected));
  }

  it('LiteLLM’s header, where the body says nothing', () => {
    const headers = { 'x-litellm-response-cost': '0.0386' };
    assert.deepEqual(readUsage({}, { headers }), { cost: 0.0386 });
    assert.deepEqual(readUsage({ usage: { cost: 0.04 } }, { headers }), { cost: 0.04 });
  });
});
