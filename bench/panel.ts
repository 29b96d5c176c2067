// Takes nothing; measures in a real VS Code how long an answer takes to be seen, how smoothly large pictures move, and how
// long a comparison keeps the extension host waiting; beside VS Code's own image preview. Fails where a bar is missed.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import sharp from 'sharp';
import { Comparing } from '../src/edit/comparing';
import { identifyPicture } from '../src/picture/identify';
import { PictureWorker } from '../src/picture/pictureWorker';
import {
  edit,
  rightClickEdit,
  answer,
  closeTabs,
  startTrip,
  tidy,
  type Trip,
} from '../test/e2e/support/trip';
import { conclude } from './conclude';
import { formatLines, median } from './judge';
import { watchStalls } from './measure';

const bars = {
  /** Milliseconds from the answer's last byte to its picture. */
  painted: 300,
  /** Milliseconds in which the extension host does nothing else. */
  stall: 50,
  /** Frames a second while pictures are moved. */
  frames: 60,
};

const rounds = 9;

/** Frames that are watched. */
const watched = 180;

/** Milliseconds that the gateway takes, so that everything else has come to rest. */
const work = 1500;

interface Row {
  readonly name: string;
  readonly said: string;
  /** Undefined where there is no bar. */
  readonly isKept?: boolean;
}

/** In the page: when the edited picture is next seen, in milliseconds since the epoch. */
const untilPainted = `new Promise((resolve) => {
  document.getElementById('edited').addEventListener('load', () =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now()))), { once: true });
})`;

