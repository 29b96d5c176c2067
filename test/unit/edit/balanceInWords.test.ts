// Balances and costs as people read them. What a gateway answers in their place is in gateway/balance.test.ts.
import assert from 'node:assert/strict';
import { balanceInWords, costInWords, moneyInWords } from '../../../src/edit/balanceInWords';
import type { TokenBalance } from '../../../src/gateway/balance';

describe('money in words', () => {
  const amounts: [number, string, string][] = [
    [0, 'USD', '$0.00'],
    [12.5, 'USD', '$12.50'],
    [0.004, 'USD', '$0.00'],
    [0.005, 'USD', '$0.01'],
    [1234567.891, 'USD', '$1,234,567.89'],
    [-0.5, 'USD', '-$0.50'],
    [12.5, 'EUR', '€12.50'],
    [1250, 'JPY', '¥1,250'],
    // Three letters that are no currency that anybody knows.
    [12.5, 'QQQ', 'QQQ\u00a012.50'],
  ];
  for (const [amount, currency, words] of amounts) {
    it(`${amount} ${currency} is ${words}`, () =>
      assert.equal(moneyInWords(amount, currency), words));
  }

  const costs: [number, string][] = [
    [0, '$0.0000'],
    [0.012, '$0.0120'],
    [0.00004, '$0.0000'],
    [0.00006, '$0.0001'],
    [1.5, '$1.5000'],
    [1234.5, '$1234.5000'],
  ];
  for (const [dollars, words] of costs) {
    it(`a cost of ${dollars} is ${words}`, () => assert.equal(costInWords(dollars), words));
  }
});

describe('a balance in words', () => {
  const host = 'gateway.example';
  const balance = { balance: 12.5, currency: 'USD' };

  it('is what the account has, and what was used where that is said', () => {
    const words = 'Balance at gateway.example: $12.50';
    assert.equal(balanceInWords(host, balance), `${words}.`);
    assert.equal(balanceInWords(host, { ...balance, used: 3.42 }), `${words}, $3.42 used so far.`);
    assert.equal(balanceInWords(host, { ...balance, used: 0 }), `${words}, $0.00 used so far.`);
  });

  it('may be nothing, or below, or not said', () => {
    const of = (amount?: number) =>
      balanceInWords(host, { currency: 'USD', ...(amount !== undefined && { balance: amount }) });
    assert.equal(of(0), 'Balance at gateway.example: $0.00.');
    assert.equal(of(-2), 'Balance at gateway.example: -$2.00.');
    assert.equal(of(), 'gateway.example did not say a balance.');
  });

  const expiresAt = new Date(2027, 0, 31, 12).getTime();
  const limits: [TokenBalance, string][] = [
    [{}, ''],
    [{ id: '7', usedDollars: 3 }, ''],
    [{ remaining: 4.5 }, ' This key may spend $4.50 more.'],
    [{ remaining: 0 }, ' This key may spend $0.00 more.'],
    [{ models: [] }, ' This key may use 0 models only.'],
    [{ models: ['a/one'] }, ' This key may use a/one only.'],
    [{ models: ['a/one', 'b/two'] }, ' This key may use a/one and b/two only.'],
    [{ models: ['a', 'b', 'c', 'd'] }, ' This key may use 4 models only.'],
    [{ expiresAt }, ' This key ends on January 31, 2027.'],
    [
      { remaining: 4.5, expiresAt },
      ' This key may spend $4.50 more, and ends on January 31, 2027.',
    ],
    [
      { remaining: 4.5, models: ['a/one'], expiresAt },
      ' This key may spend $4.50 more, may use a/one only, and ends on January 31, 2027.',
    ],
  ];
  for (const [token, words] of limits) {
    it(`says of a key with ${JSON.stringify(token)}:${words || ' nothing'}`, () =>
      assert.equal(
        balanceInWords(host, { ...balance, token }),
        `Balance at gateway.example: $12.50.${words}`,
      ));
  }
});
