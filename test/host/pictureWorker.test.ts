// Pictures are converted inside a real extension host, by what dist holds; and nothing of it is loaded before.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import sharp from 'sharp';
import { Uri } from 'vscode';
import { pictureWorker } from '../../src/edit/pictureWorker';
import { prepareUpload } from '../../src/picture/prepareUpload';
import { identifyPicture } from '../../src/picture/identify';
import type { RenderJob } from '../../src/picture/jobs';
import { until } from '../support/until';
import { temporaryServices } from './support/temporaryServices';

describe('the thread that works on pictures', () => {
  const services = temporaryServices();
  const worker = pictureWorker(services);
  after(() => {
    worker.dispose();
  });

  it('is one for the extension, and does not start before it has work', () => {
    assert.equal(pictureWorker(services), worker);
    assert.equal(worker.isRunning, false);
    const dist = join(Uri.file(services.context.extensionUri.fsPath).fsPath, 'dist');
    const loaded = Object.keys(require.cache).filter((path) => path.startsWith(dist));
    assert.deepEqual(
      loaded.filter((path) => /vips|pictureThread/.test(path)),
      [],
    );
  });

  it('converts an AVIF with transparency', async () => {
    const picture = sharp({
      create: {
        width: 64,
        height: 48,
        channels: 4,
        background: { r: 9, g: 80, b: 200, alpha: 0.5 },
      },
    });
    const bytes = await picture.avif({ lossless: true }).toBuffer();
    const started = performance.now();
    const {
      info,
      bytes: png,
      said,
    } = await prepareUpload(
      { bytes, info: identifyPicture(bytes)! },
      {
        model: 'acme/painter',
        limits: { inputMimes: ['image/png'], maxPictureBytes: 1e6 },
        removeMetadata: true,
        check: (job) => worker.run(job),
        render: (job) => worker.run(job),
      },
    );
    console.log(`[test] first conversion took ${(performance.now() - started).toFixed(0)} ms`);
    assert.deepEqual([info.format, info.width, info.height], ['PNG', 64, 48]);
    assert.deepEqual(said, ['Sent as PNG: acme/painter does not take AVIF.']);
    assert.deepEqual(await sharp(png).raw().toBuffer(), await sharp(bytes).raw().toBuffer());
    assert.equal(worker.isRunning, true);
  });

  it('matches a large PNG and its colour profile', async () => {
    const plain = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: 'teal' } });
    const original = await plain(2400, 1800).withIccProfile('p3').png().toBuffer();
    const edited = await plain(1536, 1024).png().toBuffer();
    const { bytes, format } = await worker.run({
      type: 'match',
      original: { bytes: original, format: 'PNG' },
      edited: { bytes: edited, format: 'PNG' },
    });
    const [is, was] = await Promise.all([bytes, original].map((each) => sharp(each).metadata()));
    assert.deepEqual([format, is!.width, is!.height], ['PNG', 2400, 1800]);
    assert.deepEqual(is!.icc, was!.icc);
  });

  it('is free soon after its job is cancelled', async () => {
    const bytes = await sharp({
      create: { width: 4000, height: 3000, channels: 3, background: 'teal' },
    })
      .png()
      .toBuffer();
    const job: RenderJob = {
      type: 'render',
      bytes,
      format: 'PNG',
      formats: ['WebP'],
      maxSide: 3900,
    };
    const cancelled = new AbortController();
    const running = worker.run(job, cancelled.signal);
    cancelled.abort(new Error('enough'));
    await assert.rejects(running, /enough/);
    await until('end of the job', () => !worker.isBusy);
  });
});
