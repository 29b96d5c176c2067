// The rows of the list of faults about settings: base URLs that are none, or that the key must not go to.
import assert from 'node:assert/strict';
import { parseBaseUrl } from '../../../../src/gateway/connection';
import { EditError } from '../../../../src/gateway/errors';
import { apiKey, assertClear } from '../support/invariants';

const noAddress = /is not a web address/;
const clear = /http:, which would send your key in the clear/;
const secret = /must not contain a name or password/;

const malformed: readonly (readonly [text: string, why: RegExp])[] = [
  ['', noAddress],
  ['   ', noAddress],
  ['api.aigate.shop', noAddress],
  ['api.aigate.shop/v1', noAddress],
  ['//api.aigate.shop/v1', noAddress],
  ['https://', noAddress],
  ['https:///', noAddress],
  ['https://[::1', noAddress],
  ['https://api aigate.shop', noAddress],
  ['https://api.aigate.shop:99999', noAddress],
  ['https://api.aigate.shop:port', noAddress],
  ['ftp://api.aigate.shop', noAddress],
  ['ws://api.aigate.shop', noAddress],
  ['file:///etc/passwd', noAddress],
  ['javascript:alert(1)', noAddress],
  ['data:text/plain,x', noAddress],
  ['command:workbench.action.quit', noAddress],
  ['undefined', noAddress],
  ['[object Object]', noAddress],
  ['\u0000', noAddress],
  ['x'.repeat(100_000), noAddress],
  [`https://${apiKey}@api.aigate.shop/v1`, secret],
  [`https://me:${apiKey}@api.aigate.shop/v1`, secret],
];

/** `http:` to what is not loopback, however much it looks like it. */
const open: readonly string[] = [
  'http://api.aigate.shop/v1',
  'HTTP://API.AIGATE.SHOP',
  'http://127.0.0.1.example.com',
  'http://localhost.example.com',
  'http://notlocalhost',
  'http://example.com/127.0.0.1',
  'http://example.com?localhost',
  'http://example.com#@localhost',
  'http://0.0.0.0',
  'http://10.0.0.1',
  'http://192.168.1.2:8080',
  'http://169.254.169.254',
  'http://128.0.0.1',
  'http://[::2]',
  'http://[::ffff:8.8.8.8]',
  'http://[fe80::1]',
];

describe('Settings', () => {
  for (const [text, why] of [...malformed, ...open.map((text) => [text, clear] as const)]) {
    it(`malformed base URL → the setting is named: ${JSON.stringify(text.slice(0, 60))}`, () => {
      const error = refusal(text);
      assert.match(error.message, why);
      assert.match(error.message, /The setting retouch\.baseUrl .*such as https:\/\//);
    });
  }

  it('key pasted into settings → the message does not repeat it', () => {
    for (const text of [apiKey, ` ${apiKey} `, `Bearer ${apiKey}`, `http://${apiKey}/v1`]) {
      refusal(text);
    }
  });

  it('keeps to one origin: what follows the host is no other host', () => {
    for (const [text, baseUrl] of [
      ['https://api.aigate.shop\\@evil.example/v1', 'https://api.aigate.shop/@evil.example/v1'],
      ['https://api.aigate.shop/v1?x=https://evil.example', 'https://api.aigate.shop/v1'],
      ['https://api.aigate.shop/v1#@evil.example', 'https://api.aigate.shop/v1'],
      ['https://api.aigate.shop/v1/../../v1', 'https://api.aigate.shop/v1'],
      ['https://API.AIGATE.SHOP:443/v1', 'https://api.aigate.shop/v1'],
    ] as const) {
      assert.equal(parseBaseUrl(text), baseUrl);
    }
  });
});

function refusal(text: string): EditError {
  try {
    parseBaseUrl(text);
  } catch (error) {
    assert.ok(error instanceof EditError, String(error));
    const { reason, charge } = error;
    assert.deepEqual({ reason, charge }, { reason: 'settings', charge: 'none' });
    assertClear(error, new Uint8Array([1, 2, 3, 4]));
    return error;
  }
  return assert.fail(`it took ${text}`);
}
