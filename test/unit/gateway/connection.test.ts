// The base URL as users type it.
import assert from 'node:assert/strict';
import { parseBaseUrl } from '../../../src/gateway/connection';
import { EditError } from '../../../src/gateway/errors';

describe('parseBaseUrl', () => {
  const accepted: [string, string][] = [
    ['https://api.aigate.shop/v1', 'https://api.aigate.shop/v1'],
    ['https://api.aigate.shop/v1/', 'https://api.aigate.shop/v1'],
    ['https://api.aigate.shop', 'https://api.aigate.shop/v1'],
    [' https://api.aigate.shop/ ', 'https://api.aigate.shop/v1'],
    ['https://openrouter.ai/api', 'https://openrouter.ai/api/v1'],
    ['https://example.com/v1beta/openai', 'https://example.com/v1beta/openai'],
    ['https://example.com/v1?key=1#x', 'https://example.com/v1'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
    ['http://localhost:1/v1', 'http://localhost:1/v1'],
    ['http://[::1]:1', 'http://[::1]:1/v1'],
  ];
  for (const [text, expected] of accepted) {
    it(`takes ${text}`, () => assert.equal(parseBaseUrl(text), expected));
  }

  const refused: [string, RegExp][] = [
    ['', /is not a web address/],
    ['aigate', /is not a web address/],
    ['ftp://example.com', /is not a web address/],
    ['http://example.com/v1', /in the clear/],
    ['http://127.0.0.1.example.com', /in the clear/],
    ['https://me:secret@example.com', /name or password/],
  ];
  for (const [text, why] of refused) {
    it(`refuses "${text}", naming the setting`, () => {
      assert.throws(
        () => parseBaseUrl(text),
        (error) =>
          error instanceof EditError &&
          error.reason === 'settings' &&
          error.charge === 'none' &&
          error.message.includes('retouch.baseUrl') &&
          why.test(error.message) &&
          !error.message.includes('secret'),
      );
    });
  }
});
