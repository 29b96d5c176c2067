// A picture on the web: its link is sent, and the result lies in the folder that is open.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { workspace } from 'vscode';
import { runEditImageFromUrl } from '../../src/edit/commands';
import { smallPng } from './support/pictures';
import { HostTrip } from './support/hostTrip';

const folder = workspace.workspaceFolders![0]!.uri.fsPath;

describe('Edit Image from URL…', () => {
  let trip: HostTrip;
  let server: Server;
  let link: string;
  let before_: string[];
  beforeEach(async () => {
    before_ = await readdir(folder);
    trip = await HostTrip.start();
    const bytes = await smallPng();
    server = createServer((_request, response) => {
      response.end(bytes);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/far%20away.png?size=2`;
  });
  afterEach(async () => {
    await trip.end();
    server.close();
    server.closeAllConnections();
    for (const name of await made()) await rm(join(folder, name));
  });

  const made = async () => (await readdir(folder)).filter((name) => !before_.includes(name));

  for (const { model, path } of [
    { model: 'openai/gpt-image-2', path: '/v1/images/edits' },
    { model: 'google/gemini-3.1-flash-image-preview', path: '/v1/chat/completions' },
  ]) {
    it(`sends the link itself through ${path}, and saves in the folder`, async () => {
      void trip.run(() => runEditImageFromUrl(trip.services));
      const question = await trip.user.asked('Edit Image from URL');
      await question.type(link);
      await question.enter();
      await trip.answer('far away.png', 'invert it', model);
      const page = await trip.pages.titled('Compare: far away.png');
      const { replaceable } = await page.untilReview();
      assert.equal(replaceable, false);
      assert.deepEqual(Buffer.from(page.picture('original')!), await smallPng());
      page.send({ type: 'accept', version: 0 });
      await trip.user.told('Saved far away.edited.png');
      assert.deepEqual(await made(), ['far away.edited.png']);
      assert.deepEqual(
        trip.sent.map((request) => [request.path, JSON.stringify(request.body).includes(link)]),
        [[path, true]],
      );
    });
  }

  it('takes no address but one of the web', async () => {
    const asking = trip.run(() => runEditImageFromUrl(trip.services));
    const question = await trip.user.asked('Edit Image from URL');
    assert.equal(question.placeholder, 'https://…');
    await question.type('file:///etc/passwd');
    assert.equal(question.problem(), 'An address begins with https://');
    await assert.rejects(question.enter());
    await question.escape();
    await asking;
    assert.deepEqual(trip.gateway.requests, []);
    assert.deepEqual(trip.user.said, []);
  });
});
