// A key comes in, a gateway on this machine goes out that holds AIGate's contract strictly.
// Written from the contract alone: nothing of src/ is imported, so that it cannot agree with a fault.
import { randomBytes, randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Balance } from './balance';
import { modelList } from './catalog';
import { completeChat } from './chatCompletions';
import { errorBody, Refusal } from './errors';
import { EventStream, shortened, type EditContext, type GatewayRequest } from './exchange';
import { editFromForm, editFromJson } from './imagesEdits';
import type { PixelSize } from './paint';
import { parseForm, parseJson, readBody } from './requestBody';

export type { GatewayRequest } from './exchange';

export interface GatewayOptions {
  apiKey: string;
  /** 0, the default, takes any free one. */
  port?: number;
  /** How long each edit takes, in milliseconds; default 0. */
  delayMs?: number;
  /** Whether models draw all of a picture anew, as real ones do; default false, so that tests find exact pixels. */
  redraws?: boolean;
  log?: (line: string) => void;
}

export interface LocalGateway {
  /** The base, such as `http://127.0.0.1:40123/v1`. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly GatewayRequest[];
  /** How long each edit takes, in milliseconds; may be changed at any time, also for those under way. */
  delayMs: number;
  /** How long the bytes of an answer take, in milliseconds: they go out in pieces then. */
  sendMs: number;
  /** Whether pictures are in the answer, or behind a link at `/media/ID` that needs no key. */
  answerWith: 'b64_json' | 'url';
  /** So many downloads of pictures behind links are reset before one is answered. */
  resetDownloads: number;
  /** Pictures by the order in which they got their links, from 0: every download of these is reset. */
  deadLinks: readonly number[];
  /** Makes of a picture what is sent in its place: bytes that were cut on the way. `at` counts those of an answer, from 0. */
  spoil: ((bytes: Buffer, at: number) => Buffer) | undefined;
  /** Another number of pictures for `images/edits` to answer than was asked for; undefined keeps to what was asked. */
  pictureCount: number | undefined;
  /** Another size for pictures to answer with than a model would choose: small ones cost a test little. */
  pictureSize: PixelSize | undefined;
  /**
   * Whether models draw all of a picture anew, as real ones do: GPT Image with a cast, moved and with textures of its own;
   * Gemini a little. The same instruction and picture get the same answer.
   */
  redraws: boolean;
  /** Streams answers of `images/edits` that nobody asked to be streamed, with so many partial pictures for each. */
  unaskedPartials: number | undefined;
  /** Turns edits away with 429, saying to come back after so many seconds; undefined takes them. */
  busySeconds: number | undefined;
  /** Whether `usage.cost_usd` is in the answers, as AIGate was seen to do without documenting it. */
  tellsCost: boolean;
  /** Whether there is a `GET /v1/balance` at all. */
  hasBalance: boolean;
  /** Ends every connection, answered or not. */
  close(): Promise<void>;
}

