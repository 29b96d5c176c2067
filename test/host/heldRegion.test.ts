// A region is marked before anything is sent; whatever comes back, the saved file is the original outside of it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { markRegion, type MarkedRegion } from '../../src/compare/protocol';
import { until } from '../support/until';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';
import type { Question } from './support/user';

const [width, height] = [96, 64];
const middle = width / 2;

/** As the page sends it. */
const rightHalf = markRegion(width, height, (place) => place % width >= middle);
const bottomQuarter = markRegion(width, height, (place) => place >= width * height * 0.75);

describe('a region', () => {
  let trip: HostTrip;
  let original: Buffer;
  beforeEach(async () => {
    trip = await HostTrip.start();
    original = await sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    await trip.place('small.png', original);
  });
  afterEach(() => trip.end());

  /** The row about it; where it is there, its description. */
  const described = (question: Question, label: string) =>
    question.rows().find((row) => row.label === label)?.description;

  /** From the question to the page where it is marked. */
  async function open(question: Question, row: string): Promise<Page> {
    await question.choose(row);
    const page = await trip.pages.titled('Mark Region: small.png');
    const { versions } = await page.untilState('to mark in', ({ phase }) => phase === 'marking');
    assert.deepEqual(versions, []);
    await until('the original', () => page.picture('original'));
    assert.deepEqual(Buffer.from(page.picture('original')!), original);
    return page;
  }

  /** What the page was told last that is marked. */
  const told = (page: Page): MarkedRegion | undefined =>
    page.received.findLast((message) => message.type === 'region')?.region;

  for (const { model, hasMask } of [
    { model: 'openai/gpt-image-2', hasMask: true },
    { model: 'google/gemini-3.1-flash-image-preview', hasMask: false },
  ]) {
    it(`is held with ${model}, which gets ${hasMask ? 'a' : 'no'} mask`, async () => {
      void trip.begin('small.png');
      const question = await trip.user.asked('Edit small.png');
      await question.type('make it black and white');
      assert.equal(described(question, 'Mark Region…'), 'where the edit may happen');
      const marking = await open(question, 'Mark Region…');
      assert.equal(told(marking), undefined);
      marking.send({ type: 'region', region: rightHalf, done: false });
      marking.send({ type: 'region', region: rightHalf, done: true });
      // Nothing that was typed is lost, and what is marked is said.
      const again = await trip.user.asked('Edit small.png');
      assert.equal(again.value(), 'make it black and white');
      assert.equal(described(again, 'Change Region…'), '50 % of the picture may change');
      assert.equal(described(again, 'Mark Region…'), undefined);
      assert.equal(trip.sent.length, 0);
      await trip.answer('small.png', 'make it black and white', model);

      const page = await trip.pages.titled('Compare: small.png');
      const { comparison } = await page.untilCompared();
      await marking.untilClosed();
      const outside = comparison?.outsideShare ?? NaN;
      assert.ok(hasMask ? outside < 0.01 : outside > 0.01, `${outside} outside`);
      page.send({ type: 'accept', version: 0 });
      await trip.user.told('Saved small.edited.png');

      assert.deepEqual(await trip.made(), ['small.edited.png']);
      const saved = await readFile(join(trip.folder, 'small.edited.png'));
      const { data, info } = await sharp(saved).raw().toBuffer({ resolveWithObject: true });
      const before = await sharp(original).raw().toBuffer();
      assert.equal(data.length, before.length);
      const changed = [...data.keys()].filter((at) => data[at] !== before[at]);
      const columns = changed.map((at) => Math.floor(at / info.channels) % width);
      assert.ok(columns.length > 1000, `${columns.length} bytes changed`);
      assert.ok(Math.min(...columns) >= middle, `changed at ${Math.min(...columns)}`);

      assert.equal(trip.sent.length, 1);
      const [request] = trip.sent;
      assert.equal('mask' in (request!.body as object), hasMask);
    });
  }

  it('goes where it is cancelled, and what was marked before stays', async () => {
    void trip.begin('small.png');
    const marking = await open(await trip.user.asked('Edit small.png'), 'Mark Region…');
    marking.send({ type: 'region', region: bottomQuarter, done: true });
    const marked = await trip.user.asked('Edit small.png');
    assert.equal(described(marked, 'Change Region…'), '25 % of the picture may change');
    // Begun anew, and given up.
    await marked.choose('Change Region…');
    await until('the tab in front', () => marking.isVisible);
    marking.send({ type: 'region', region: undefined, done: false });
    marking.send({ type: 'cancel' });
    await marking.untilClosed();
    const again = await trip.user.asked('Edit small.png');
    assert.equal(described(again, 'Change Region…'), '25 % of the picture may change');
    // The tab that is opened then begins with it.
    const second = await open(again, 'Change Region…');
    await until('what is marked', () => told(second));
    assert.deepEqual(told(second), bottomQuarter);
    second.send({ type: 'cancel' });
    await (await trip.user.asked('Edit small.png')).escape();
    await until('end of the question', () => !trip.isUnderWay);
    assert.ok(trip.pages.all.every(({ isOpen }) => !isOpen));
    assert.deepEqual(trip.sent, []);
  });

  it('that was never more than begun is none', async () => {
    void trip.begin('small.png');
    const marking = await open(await trip.user.asked('Edit small.png'), 'Mark Region…');
    marking.send({ type: 'region', region: rightHalf, done: false });
    marking.send({ type: 'cancel' });
    await marking.untilClosed();
    const again = await trip.user.asked('Edit small.png');
    assert.equal(described(again, 'Mark Region…'), 'where the edit may happen');
    assert.equal(described(again, 'Change Region…'), undefined);
  });

  it('stays with the instruction that is tried again', async () => {
    void trip.begin('small.png');
    const marking = await open(await trip.user.asked('Edit small.png'), 'Mark Region…');
    marking.send({ type: 'region', region: rightHalf, done: true });
    await trip.answer('small.png', 'refuse this', 'openai/gpt-image-2');
    (await trip.user.told('small.png:')).press('Change the Instruction');
    const again = await trip.user.asked('Edit small.png');
    assert.equal(again.value(), 'refuse this');
    assert.equal(described(again, 'Change Region…'), '50 % of the picture may change');
  });
});
