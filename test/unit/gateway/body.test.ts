// The two forms of a request's body, read back by Node's own JSON and FormData parsers.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  dataUrlLength,
  jsonBody,
  multipartBody,
  type InputPicture,
  type RequestBody,
} from '../../../src/gateway/body';

const sizes = [0, 1, 2, 3, 1000, 192 * 1024 - 1, 192 * 1024, 192 * 1024 + 1, 700_001];

/** Bytes in the middle of a larger buffer, as VS Code's file system hands them out. */
function picture(byteLength: number): InputPicture {
  const larger = new Uint8Array(randomBytes(byteLength + 20));
  return { bytes: larger.subarray(7, 7 + byteLength), mime: 'image/png', extension: 'png' };
}

function whole(body: RequestBody): Buffer {
  // Copied one by one: a chunk's bytes hold until the next one is asked for.
  const bytes = Buffer.concat(Array.from(body.chunks(), (chunk) => Buffer.from(chunk)));
  assert.equal(bytes.byteLength, body.byteLength, 'content-length');
  return bytes;
}

describe('jsonBody', () => {
  for (const size of sizes) {
    it(`carries pictures of ${size} bytes as data URLs`, () => {
      const [first, second] = [picture(size), picture(5)];
      const body = jsonBody((dataUrl) => ({
        prompt: '“$1” \\ "quoted"\n',
        images: [dataUrl(first), dataUrl(second)],
      }));
      const read = JSON.parse(whole(body).toString()) as { prompt: string; images: string[] };
      assert.equal(read.prompt, '“$1” \\ "quoted"\n');
      assert.deepEqual(
        read.images,
        [first, second].map(
          ({ bytes }) => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`,
        ),
      );
      assert.equal(dataUrlLength(first), read.images[0]?.length);
    });
  }

  it('starts anew each time its chunks are asked for', () => {
    const body = jsonBody((dataUrl) => [dataUrl(picture(1000))]);
    assert.deepEqual(whole(body), whole(body));
  });
});

describe('multipartBody', () => {
  for (const size of sizes) {
    it(`carries pictures of ${size} bytes as they are`, async () => {
      const pictures = [picture(size), { ...picture(5), mime: 'image/jpeg', extension: 'jpg' }];
      const body = multipartBody(
        { model: 'm', prompt: 'zwei\r\nZeilen “ä”' },
        pictures.map((picture) => ['image[]', picture]),
      );
      const received = new Response(new Uint8Array(whole(body)), {
        headers: { 'content-type': body.contentType },
      });
      // oxlint-disable-next-line typescript/no-deprecated -- meant for servers that strangers reach
      const form = await received.formData();
      assert.equal(form.get('prompt'), 'zwei\r\nZeilen “ä”');
      const files = form.getAll('image[]').filter((value) => typeof value !== 'string');
      assert.deepEqual(
        files.map(({ name, type }) => `${name} ${type}`),
        ['image-1.png image/png', 'image-2.jpg image/jpeg'],
      );
      for (const [index, { bytes }] of pictures.entries()) {
        assert.deepEqual(Buffer.from(await files[index]!.arrayBuffer()), Buffer.from(bytes));
      }
    });
  }
});
