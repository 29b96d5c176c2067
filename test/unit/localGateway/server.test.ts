// What the local gateway does beside an edit: its switches, its accounts, and clients that go away.
import assert from 'node:assert/strict';
import { APIError } from 'openai';
import { startGateway } from '../../gateway/server';
import { until } from '../../support/until';
import {
  apiKey,
  chat,
  dataUrl,
  edit,
  gptImage,
  last,
  post,
  useGateway,
} from './support/gatewayInUse';

describe('The local gateway', () => {
  const local = useGateway();

  it('only talks where no image is asked for', async () => {
    const { choices } = await chat(local, 'blur', dataUrl(local.png), { modalities: undefined });
    assert.equal(typeof choices?.[0]?.message.content, 'string');
    assert.equal(choices?.[0]?.message.images, undefined);
  });

  it('answers another number of pictures, and streams unasked, where it is told to', async () => {
    local.gateway.pictureCount = 2;
    // JPEGs are made in a third of the time.
    const asked = { output_format: 'jpeg' };
    const { data = [] } = await edit(local, 'invert', local.png, asked);
    assert.equal(new Set(data.map(({ b64_json }) => b64_json)).size, 2);

    local.gateway.unaskedPartials = 1;
    const response = await post(
      local,
      '/images/edits',
      JSON.stringify({
        model: gptImage,
        prompt: 'invert',
        images: [{ image_url: dataUrl(local.png) }],
        ...asked,
      }),
      { 'Content-Type': 'application/json' },
    );
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const text = await response.text();
    const pair = ['image_edit.partial_image', 'image_edit.completed'];
    assert.deepEqual(
      [...text.matchAll(/^event: (.+)$/gm)].map(([, type]) => type),
      [...pair, ...pair],
    );
    assert.ok(text.endsWith('\n\ndata: [DONE]\n\n'));
    const whole = [...text.matchAll(/^data: (\{.+)$/gm)]
      .map(([, event = '']) => JSON.parse(event) as { type: string; b64_json: string })
      .filter(({ type }) => type === 'image_edit.completed');
    assert.deepEqual(
      whole.map(({ b64_json }) => b64_json),
      data.map(({ b64_json }) => b64_json),
    );
  });

  it('turns edits away while it is busy, and says for how long', async () => {
    local.gateway.busySeconds = 12;
    await assert.rejects(edit(local, 'invert'), (error) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, 429);
      assert.equal(error.code, 'rate_limit_exceeded');
      assert.equal(error.type, 'rate_limit_error');
      assert.equal((error.headers as Headers).get('retry-after'), '12');
      return true;
    });
    assert.equal(last(local).billed, false);
    local.gateway.busySeconds = undefined;
    await edit(local, 'invert');
  });

  it('remembers a client that went away, and charges it', async () => {
    local.gateway.delayMs = 60_000;
    const abort = new AbortController();
    const count = local.gateway.requests.length;
    const answer = local.client.post('/images/edits', {
      body: { model: gptImage, prompt: 'blur', images: [{ image_url: dataUrl(local.png) }] },
      signal: abort.signal,
    });
    const gone = assert.rejects(answer);
    await until('edit that was charged', () => local.gateway.requests[count]?.billed);
    abort.abort();
    await gone;
    await until('client that went away', () => last(local).aborted);
    assert.deepEqual(
      [last(local).status, last(local).billed, last(local).aborted],
      [0, true, true],
    );
  });

  it('counts what is used', async () => {
    const used = async () => {
      const balance = await local.client.get<{ currency: string; token: { used: number } }>(
        '/balance',
      );
      assert.equal(balance.currency, 'USD');
      return balance.token.used;
    };
    const before = await used();
    await edit(local, 'blur');
    assert.equal(Number(((await used()) - before).toFixed(6)), 0.012);
    await chat(local, 'Edit this image: blur', dataUrl(local.png));
    assert.equal(Number(((await used()) - before).toFixed(6)), 0.02102);
  });

  it('says what an edit costs, unless it was told not to', async () => {
    const costs = async () => {
      const [images, completion] = [
        await edit(local, 'blur', local.png, { n: 2, output_format: 'jpeg' }),
        await chat(local, 'blur', dataUrl(local.png)),
      ];
      return [images.usage?.['cost_usd'], completion.usage?.['cost_usd']];
    };
    assert.deepEqual(await costs(), [0.024, 0.00902]);
    local.gateway.tellsCost = false;
    assert.deepEqual(await costs(), [undefined, undefined]);
  });

  it('has no balance when it was told so', async () => {
    local.gateway.hasBalance = false;
    await assert.rejects(local.client.get('/balance'), (error) => {
      assert.ok(error instanceof APIError);
      assert.deepEqual([error.status, error.code], [404, 'invalid_url']);
      return true;
    });
  });

  it('closes at once, though an answer is due', async () => {
    const other = await startGateway({ apiKey, delayMs: 60_000 });
    const answer = fetch(`${other.url}/images/edits`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        model: gptImage,
        prompt: 'blur',
        images: [{ image_url: dataUrl(local.png) }],
      }),
    });
    const gone = assert.rejects(answer);
    await until('edit that was charged', () => other.requests[0]?.billed);
    await other.close();
    await gone;
  });
});
