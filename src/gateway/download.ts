// A link to a picture goes in, from an answer or from the user; the bytes behind it come out.
import { answerLimits } from './answerLimits';
import { isLoopback, type Connection } from './connection';
import { EditError, type Charge } from './errors';
import { isPrivateAddress } from './privateAddress';
import { send } from './transport';

export interface DownloadOptions {
  /** Whose time limit and way through the network it has. The key stays out of it: a link may lead anywhere. */
  readonly connection: Connection;
  /** Milliseconds since the epoch: the connection's time limit counts from then. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
  /** How a message calls it: `The edited picture`. */
  readonly what: string;
  /** What has been charged by now. */
  readonly charge: Charge;
  /** The user's own link may lead to this machine where the gateway is there as well. */
  readonly isOwn?: boolean;
  /** Bytes of the picture at most. */
  readonly limit?: number | undefined;
}

/** Redirects that a link may take: storage services use one. */
const redirectLimit = 3;

/**
 * @throws EditError: `link` where it leads to nothing, or where it must not; `download` where another try may bring it
 */
export async function download(link: string, options: DownloadOptions): Promise<Uint8Array> {
  const { connection, startedAt, signal } = options;
  let url = checkLink(link, options);
  for (let redirects = 0; redirects <= redirectLimit; redirects++) {
    const response = await send({
      method: 'GET',
      url,
      headers: {},
      timeout: connection.timeout,
      network: connection.network,
      startedAt,
      billable: options.charge !== 'none',
      limit: options.limit ?? answerLimits.picture,
      signal,
      publicOnly: !isNear(url, options),
    }).catch((error: unknown) => {
      throw error instanceof EditError
        ? new EditError(`${options.what} could not be downloaded. ${error.message}`, {
            // Where it must not lead, or to how much, it does not later either.
            reason: error.reason === 'link' || error.reason === 'badAnswer' ? 'link' : 'download',
            charge: options.charge,
            cause: error,
          })
        : error;
    });
    if (response.status >= 200 && response.status < 300) {
      if (response.body.byteLength === 0)
        throw refuseLink(`what ${url.host} sent is empty.`, options, 'download');
      return response.body;
    }
    if (isBusy(response.status))
      throw refuseLink(`${url.host} answered HTTP ${response.status}.`, options, 'download');
    const location = response.headers['location'];
    if (response.status < 300 || response.status >= 400 || !location) {
      throw refuseLink(`${url.host} answered HTTP ${response.status}; such links expire.`, options);
    }
    url = checkLink(location, options, url);
  }
  throw refuseLink('its link leads from one place to the next without end.', options);
}

/** @throws EditError (`link`) where it must not be opened */
export function checkLink(
  link: string,
  options: Pick<DownloadOptions, 'connection' | 'isOwn' | 'what' | 'charge'>,
  base?: URL,
): URL {
  const { apiKey } = options.connection;
  const url = URL.canParse(link, base?.href) ? new URL(link, base?.href) : undefined;
  if (url && isNear(url, options)) return url;
  // Hosts are in lower case whatever was written.
  if (apiKey !== '' && url?.href.toLowerCase().includes(apiKey.toLowerCase())) {
    throw refuseLink('its link holds your API key.', options);
  }
  if (url?.protocol !== 'https:') throw refuseLink('its link is not an https address.', options);
  if (isLoopback(url.hostname) || isPrivateAddress(url.hostname)) {
    throw refuseLink(`its link leads to a private address (${url.host}).`, options);
  }
  return url;
}

/** A local gateway may serve its own pictures, without https and from a private address. */
function isNear(
  url: URL,
  { connection, isOwn = false }: Pick<DownloadOptions, 'connection' | 'isOwn'>,
): boolean {
  const gateway = new URL(connection.baseUrl);
  if (url.origin === gateway.origin) return true;
  return (
    isOwn &&
    /^https?:$/.test(url.protocol) &&
    isLoopback(url.hostname) &&
    isLoopback(gateway.hostname)
  );
}

/** Statuses that say nothing of the link. */
function isBusy(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

function refuseLink(
  why: string,
  { what, charge }: Pick<DownloadOptions, 'what' | 'charge'>,
  reason: 'link' | 'download' = 'link',
): EditError {
  return new EditError(`${what} could not be downloaded: ${why}`, { reason, charge });
}
