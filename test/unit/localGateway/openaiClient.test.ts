// Holds the local gateway to the contract with the official OpenAI client: what it takes and gives, in every form.
import assert from 'node:assert/strict';
import type OpenAI from 'openai';
import { APIError, toFile } from 'openai';
import type { Stream } from 'openai/streaming';
import sharp from 'sharp';
import {
  bytesOfUrl,
  chat,
  colourAt,
  dataUrl,
  edit,
  gemini,
  gptImage,
  isBlue,
  isRed,
  last,
  pictureOf,
  useGateway,
} from './support/gatewayInUse';

describe('The local gateway', () => {
  const local = useGateway();

  describe('with the official OpenAI client', () => {
    it('edits a multipart picture', async () => {
      const answer = await local.client.images.edit({
        model: gptImage,
        prompt: 'Make it black and white',
        image: await toFile(local.jpeg, 'photo.jpg', { type: 'image/jpeg' }),
      });
      const bytes = pictureOf(answer);
      const { format, width, height } = await sharp(bytes).metadata();
      assert.deepEqual([format, width, height], ['png', 1536, 1024]);
      const [r, g, b] = await colourAt(bytes, 0.2, 0.5);
      assert.ok(r === g && g === b, `${r} ${g} ${b} is not grey`);
      assert.equal(answer.usage?.total_tokens, answer.usage!.input_tokens + 1372);
      const { form, fileNames, mimeTypes, status, billed, authorized } = last(local);
      assert.deepEqual(
        { form, fileNames, mimeTypes, status, billed, authorized },
        {
          form: 'multipart',
          fileNames: ['photo.jpg'],
          mimeTypes: ['image/jpeg'],
          status: 200,
          billed: true,
          authorized: true,
        },
      );
    });

    it('edits several multipart pictures, and gives as many as asked', async () => {
      const answer = await local.client.images.edit({
        model: gptImage,
        prompt: 'invert',
        image: [
          await toFile(local.png, 'one.png', { type: 'image/png' }),
          await toFile(local.jpeg, 'two.jpg', { type: 'image/jpeg' }),
        ],
        n: 2,
        size: '1024x1024',
        output_format: 'webp',
      });
      assert.equal(answer.data?.length, 2);
      assert.notEqual(answer.data[0]?.b64_json, answer.data[1]?.b64_json);
      const { format, width, height } = await sharp(pictureOf(answer)).metadata();
      assert.deepEqual([format, width, height], ['webp', 1024, 1024]);
      assert.equal(last(local).pictures, 2);
    });

    it('edits a JSON picture', async () => {
      const bytes = pictureOf(await edit(local, 'Rotate it'));
      const { width, height } = await sharp(bytes).metadata();
      assert.deepEqual([width, height], [1024, 1536]);
      assert.ok(isRed(await colourAt(bytes, 0.5, 0.2)), 'left has become top');
      assert.ok(isBlue(await colourAt(bytes, 0.5, 0.8)), 'right has become bottom');
      assert.equal(last(local).form, 'json');
      assert.ok(JSON.stringify(last(local).body).length < 400, 'data URLs are shortened');
    });

    for (const form of ['multipart', 'json'] as const) {
      it(`streams partial pictures, then the picture, in ${form}`, async () => {
        const events = await (form === 'multipart'
          ? local.client.images.edit({
              model: gptImage,
              prompt: 'invert',
              image: await toFile(local.jpeg, 'photo.jpg', { type: 'image/jpeg' }),
              stream: true,
              partial_images: 2,
            })
          : local.client.post<Stream<OpenAI.ImageEditStreamEvent>>('/images/edits', {
              body: {
                model: gptImage,
                prompt: 'invert',
                images: [{ image_url: dataUrl(local.jpeg, 'image/jpeg') }],
                stream: true,
                partial_images: 2,
              },
              stream: true,
            }));
        const seen: [string, number | undefined][] = [];
        const pictures: string[] = [];
        let tokens = 0;
        for await (const event of events) {
          const partial = event.type === 'image_edit.partial_image';
          seen.push([event.type, partial ? event.partial_image_index : undefined]);
          pictures.push(event.b64_json);
          if (!partial) tokens = event.usage.total_tokens;
          const { format, width, height } = await sharp(
            Buffer.from(event.b64_json, 'base64'),
          ).metadata();
          assert.deepEqual([format, `${width}x${height}`], ['png', event.size]);
        }
        assert.deepEqual(seen, [
          ['image_edit.partial_image', 0],
          ['image_edit.partial_image', 1],
          ['image_edit.completed', undefined],
        ]);
        assert.equal(new Set(pictures).size, 3);
        assert.ok(tokens > 1372);
        assert.deepEqual(
          [last(local).form, last(local).billed, last(local).status],
          [form, true, 200],
        );
      });
    }

    it('edits a picture in a chat with Gemini', async () => {
      const answer = await chat(
        local,
        'Edit this image: make it darker',
        dataUrl(local.jpeg, 'image/jpeg'),
      );
      const choice = answer.choices?.[0];
      assert.equal(choice?.message.content, null);
      assert.equal(choice.finish_reason, 'stop');
      const url = choice.message.images?.[0]?.image_url.url ?? '';
      assert.match(url, /^data:image\/png;base64,/);
      const bytes = bytesOfUrl(url);
      const { width, height } = await sharp(bytes).metadata();
      assert.deepEqual([width, height], [1248, 832]);
      const [r = 255] = await colourAt(bytes, 0.2, 0.5);
      assert.ok(r > 60 && r < 170, `red is ${r}`);
      assert.equal(answer.usage?.['cost_usd'], 0.00902);
    });

    it('lists models, without a key too', async () => {
      const ids: string[] = [];
      for await (const model of local.client.models.list()) ids.push(model.id);
      assert.ok(ids.includes(gptImage) && ids.includes(gemini) && ids.includes('openai/gpt-5.5'));
      assert.equal((await fetch(`${local.gateway.url}/models`)).status, 200);
      assert.equal(last(local).authorized, false);
    });

    it('reports errors as the client understands them', async () => {
      await assert.rejects(edit(local, 'please refuse this'), (error) => {
        assert.ok(error instanceof APIError);
        assert.equal(error.status, 400);
        assert.equal(error.code, 'moderation_blocked');
        assert.equal(error.type, 'image_generation_user_error');
        assert.match(error.message, /rejected by the safety system.*\(request id: \d{14}\w+\)/);
        return true;
      });
      assert.equal(last(local).billed, false);
    });
  });
});