/** Starts the gateway on 127.0.0.1. Rejects when the port is taken. */
export function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  const requests: GatewayRequest[] = [];
  const media = new Map<string, { bytes: Uint8Array; mimeType: string }>();
  const balance = new Balance();
  let origin = '';

  const gateway: LocalGateway = {
    get url() {
      return `${origin}/v1`;
    },
    requests,
    delayMs: options.delayMs ?? 0,
    sendMs: 0,
    answerWith: 'b64_json',
    resetDownloads: 0,
    deadLinks: [],
    spoil: undefined,
    pictureCount: undefined,
    pictureSize: undefined,
    redraws: options.redraws ?? false,
    unaskedPartials: undefined,
    busySeconds: undefined,
    tellsCost: true,
    hasBalance: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const publish = (bytes: Uint8Array, mimeType: string) => {
    const id = randomUUID();
    media.set(id, { bytes, mimeType });
    return `${origin}/media/${id}`;
  };

  /** Gives the JSON or the events to answer with, or throws a Refusal. */
  async function route(request: IncomingMessage, record: GatewayRequest, signal: AbortSignal) {
    const body = await readBody(request);
    const name = `${record.method} ${record.path}`;
    if (name === 'GET /v1/models') return modelList();
    const isEdit = name === 'POST /v1/images/edits' || name === 'POST /v1/chat/completions';
    const isBalance = name === 'GET /v1/balance' && gateway.hasBalance;
    if (!isEdit && !isBalance) {
      throw new Refusal(404, `Invalid URL (${name})`, { code: 'invalid_url' });
    }
    if (!record.authorized) {
      throw new Refusal(401, 'Invalid token', { code: 'invalid_api_key' });
    }
    if (!isEdit) return balance.body();
    if (gateway.busySeconds !== undefined) {
      throw new Refusal(429, 'Rate limit reached: too many requests per minute.', {
        code: 'rate_limit_exceeded',
        retryAfterSeconds: gateway.busySeconds,
      });
    }

    const context: EditContext = {
      record,
      charge: (dollars) => {
        signal.throwIfAborted();
        record.billed = true;
        balance.charge(dollars);
      },
      work: async () => {
        // Asked again and again: a test may end the wait of an edit that is under way.
        const begun = Date.now();
        while (Date.now() - begun < gateway.delayMs) await sleep(20, undefined, { signal });
      },
      tellsCost: gateway.tellsCost,
      publish: gateway.answerWith === 'url' ? publish : undefined,
      spoil: (bytes, at) => gateway.spoil?.(bytes, at) ?? bytes,
      pictureCount: gateway.pictureCount,
      pictureSize: gateway.pictureSize,
      redraws: gateway.redraws,
      unaskedPartials: gateway.unaskedPartials,
    };
    const mediaType = record.contentType.split(';')[0]?.trim().toLowerCase();
    const takesForms = record.path === '/v1/images/edits';
    if (mediaType === 'application/json') {
      record.form = 'json';
      const json = parseJson(body);
      record.body = shortened(json);
      return takesForms ? editFromJson(json, context) : completeChat(json, context);
    }
    if (mediaType === 'multipart/form-data' && takesForms) {
      record.form = 'multipart';
      const form = await parseForm(body, record.contentType);
      record.body = Object.fromEntries(form.fields);
      const pictures = form.files.filter(({ field }) => field !== 'mask');
      record.fileNames = pictures.map(({ fileName }) => fileName);
      record.mimeTypes = pictures.map(({ mimeType }) => mimeType);
      return editFromForm(form, context);
    }
    throw new Refusal(400, `Unsupported content type: '${record.contentType}'.`, {
      code: 'unsupported_content_type',
    });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = Date.now();
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const record: GatewayRequest = {
      method: request.method ?? 'GET',
      path,
      contentType: request.headers['content-type'] ?? '',
      authorized: request.headers.authorization === `Bearer ${options.apiKey}`,
      status: 0,
      pictures: 0,
      inputs: [],
      answered: [],
      sentAt: 0,
      aborted: false,
      billed: false,
    };
    requests.push(record);
    const requestId = newRequestId();
    const gone = new AbortController();
    const log = (what: string) =>
      options.log?.(`${record.method} ${path} ${what} ${Date.now() - started} ms`);
    response.on('finish', () => (record.sentAt = Date.now()));
    response.on('close', () => {
      if (response.writableFinished || record.aborted) return;
      record.aborted = true;
      gone.abort();
      log('client went away');
    });

    const answered = () => log(`${record.status}${record.billed ? ' billed' : ''}`);
    const writeHead = (status: number, headers: OutgoingHttpHeaders) => {
      record.status = status;
      response.writeHead(status, {
        ...headers,
        'X-Oneapi-Request-Id': requestId,
        // After a body that was not read to its end, the connection is of no use.
        ...(request.complete ? {} : { Connection: 'close' }),
      });
    };
    const send = (
      status: number,
      mimeType: string,
      bytes: Uint8Array,
      headers: OutgoingHttpHeaders = {},
    ) => {
      if (record.aborted) return;
      writeHead(status, { 'Content-Type': mimeType, 'Content-Length': bytes.length, ...headers });
      if (gateway.sendMs > 0 && status === 200 && record.method === 'POST') {
        void sendSlowly(response, bytes, gateway.sendMs).then(() => answered());
        return;
      }
      response.end(bytes);
      answered();
    };
    /** As new-api passes events on, with its own `[DONE]` at the end. */
    const sendEvents = async (events: AsyncIterable<{ type: string }>) => {
      for await (const event of events) {
        if (!response.headersSent) writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      }
      response.end('data: [DONE]\n\n');
      answered();
    };

    const file = record.method === 'GET' ? media.get(path.replace(/^\/media\//, '')) : undefined;
    const isDead = file && gateway.deadLinks.includes([...media.values()].indexOf(file));
    if (isDead || (file && gateway.resetDownloads > 0)) {
      if (!isDead) gateway.resetDownloads--;
      request.socket.resetAndDestroy();
      return;
    }
    if (file) {
      send(200, file.mimeType, file.bytes);
      return;
    }
    const sendJson = (status: number, body: unknown, headers?: OutgoingHttpHeaders) =>
      send(status, 'application/json; charset=utf-8', Buffer.from(JSON.stringify(body)), headers);
    try {
      const answer = await route(request, record, gone.signal);
      if (answer instanceof EventStream) await sendEvents(answer.events);
      else sendJson(200, answer);
    } catch (error) {
      if (record.aborted || gone.signal.aborted) return;
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, `Internal error: ${String(error)}`);
      if (response.headersSent) {
        response.destroy(refusal);
        return;
      }
      const { retryAfterSeconds } = refusal.details;
      sendJson(
        refusal.status,
        errorBody(refusal, requestId),
        retryAfterSeconds === undefined ? {} : { 'Retry-After': retryAfterSeconds },
      );
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve(gateway);
    });
  });
}

/** In pieces, as a slow network has it. @param time milliseconds for all of them */
async function sendSlowly(
  response: ServerResponse,
  bytes: Uint8Array,
  time: number,
): Promise<void> {
  const pieces = 16;
  const length = Math.ceil(bytes.length / pieces);
  for (let from = 0; from < bytes.length && !response.destroyed; from += length) {
    response.write(bytes.subarray(from, from + length));
    await sleep(time / pieces);
  }
  response.end();
}

/** The time to the second, then chance: as new-api makes them. */
const newRequestId = () =>
  new Date().toISOString().replace(/\D/g, '').slice(0, 14) + randomBytes(9).toString('hex');
