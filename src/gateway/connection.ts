// Where the gateway is and how to speak to it: the base URL as the user typed it goes in, a checked one comes out.
import { EditError } from './errors';
import type { Network } from './network';

export interface Connection {
  /** Ends without a slash: `https://api.aigate.shop/v1`. */
  readonly baseUrl: string;
  /** Empty where the user has none yet: only `GET /models` goes without. */
  readonly apiKey: string;
  /** Milliseconds that an edit may take, from the first byte sent to the last received. */
  readonly timeout: number;
  /** How to get there; straight where it is not given. */
  readonly network?: Network | undefined;
}

/** What cannot stand in an HTTP header is a slip of the clipboard, not a key. */
export function isKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** The header that carries the key. @throws EditError (`key`, nothing charged) where it is none */
export function authorization({ apiKey }: Connection): { readonly authorization: string } {
  if (isKey(apiKey)) return { authorization: `Bearer ${apiKey}` };
  throw new EditError('The API key holds spaces or other characters that no key has.', {
    reason: 'key',
    charge: 'none',
  });
}

/**
 * The base URL without trailing slash, query or fragment, and with `/v1` where no version was given.
 * @throws EditError (`settings`, nothing charged) naming the setting, when it is no address that the key may go to
 */
export function parseBaseUrl(text: string): string {
  const refuse = (why: string) =>
    new EditError(
      `The setting retouch.baseUrl ${why}. Change it to an address such as https://api.aigate.shop/v1.`,
      {
        reason: 'settings',
        charge: 'none',
      },
    );
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw refuse('is not a web address');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('is not a web address');
  if (url.username || url.password) throw refuse('must not contain a name or password');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refuse('uses http:, which would send your key in the clear');
  }
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  // A version such as v1 or v1beta may be followed by more: Google's own address ends in v1beta/openai.
  if (!segments.some((segment) => /^v\d/.test(segment))) segments.push('v1');
  return `${url.origin}/${segments.join('/')}`;
}

/** `hostname` as URL gives it: IPv6 in brackets. */
export function isLoopback(hostname: string): boolean {
  // A dot at the end makes a name absolute, and no other.
  return /^(([^:]+\.)?localhost|127(\.\d+){3})\.?$|^\[::1\]$/.test(hostname);
}