/** In the page of VS Code's own preview: when its picture was seen. */
const whenPainted = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const last = list.getEntries().at(-1);
    if (last) resolve(performance.timeOrigin + last.startTime);
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => resolve(0), 1000);
})`;

/** In the page: the milliseconds of each frame while the wheel moves the pictures. */
const frameTimes = (view: string) => `(async () => {
  const view = document.getElementById('${view}');
  const times = [];
  const places = new Set();
  let last = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < ${watched}; frame++) {
    const way = Math.floor(frame / 45) % 2 === 0 ? 6 : -6;
    view.dispatchEvent(new WheelEvent('wheel', { deltaX: way, deltaY: way / 2, bubbles: true, cancelable: true }));
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    places.add(document.getElementById('edited').style.transform);
    last = now;
  }
  if (places.size < 40) throw new Error('the pictures did not move');
  return times;
})()`;

/** From the last byte of a 1024² answer to its picture. */
async function measurePainted(trip: Trip): Promise<number[]> {
  const { gateway, workbench } = trip;
  const times: number[] = [];
  gateway.delayMs = work;
  for (let round = 0; round <= rounds; round++) {
    await rightClickEdit(trip, 'logo.png');
    await answer(trip, `bench ${round}`, 'openai/gpt-image-2');
    await workbench.webview().getByText('Editing…').first().waitFor();
    const painted = (await workbench.webviewFrame()).evaluate<number>(untilPainted);
    const at = await painted;
    const sent = gateway.requests.findLast(({ method }) => method === 'POST');
    // The first one loads what the others find.
    if (round > 0) times.push(at - (sent?.sentAt ?? 0));
    await tidy(trip);
  }
  gateway.delayMs = 0;
  return times;
}

/** From the click to the picture, in VS Code's own preview. */
async function measurePreview(trip: Trip, file: string): Promise<number[]> {
  const { page } = trip.workbench;
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const clicked = page.evaluate<number>(
      `new Promise((resolve) => window.addEventListener('click', () => resolve(Date.now()), { once: true, capture: true }))`,
    );
    await trip.workbench.explorerItem(file).click();
    const began = await clicked;
    const frame = await previewFrame(page);
    const at = await frame.evaluate<number>(whenPainted);
    if (round > 0) times.push(at - began);
    await closeTabs(trip);
  }
  return times;
}

/** The one that shows a picture. */
async function previewFrame(page: Page): Promise<Frame> {
  for (;;) {
    for (const frame of page.frames()) {
      const shows = await frame
        .evaluate<boolean>(
          `document.body?.classList.contains('image') === true || document.querySelector('.container.image img') !== null`,
        )
        .catch(() => false);
      if (shows) return frame;
    }
    await page.waitForTimeout(20);
  }
}

async function measureFrames(trip: Trip, mode: string, view: string): Promise<number[]> {
  const panel = trip.workbench.webview();
  await panel.getByRole('radio', { name: mode }).check({ force: true });
  await panel.getByRole('button', { name: 'Actual Size' }).click();
  const frame = await trip.workbench.webviewFrame();
  await frame.evaluate(frameTimes(view));
  return frame.evaluate<number[]>(frameTimes(view));
}

function framesInWords(times: readonly number[]): { said: string; rate: number } {
  const rate = (1000 * times.length) / times.reduce((sum, time) => sum + time, 0);
  const long = times.filter((time) => time > 25).length;
  return {
    said: `${rate.toFixed(0)} frames a second, ${long} of ${times.length} longer than 25 ms`,
    rate,
  };
}

/** While two pictures are compared as in the extension host: this thread is all that it has. */
async function measureStall(original: Uint8Array, edited: Uint8Array): Promise<number> {
  const worker = new PictureWorker(resolve('dist/pictureThread.js'));
  const picture = (bytes: Uint8Array) => ({ bytes, info: identifyPicture(bytes)! });
  const stop = watchStalls();
  await new Promise<void>((done, failed) => {
    const comparing = new Comparing({
      original: picture(original),
      versions: [picture(edited)],
      worker,
      panel: () => ({
        update: ({ comparison }) => {
          if (comparison?.problem !== undefined) failed(new Error(comparison.problem));
          if (comparison?.busy === false) done();
        },
        showPreview: () => undefined,
        showHeat: () => undefined,
      }),
      log: () => undefined,
      matchOriginal: true,
    });
    comparing.show(0);
  });
  const stall = stop();
  worker.dispose();
  return stall;
}

/** A photograph as large as a telephone makes them. */
function paintPhotograph(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="3000"><defs><linearGradient id="sky" x2="0" y2="1">
    <stop stop-color="#274b7a"/><stop offset="1" stop-color="#f2c48d"/></linearGradient></defs>
    <rect width="4000" height="3000" fill="url(#sky)"/><circle cx="2900" cy="900" r="300" fill="#ffe9b8"/>
    <path d="M0 2300L800 1500L1400 2100L2300 1400L3200 2200L4000 1700V3000H0z" fill="#3c5a4c"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 92 }).toBuffer();
}

async function main(): Promise<void> {
  const begun = Date.now();
  const rows: Row[] = [];
  const photograph = await paintPhotograph();
  const trip = await startTrip({ largeSamples: true, files: { 'large.jpg': photograph } });
  try {
    const { workspace, gateway, workbench } = trip;
    const painted = await measurePainted(trip);
    const answered = gateway.requests.findLast(({ method }) => method === 'POST')!.answered[0]!;
    await writeFile(join(workspace, 'answer.png'), answered);
    await workbench.explorerItem('answer.png').waitFor();
    const preview = await measurePreview(trip, 'answer.png');
    const range = (times: readonly number[]) =>
      `median ${median(times).toFixed(0)} ms, ${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} ms in ${times.length}`;
    rows.push({
      name: 'last byte of a 1024² answer to its picture',
      said: `${range(painted)}; at most ${bars.painted} ms`,
      isKept: median(painted) <= bars.painted,
    });
    rows.push({
      name: 'VS Code’s own preview of the same file, from the click',
      said: range(preview),
    });

    await edit(trip, 'large.jpg', 'add a cat', 'openai/gpt-image-2');
    const panel = workbench.webview();
    await panel
      .getByRole('status')
      .filter({ hasText: /\d+ changes?,/ })
      .waitFor();
    for (const [mode, view] of [
      ['Side by Side', 'editedView'],
      ['Swipe', 'bothView'],
      ['Onion Skin', 'bothView'],
    ] as const) {
      const { said, rate } = framesInWords(await measureFrames(trip, mode, view));
      rows.push({
        name: `moving 12 MP, ${mode}`,
        said: `${said}; at least ${bars.frames}`,
        // A screen of 60 frames a second never has one more.
        isKept: rate >= bars.frames - 0.5,
      });
    }
    const [post] = gateway.requests.filter(({ instruction }) => instruction === 'add a cat');
    const stall = await measureStall(photograph, post!.answered[0]!);
    rows.push({
      name: 'the extension host while 12 MP are compared',
      said: `longest stall ${stall.toFixed(1)} ms; at most ${bars.stall} ms`,
      isKept: stall <= bars.stall,
    });
  } finally {
    await trip.close();
  }
  console.log(
    `\n${formatLines(
      ['', 'measured', 'bar'],
      rows.map(({ name, said, isKept }) => [
        name,
        said,
        isKept === undefined ? '' : isKept ? 'kept' : '✘ missed',
      ]),
    )}\n`,
  );
  conclude(
    begun,
    rows.flatMap(({ name, said, isKept }) => (isKept === false ? [`${name}: ${said}`] : [])),
    [`VS Code ${process.env['RETOUCH_VSCODE']} in Chromium, drawn without a graphics card`],
  );
}

void main();
