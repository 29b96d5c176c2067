// Large pictures go both ways over real sockets, with TLS and without, to a server that is slow to read and quick to
// answer: every byte arrives, and other work has its turn meanwhile.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jsonBody, type InputPicture } from '../../../src/gateway/body';
import { exchange } from '../../../src/gateway/transport';
import { makeCertificate } from '../../support/certificates';
import { startFaultServer, type Fault } from '../../support/faultServer';

const megabyte = 1024 * 1024;

const authority = makeCertificate('Test Authority', { authority: true });
const tls = makeCertificate('127.0.0.1', { signedBy: authority, hosts: ['127.0.0.1'] });

function picture(byteLength: number): InputPicture {
  return { bytes: randomBytes(byteLength), mime: 'image/png', extension: 'png' };
}

/** Bytes that may wait in memory for a slow receiver, with room for what Node reads at once. */
const mostWaitingLimit = 256 * 1024 + 3 * 64 * 1024;

/** One in each turn, so that its reader mostly sees it alone. */
function writeInPieces(bytes: Buffer, pieceLength: number): Fault {
  return async (exchange) => {
    await exchange.whole;
    exchange.open(200, { 'content-length': String(bytes.byteLength) });
    for (let from = 0; from < bytes.byteLength; from += pieceLength) {
      exchange.write(bytes.subarray(from, from + pieceLength));
      await nextTurn();
    }
    exchange.socket.end();
  };
}

/** Stops reading again and again, for long enough that nobody can write any more. */
function readHaltingly(socket: Socket): void {
  let byteLength = 0;
  socket.on('data', (chunk: Buffer) => {
    byteLength += chunk.byteLength;
    if (byteLength < megabyte) return;
    byteLength = 0;
    socket.pause();
    setTimeout(() => socket.resume(), 20);
  });
}

for (const scheme of ['http', 'https'] as const) {
  describe(`large bodies over ${scheme}`, function () {
    this.timeout(60_000);

    async function post(
      fault: Fault,
      body = jsonBody(() => ({})),
      onChunk?: (byteLength: number) => void | Promise<void>,
    ) {
      const server = await startFaultServer(fault, scheme === 'https' ? { tls } : {});
      const chunks: Buffer[] = [];
      try {
        await exchange(
          {
            method: 'POST',
            url: new URL(server.origin),
            headers: {},
            body,
            timeout: 60_000,
            billable: true,
            limit: 64 * megabyte,
            network: { certificates: [authority.cert] },
          },
          () => (chunk) => {
            chunks.push(chunk);
            return onChunk?.(chunk.byteLength);
          },
        );
        return { received: server.received(), answer: Buffer.concat(chunks) };
      } finally {
        await server.close();
      }
    }

    it('arrive whole where the gateway reads slowly', async () => {
      const pictures = [picture(5 * megabyte), picture(300_000), picture(1000)];
      const body = jsonBody((dataUrl) => pictures.map(dataUrl));
      const { received } = await post((exchange) => {
        readHaltingly(exchange.socket);
        return exchange.answer(200, 'thanks');
      }, body);
      const sent = received.subarray(received.indexOf('\r\n\r\n') + 4);
      const expected = pictures.map(
        ({ bytes }) => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`,
      );
      assert.ok(sent.equals(Buffer.from(JSON.stringify(expected))), 'other bytes than were sent');
    });

    it('are read a piece at a time where the gateway answers at once', async () => {
      const bytes = randomBytes(5 * megabyte);
      let inTurn = 0;
      let most = 0;
      const count = (byteLength: number) => {
        if (inTurn === 0) setImmediate(() => (inTurn = 0));
        inTurn += byteLength;
        most = Math.max(most, inTurn);
      };
      const answerAtOnce: Fault = (exchange) => exchange.answer(200, bytes);
      const { answer } = await post(answerAtOnce, undefined, count);
      assert.ok(answer.equals(bytes), 'other bytes than were answered');
      // What Node reads of a socket at once, with room for what TLS still held.
      assert.ok(most <= 2 * 64 * 1024, `${most} bytes in one turn of the event loop`);
    });

    for (const { pieces, pieceLength, pieceCount } of [
      { pieces: 'large', pieceLength: 64 * 1024, pieceCount: 128 },
      { pieces: 'small', pieceLength: 1000, pieceCount: 2000 },
    ]) {
      it(`are not read faster than a slow disk takes them, in ${pieces} pieces`, async () => {
        const bytes = randomBytes(pieceLength * pieceCount);
        let socket: Socket | undefined;
        const remember = (message: unknown) => ({ socket } = message as { socket: Socket });
        subscribe('undici:client:connected', remember);
        let received = 0;
        let mostWaiting = 0;
        const takeTime = async (byteLength: number) => {
          mostWaiting = Math.max(mostWaiting, socket!.bytesRead - received);
          // Many times longer than a piece takes on the way here.
          for (let turn = 0; turn < 20; turn++) await nextTurn();
          received += byteLength;
        };
        try {
          const { answer } = await post(writeInPieces(bytes, pieceLength), undefined, takeTime);
          assert.ok(answer.equals(bytes), 'other bytes than were answered');
        } finally {
          unsubscribe('undici:client:connected', remember);
        }
        // Four times as much would fit into nothing but memory: the buffers of the network are not counted here.
        assert.ok(bytes.byteLength > 4 * mostWaitingLimit);
        assert.ok(mostWaiting <= mostWaitingLimit, `${mostWaiting} bytes waited in memory`);
      });
    }
  });
}
