// Links that the local gateway follows, and links that it gives.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { chat, dataUrl, edit, last, useGateway } from './support/gatewayInUse';

describe('The local gateway', () => {
  const local = useGateway();

  describe('with links', () => {
    let pictures: Server;
    let address: string;

    before(async () => {
      pictures = createServer((request, response) => {
        if (request.url === '/moved') response.writeHead(302, { Location: '/photo' }).end();
        else if (request.url === '/away') {
          response.writeHead(302, { Location: 'http://192.0.2.1/photo' }).end();
        } else if (request.url === '/photo') response.end(local.jpeg);
        else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}`;
    });

    after(() => {
      pictures.closeAllConnections();
      pictures.close();
    });

    it('downloads the picture, after a redirect too', async () => {
      for (const path of ['/photo', '/moved']) {
        const answer = await chat(local, 'black and white', address + path);
        assert.ok(answer.choices?.[0]?.message.images?.[0]);
        assert.equal(last(local).pictures, 1);
      }
    });

    it('refuses what is not there, and redirects to other machines', async () => {
      for (const path of ['/nothing', '/away']) {
        await assert.rejects(chat(local, 'blur', address + path), {
          status: 400,
          code: 'invalid_image_url',
        });
      }
    });

    it('answers with links that need no key', async () => {
      local.gateway.answerWith = 'url';
      const { data } = await edit(local, 'invert');
      assert.equal(data?.[0]?.b64_json, undefined);
      const url = data?.[0]?.url ?? '';
      const response = await fetch(url);
      assert.equal(response.headers.get('content-type'), 'image/png');
      const { width } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
      assert.equal(width, 1536);
      const answer = await chat(local, 'invert', dataUrl(local.png));
      const link = answer.choices?.[0]?.message.images?.[0]?.image_url.url ?? '';
      assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/media\//);
      const whole = await fetch(link);
      assert.equal(whole.status, 200);
      // Left unread, it would trip over https://github.com/nodejs/undici/issues/5360
      await whole.arrayBuffer();
      assert.equal((await fetch(`${link}0`)).status, 404);
    });
  });
});
