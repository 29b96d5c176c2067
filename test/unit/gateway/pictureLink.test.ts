// A picture behind a link: how long it may take, and what ends it.
import assert from 'node:assert/strict';
import { openPictureLink } from '../../../src/gateway/answer';
import { picture } from '../../support/gatewayAnswers';
import { startFaultServer, type FaultServer } from '../../support/faultServer';
import { quickLinks } from './support/invariants';

describe('a picture behind a link', () => {
  let server: FaultServer;
  afterEach(() => server.close());

  const open = (signal = new AbortController().signal) =>
    openPictureLink(`${server.origin}/a.png`, {
      // The edit's own time is over.
      connection: { baseUrl: server.baseUrl, apiKey: '', timeout: 1 },
      signal,
      limits: quickLinks,
    });

  it('has a time of its own: that of the edit may be over', async () => {
    server = await startFaultServer((exchange) => exchange.answer(200, picture));
    assert.deepEqual(await open(), Buffer.from(picture));
  });

  it('is waited for no longer where the edit is cancelled, between two tries too', async () => {
    const cancelled = new AbortController();
    server = await startFaultServer((exchange) => {
      if (exchange.number === 2) cancelled.abort();
      exchange.reset();
    });
    await assert.rejects(open(cancelled.signal), { name: 'AbortError' });
    assert.equal(server.exchanges.length, 2);
  });
});
