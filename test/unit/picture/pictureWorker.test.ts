// Pictures of every kind go through the thread that works on pixels; sharp says what should have come out.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import sharp from 'sharp';
import { identifyPicture } from '../../../src/picture/identify';
import type { RenderJob } from '../../../src/picture/jobs';
import { PictureError } from '../../../src/picture/pictureError';
import { PictureWorker } from '../../../src/picture/pictureWorker';
import { tries } from '../../support/properties';
import { until } from '../../support/until';
import { bitmapKinds, bitmapWithAlpha } from './support/bitmaps';
import { paint, photograph } from './support/photographs';

const script = resolve('dist/pictureThread.js');
const all = ['PNG', 'JPEG', 'WebP'] as const;

describe('PictureWorker', function () {
  // A thread starts within a second, and within ten where the machine has other work.
  this.timeout(120_000);
  const worker = new PictureWorker(script);
  after(() => worker.dispose());

  const render = async (bytes: Uint8Array, more: Partial<RenderJob> = {}) => {
    const { format } = identifyPicture(bytes)!;
    const rendered = await worker.run({ type: 'render', bytes, format, formats: all, ...more });
    return { ...rendered, info: identifyPicture(rendered.bytes)! };
  };

  /** Nothing but pixels and colours: no EXIF, XMP or text. */
  const assertBare = async (bytes: Uint8Array) => {
    const { exif, xmp, iptc, comments, orientation } = await sharp(bytes).metadata();
    assert.deepEqual(
      [exif, xmp, iptc, comments, orientation ?? 1],
      Array(4).fill(undefined).concat(1),
    );
  };

  describe('converts', () => {
    for (const format of ['avif', 'tiff'] as const) {
      for (const orientation of [1, 3, 6, 7]) {
        it(`${format} of orientation ${orientation} to PNG: pixels, alpha and profile the same`, async () => {
          const bytes = await paint(61, 40, 4)
            .withMetadata({ orientation })
            .withIccProfile('p3')
            .withExif({ IFD0: { Make: 'Secret Camera' } })
            .toFormat(format, format === 'avif' ? { lossless: true } : { compression: 'lzw' })
            .toBuffer();
          const { bytes: png, info, frames, lossy } = await render(bytes);
          assert.deepEqual([info.format, frames, lossy], ['PNG', 1, false]);
          assert.equal(info.width, orientation >= 5 ? 40 : 61);
          const upright = sharp(bytes).autoOrient().keepIccProfile();
          assert.deepEqual(
            await sharp(png).keepIccProfile().raw().toBuffer(),
            await upright.clone().raw().toBuffer(),
          );
          const { icc, hasAlpha } = await sharp(png).metadata();
          assert.deepEqual([icc, hasAlpha], [(await sharp(bytes).metadata()).icc, true]);
          await assertBare(png);
        });
      }
    }

    it('the first frame of an animated GIF, and says how many there are', async () => {
      const frames = await Promise.all(
        [paint(), paint().negate()].map((frame) => frame.png().toBuffer()),
      );
      const gif = await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer();
      const { bytes, frames: count } = await render(gif);
      assert.equal(count, 2);
      assert.deepEqual(await rgb(bytes), await rgb(gif));
    });

    it('the first page of a TIFF, 16 bit and grey and CMYK as well', async () => {
      for (const tiff of [
        await paint().toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer(),
        await paint().toColourspace('b-w').tiff({ compression: 'lzw' }).toBuffer(),
        await paint().toColourspace('grey16').tiff({ compression: 'lzw' }).toBuffer(),
        await paint().toColourspace('lab').tiff({ compression: 'lzw' }).toBuffer(),
        await paint()
          .toColourspace('cmyk')
          .withIccProfile('cmyk')
          .tiff({ compression: 'lzw' })
          .toBuffer(),
      ]) {
        const { bytes } = await render(tiff);
        assert.equal((await sharp(bytes).metadata()).depth, 'uchar');
        assertClose(await rgb(bytes), await rgb(tiff), 2);
      }
    });

    for (const kind of bitmapKinds) {
      it(`a BMP of ${kind.name}`, async () => {
        for (const [width, height] of [
          [37, 21],
          [8, 3],
        ] as const) {
          const { bytes, info } = await render(kind.encode(width, height));
          assert.deepEqual([info.format, info.width, info.height], ['PNG', width, height]);
          const expected: number[] = [];
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++) expected.push(...kind.colour(x, y));
          assert.deepEqual([...(await rgb(bytes))], expected);
        }
      });
    }

    it('a BMP with alpha', async () => {
      const { bytes } = await render(bitmapWithAlpha(20, 10));
      const alpha = await sharp(bytes).extractChannel(3).raw().toBuffer();
      assert.deepEqual(
        [...alpha.subarray(0, 20)],
        Array.from({ length: 20 }, (_, x) => x),
      );
    });
  });

  describe('makes smaller', () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      it(`a ${format} by its side and by its pixels; it stays what it is`, async () => {
        for (const [limit, width, height] of [
          [{ maxSide: 150 }, 100, 150],
          [{ maxPixels: 5400 }, 60, 90],
        ] as const) {
          const bytes = await photograph(format, 6, paint(600, 400, format === 'jpeg' ? 3 : 4));
          const { bytes: smaller, info, lossy } = await render(bytes, limit);
          assert.equal(info.format.toLowerCase(), format);
          assert.deepEqual([info.width, info.height, lossy], [width, height, true]);
          const expected = sharp(bytes).autoOrient().resize(width, height).keepIccProfile();
          assertClose(
            await sharp(smaller).keepIccProfile().flatten().raw().toBuffer(),
            await expected.flatten().raw().toBuffer(),
            format === 'webp' ? 8 : 5,
          );
          const { icc, hasAlpha } = await sharp(smaller).metadata();
          assert.deepEqual(icc, (await sharp(bytes).metadata()).icc);
          assert.equal(hasAlpha, format !== 'jpeg');
          await assertBare(smaller);
        }
      });
    }

    it('a CMYK JPEG into sRGB', async () => {
      const bytes = await paint(600, 400)
        .toColourspace('cmyk')
        .withIccProfile('cmyk')
        .jpeg()
        .toBuffer();
      const { bytes: smaller } = await render(bytes, { maxSide: 300 });
      assert.equal((await sharp(smaller).metadata()).space, 'srgb');
      assertClose(
        await rgb(smaller),
        await rgb(await sharp(bytes).resize(300).png().toBuffer()),
        6,
      );
    });

    it('a PNG without transparency first by a JPEG of the same size', async () => {
      const bytes = await noise(400, 300, 3).png().toBuffer();
      const { bytes: smaller, info } = await render(bytes, { maxBytes: 250_000 });
      assert.ok(smaller.length <= 250_000);
      assert.deepEqual([info.format, info.width], ['JPEG', 400]);
    });

    it('until it fits, transparency kept', async () => {
      const bytes = await noise(200, 150, 4).png().toBuffer();
      for (const formats of [all, ['PNG']] as const) {
        for (const maxBytes of [75_000, 8_000, 2_500]) {
          const { bytes: smaller, info } = await render(bytes, { maxBytes, formats });
          assert.ok(smaller.length <= maxBytes, `${smaller.length} > ${maxBytes}`);
          assert.ok(smaller.length > maxBytes * 0.3, `${smaller.length} wastes ${maxBytes}`);
          assert.ok(Math.abs(info.width / info.height - 4 / 3) < 0.1);
          assert.equal((await sharp(smaller).metadata()).hasAlpha, true);
        }
      }
    });

    it('says so when nothing helps', async () => {
      const bytes = await noise(100, 100, 3).png().toBuffer();
      await assert.rejects(render(bytes, { maxBytes: 20 }), /cannot be made small enough/);
      await assert.rejects(render(bytes, { formats: [] }), /no format that Retouch can write/);
    });
  });

  it('refuses more than 100 megapixels by the header', async () => {
    const bomb = await paint().png().toBuffer();
    bomb.writeUInt32BE(10_001, 16);
    bomb.writeUInt32BE(10_000, 20);
    await assert.rejects(render(bomb), /10001 × 10000 pixels, which is 101 megapixels/);
  });

  it('ends in a picture or a clear problem, whatever the bytes', async () => {
    const samples = await Promise.all([
      paint().avif().toBuffer(),
      paint().gif().toBuffer(),
      paint().tiff().toBuffer(),
      paint().jpeg().toBuffer(),
      Promise.resolve(bitmapKinds[3]!.encode(30, 20)),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.uint8Array({ maxLength: 6 }),
        fc.boolean(),
        async (sample, place, wrong, cut) => {
          const at = Math.floor(place * (sample.length - 8));
          const broken = new Uint8Array(cut ? sample.subarray(0, at) : sample);
          if (!cut) broken.set(wrong, at);
          const info = identifyPicture(broken);
          if (!info || info.format === 'HEIC') return;
          await render(broken).catch((error: unknown) => {
            assert.ok(error instanceof PictureError, String(error));
            assert.match(error.message, /^It .*\.$/);
          });
        },
      ),
      tries(30),
    );
    const { info } = await render(await paint().avif().toBuffer());
    assert.equal(info.width, 60, 'the thread works on');
  });

  describe('thread', () => {
    const job = async (size = 60): Promise<RenderJob> => ({
      type: 'render',
      bytes: await paint(size, size).gif({ effort: 1 }).toBuffer(),
      format: 'GIF',
      formats: all,
    });

    let folder: string;
    /** A thread that says its number, and listens to nothing for as many milliseconds as `maxSide` says. */
    let standIn: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'retouch-thread-'));
      standIn = join(folder, 'standIn.js');
      // Deaf, as while something is encoded in one piece.
      writeFileSync(
        standIn,
        `const { parentPort, threadId } = require('node:worker_threads');
         parentPort.on('message', ({ id, job }) => {
           const end = Date.now() + (job.maxSide ?? 0);
           while (Date.now() < end);
           parentPort.postMessage({ id, result: { frames: threadId } });
         });`,
      );
    });
    after(() => rmSync(folder, { recursive: true }));

    /** Takes a second: noise packs badly. */
    const longJob = async (): Promise<RenderJob> => {
      const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
      const size = { width: 800, height: 800, channels: 3 } as const;
      const picture = sharp({ create: { ...size, background: 'black', noise } });
      return {
        type: 'render',
        bytes: await picture.tiff().toBuffer(),
        format: 'TIFF',
        formats: all,
      };
    };

    it('starts with the first job and ends when there was none for a while', async () => {
      const own = new PictureWorker(standIn, 20);
      const runs = () => own.isRunning;
      assert.equal(runs(), false);
      const { frames: first } = await own.run(await job());
      assert.equal(runs(), true);
      await until('end of the idle thread', () => !runs());
      const { frames: second } = await own.run(await job());
      assert.notEqual(second, first, 'and starts again, as another thread');
      own.dispose();
    });

    it('lets go of a cancelled job at once, and goes on with the next', async () => {
      const own = new PictureWorker(script);
      await own.run(await job());
      const cancelled = new AbortController();
      const [first, second, third] = [await longJob(), await job(), await job()];
      const running = own.run(first, cancelled.signal);
      const waiting = own.run(second);
      const given = new AbortController();
      const alsoWaiting = own.run(third, given.signal);
      given.abort(new Error('given up'));
      await assert.rejects(alsoWaiting, /given up/);
      await delay(20);
      cancelled.abort(new Error('enough'));
      await assert.rejects(running, /enough/);
      assert.equal(own.isBusy, true);
      assert.equal((await waiting).frames, 1);
      await assert.rejects(own.run(first, cancelled.signal), /enough/);
      own.dispose();
    });

    it('ends where a job does not stop by itself, and the next one waits until it is gone', async () => {
      const before_ = Object.getOwnPropertyDescriptor(Worker.prototype, 'terminate')!;
      const terminate = before_.value as (this: Worker) => Promise<number>;
      let letGo = () => {};
      const held = new Promise<void>((resolve) => (letGo = resolve));
      // A thread takes its time to go, as long as the test looks.
      Worker.prototype.terminate = async function (this: Worker) {
        const code = await terminate.call(this);
        await held;
        return code;
      };
      const own = new PictureWorker(standIn);
      try {
        const { frames: before } = await own.run(await job());
        const cancelled = new AbortController();
        const running = own.run({ ...(await job()), maxSide: 30_000 }, cancelled.signal);
        const waiting = own.run(await job());
        cancelled.abort(new Error('enough'));
        await assert.rejects(running, /enough/);
        await until(
          'end of the thread',
          () => !own.isRunning,
          () => 'it runs',
        );
        assert.equal(own.isBusy, true, 'no other thread before it is gone');
        letGo();
        assert.notEqual((await waiting).frames, before, 'another thread');
      } finally {
        letGo();
        Object.defineProperty(Worker.prototype, 'terminate', before_);
        own.dispose();
      }
    });

    it('lets a job that has time make way for one that has none, and begins it anew', async () => {
      const own = new PictureWorker(script);
      await own.run(await job());
      const order: string[] = [];
      const run = async (name: string, ...args: Parameters<typeof own.run<'render'>>) => {
        const { frames } = await own.run(...args);
        order.push(name);
        return frames;
      };
      const [long, short] = [await longJob(), await job()];
      const given = new AbortController();
      const putOff = run('put off', long, undefined, 'later');
      const alsoWaiting = run('given up', long, given.signal, 'later');
      await delay(20);
      const all = ['first', 'second'].map((name) => run(name, short));
      given.abort(new Error('enough'));
      await assert.rejects(alsoWaiting, /enough/);
      assert.deepEqual(await Promise.all([putOff, ...all]), [1, 1, 1]);
      assert.deepEqual(order, ['first', 'second', 'put off']);
      // Also where it is given up while it makes way.
      const gone = new AbortController();
      const leaving = run('gone', long, gone.signal, 'later');
      await delay(20);
      const last = run('last', short);
      gone.abort(new Error('gone'));
      await assert.rejects(leaving, /gone/);
      assert.equal(await last, 1);
      own.dispose();
    });

    it('gives up what waits when it is disposed', async () => {
      const own = new PictureWorker(standIn);
      const jobs = [await job(), await job()].map((each) => own.run(each));
      own.dispose();
      for (const each of jobs) await assert.rejects(each, PictureError);
      assert.equal(own.isRunning, false);
    });

    for (const { name, code, why } of [
      { name: 'ends', code: 'process.exit(3)', why: /exit code 3/ },
      { name: 'throws', code: 'throw new Error("no memory")', why: /no memory/ },
    ]) {
      it(`that ${name} by itself is an error of its job`, async () => {
        writeFileSync(join(folder, `${name}.js`), code);
        const own = new PictureWorker(join(folder, `${name}.js`));
        await assert.rejects(own.run(await job()), (error: Error) => {
          assert.ok(error instanceof PictureError);
          assert.match(error.message, why);
          return true;
        });
      });
    }
  });
});

function noise(width: number, height: number, channels: 3 | 4) {
  const raw = Buffer.alloc(width * height * channels);
  for (let at = 0, state = 1; at < raw.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    raw[at] = state >>> 24;
  }
  return sharp(raw, { raw: { width, height, channels } });
}

/** As sRGB. */
async function rgb(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).toColourspace('srgb').removeAlpha().raw().toBuffer();
}

/** @param tolerance mean difference of a channel, of 255 */
function assertClose(actual: Buffer, expected: Buffer, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  let sum = 0;
  for (let at = 0; at < actual.length; at++) sum += Math.abs(actual[at]! - expected[at]!);
  assert.ok(sum / actual.length <= tolerance, `mean difference ${sum / actual.length}`);
}
