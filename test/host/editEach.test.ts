// Several images edited in the same way: what is asked, sent, shown and said, from the selection to the review.
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Uri, workspace } from 'vscode';
import type { BatchState, Found } from '../../src/compare/batchProtocol';
import { foundInWords } from '../../src/compare/foundInWords';
import { runEditImage } from '../../src/edit/commands';
import { journalFolder } from '../../src/edit/journalFolder';
import { until } from '../support/until';
import { MemoryFileSystem } from './support/memoryFileSystem';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';
import { readSample } from './support/keptSession';
import type { Message } from './support/user';

const model = 'openai/gpt-image-2';
const colours = ['#c83c28', '#28783c', '#283cc8', '#c8b428', '#783cc8'];
const names = ['banner.webp', 'photo.jpg', 'logo.png', 'portrait.jpg', 'broken.png'];
const broken = 'broken.png';

describe('a batch', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await HostTrip.start({ matchOriginal: false });
    trip.gateway.pictureSize = { width: 48, height: 32 };
    for (const [at, name] of names.entries()) await trip.draw(name, { colour: colours[at]! });
  });
  afterEach(() => trip.end());

  /** From the selection to the dialog that says what it costs. */
  async function select(instruction: string, files: readonly string[] = names): Promise<Message> {
    const [first = ''] = files;
    const many = `${files.length} images`;
    void trip.begin(first, ...files);
    await (await trip.user.asked(`Edit ${many}`)).choose('Edit each');
    await trip.answer(many, instruction, model);
    return trip.user.told(`Edit ${many} with ${model}?`);
  }

  /** From the selection to the panel. */
  async function start(instruction: string, files: readonly string[] = names): Promise<Page> {
    const start = `Edit ${files.length} images`;
    (await select(instruction, files)).press(start);
    return trip.pages.titled(start);
  }

  const states = ({ rows }: BatchState) => rows.map(({ state }) => state).join(' ');
  const untilRows = (page: Page, expected: string) =>
    page.untilBatch(expected, (batch) => states(batch) === expected);
  const sentences = ({ rows }: BatchState) => rows.map(({ sentence }) => sentence);
  /** Those that the gateway is at work on. */
  const untilSent = (count: number) =>
    until(
      `${count} requests`,
      () => trip.sent.filter(({ billed }) => billed).length === count,
      () => trip.sent.length,
    );

  async function accept(page: Page, name: string): Promise<void> {
    page.send({ type: 'accept', version: 0 });
    await trip.user.told(`Saved ${name}`);
  }

  /** The one tab of a review, once it shows this one of them. */
  async function reviewed(name: string, position: number, count: number): Promise<Page> {
    const page = await trip.pages.titled(`Compare: ${name}`);
    const { queue } = await page.untilReview();
    assert.deepEqual(queue, { position, count });
    const tabs = trip.pages.all.filter((one) => one.isOpen && one.title.startsWith('Compare: '));
    assert.equal(tabs.length, 1);
    return page;
  }

  it('edits each with one request, tries the failed again, and is reviewed in one tab', async () => {
    await trip.place(broken, Buffer.from('no picture'));
    void trip.begin('banner.webp', ...names);
    await (await trip.user.asked('Edit 5 images')).choose('Edit each');
    const rows = (await trip.user.asked('Edit 5 images')).rows();
    assert.ok(!rows.some(({ label }) => label.includes('Mark Region…')));
    await trip.answer('5 images', 'paint it blue', model);
    const dialog = await trip.user.told(`Edit 5 images with ${model}?`);
    assert.equal(
      dialog.detail,
      'Each is a request of its own. Cost unknown: no such edit has been made yet, or its gateway did not say.',
    );
    assert.equal(trip.sent.length, 0);
    dialog.press('Edit 5 images');
    const batch = await trip.pages.titled('Edit 5 images');
    const half = await untilRows(batch, 'done done done done failed');
    assert.deepEqual(
      half.rows.map(({ name }) => name),
      names.map((name) => workspace.asRelativePath(trip.uri(name))),
    );
    assert.deepEqual(sentences(half), [
      ...[undefined, undefined, undefined, undefined],
      'It is no picture, or a damaged one, whatever its name says. Nothing was charged.',
    ]);
    assert.deepEqual(
      [half.title, half.instruction, half.model, half.isPaused],
      ['Edit 5 images', 'paint it blue', model, false],
    );
    assert.deepEqual([half.cost, half.toReview], ['$0.0480', 4]);
    assert.deepEqual(
      trip.sent.map((sent) => [sent.instruction, sent.model, sent.pictures]),
      Array(4).fill(['paint it blue', model, 1]),
    );

    await trip.draw(broken, { colour: colours[4]! });
    batch.send({ type: 'retryFailed' });
    const whole = await untilRows(batch, 'done done done done done');
    assert.deepEqual([whole.cost, whole.toReview], ['$0.0600', 5]);
    assert.equal(trip.sent.length, 5);
    // A panel that was seen all the time says it: no message does.
    assert.ok(!trip.user.said.some((text) => / edited/.test(text)));

    batch.send({ type: 'review' });
    await accept(await reviewed('banner.webp', 1, 5), 'banner.edited.png');
    (await reviewed('photo.jpg', 2, 5)).send({ type: 'discard' });
    await accept(await reviewed('logo.png', 3, 5), 'logo.edited.png');
    const fourth = await reviewed('portrait.jpg', 4, 5);
    const between = await untilRows(batch, 'saved discarded saved done done');
    assert.equal(between.toReview, 0, 'it is being reviewed');
    // A second review beside it is none.
    batch.send({ type: 'review' });
    fourth.close();
    (await trip.user.told('2 edits of 5 images are not reviewed yet.')).press('Review');
    await accept(await reviewed('portrait.jpg', 1, 2), 'portrait.edited.png');
    const last = await reviewed(broken, 2, 2);
    last.send({ type: 'accept', version: 0 });
    const saved = await trip.user.told('Saved broken.edited.png');
    await last.untilClosed();
    await untilRows(batch, 'saved discarded saved saved saved');
    assert.deepEqual(await trip.made(), [
      'banner.edited.png',
      'broken.edited.png',
      'logo.edited.png',
      'portrait.edited.png',
    ]);
    for (const name of await trip.made()) {
      const bytes = await trip.read(name);
      assert.equal(trip.sent.filter(({ answered }) => bytes.equals(answered[0]!)).length, 1, name);
    }

    saved.press('Undo');
    const back = await trip.pages.titled(`Compare: ${broken}`);
    await back.untilReview();
    assert.equal((await trip.made()).length, 3);
    assert.equal(trip.sent.length, 5);
  });

  it('says of each what changed before it is opened, and in the list of edits after a reload', async () => {
    const side = { width: 160, height: 160 };
    trip.gateway.pictureSize = side;
    const grey = sharp({ create: { ...side, channels: 3, background: '#6e6e6e' } }).png();
    // The gateway is to turn them: of a bar other parts are covered then, and a photograph becomes another picture.
    const bar = { create: { width: 60, height: 20, channels: 3, background: '#fafafa' } } as const;
    const photo = sharp(await readSample('photo.jpg'))
      .resize(160, 160)
      .png();
    await trip.place('same.png', await grey.clone().toBuffer());
    await trip.place(
      'bar.png',
      await grey
        .clone()
        .composite([{ input: bar }])
        .toBuffer(),
    );
    await trip.place('other.png', await photo.toBuffer());
    const batch = await start('rotate it', ['same.png', 'bar.png', 'other.png']);
    const words = ({ rows }: BatchState) =>
      rows.map(({ found }) => (typeof found === 'object' ? foundInWords(found) : found));
    const seen = await batch.untilBatch('that is compared', ({ rows }) =>
      rows.every(({ found }) => typeof found === 'object'),
    );
    const [same, planted, other] = words(seen);
    assert.equal(same, 'no change');
    assert.match(planted ?? '', /^1 main change, \d+(\.\d)? %$/);
    assert.equal(other, 'redrawn as a whole');

    // The panel says the same.
    batch.send({ type: 'review' });
    (await reviewed('same.png', 1, 3)).send({ type: 'discard' });
    const { comparison } = await (await reviewed('bar.png', 2, 3)).untilCompared();
    const [change, ...others] = comparison?.changes ?? [];
    assert.deepEqual([change?.share, others], [(seen.rows[1]!.found as Found).share, []]);

    await trip.reload();
    void trip.showEdits();
    const list = await trip.user.asked('Edits');
    const details = list.rows().map(({ detail }) => detail ?? '');
    for (const one of words(seen)) {
      assert.equal(details.filter((detail) => detail.includes(` · ${one} · `)).length, 1, one);
    }
    await list.escape();
  });

  it('says what the last such edit cost, and sends nothing where the user does not confirm', async () => {
    const page = await trip.edit('logo.png', 'make it brighter', model);
    page.send({ type: 'discard' });
    await page.untilClosed();
    const begun = trip.begin('logo.png', 'logo.png', 'photo.jpg');
    await (await trip.user.asked('Edit 2 images')).choose('Edit each');
    await trip.answer('2 images', 'never mind', model);
    const dialog = await trip.user.told('Edit 2 images with');
    assert.equal(
      dialog.detail,
      'Each is a request of its own. The last such edit cost $0.0120: $0.0240 for all of them.',
    );
    dialog.dismiss();
    await begun;
    assert.equal(trip.sent.length, 1);
    assert.ok(!trip.pages.all.some(({ title }) => title === 'Edit 2 images'));
  });

  it('says that a part of the cost is unknown', async () => {
    trip.gateway.tellsCost = false;
    trip.gateway.hasBalance = false;
    await trip.set('editsAtOnce', 1);
    await trip.place(broken, Buffer.from('no picture'));
    const batch = await start('make it brighter', ['logo.png', broken]);
    const half = await untilRows(batch, 'done failed');
    assert.equal(half.cost, 'cost unknown');
    trip.gateway.tellsCost = true;
    await trip.draw(broken);
    batch.send({ type: 'retryFailed' });
    const whole = await untilRows(batch, 'done done');
    assert.equal(whole.cost, '$0.0120, and 1 of unknown cost');
  });

  it('names its images as the workspace does', async () => {
    const folder = workspace.workspaceFolders![0]!.uri;
    const uris = ['first.png', 'second.png'].map((name) => Uri.joinPath(folder, 'inside', name));
    try {
      for (const uri of uris) await workspace.fs.writeFile(uri, Buffer.from('no picture'));
      void runEditImage(trip.services, uris[0], uris);
      await (await trip.user.asked('Edit 2 images')).choose('Edit each');
      await trip.answer('2 images', 'make it brighter', model);
      (await trip.user.told('Edit 2 images with')).press('Edit 2 images');
      const batch = await trip.pages.titled('Edit 2 images');
      const { rows } = await untilRows(batch, 'failed failed');
      assert.deepEqual(
        rows.map(({ name }) => name),
        ['inside/first.png', 'inside/second.png'],
      );
    } finally {
      await rm(join(folder.fsPath, 'inside'), { recursive: true, force: true });
    }
  });

  it('goes on without its panel, is paused, and the rest can be cancelled', async () => {
    trip.gateway.delayMs = 120_000;
    const first = await start('paint it slowly');
    await untilRows(first, 'editing editing editing waiting waiting');
    await untilSent(3);
    first.close();
    const goesOn = await trip.user.told('Editing 5 images goes on in the background.');
    assert.deepEqual(goesOn.buttons, ['Show', 'Cancel the Rest']);
    goesOn.press('Show');
    const second = await trip.pages.titled('Edit 5 images');
    second.send({ type: 'pause' });
    await second.untilBatch('that is paused', ({ isPaused }) => isPaused);
    second.close();
    const paused = await trip.user.told('Editing 5 images is paused.');
    assert.deepEqual(paused.buttons, ['Show', 'Cancel the Rest']);
    paused.dismiss();
    // Nothing but the status bar has it now.
    const item = await trip.items.labelled('Retouch, 5 images: 0 of 5 edited, paused');
    assert.equal(item.text, '$(debug-pause) Retouch: 0 of 5 edited, paused');
    assert.equal(item.tooltip, 'Show how editing 5 images stands');
    await trip.items.click(item);
    const third = await trip.pages.titled('Edit 5 images');
    await third.untilBatch('that is paused', ({ isPaused }) => isPaused);
    third.send({ type: 'resume' });
    await third.untilBatch('that goes on', ({ isPaused }) => !isPaused);
    await trip.items.labelled('Retouch, 5 images: 0 of 5 edited');
    assert.equal(item.text, '$(loading~spin) Retouch: 0 of 5 edited');
    third.send({ type: 'cancelRest' });
    const over = await untilRows(third, 'cancelled cancelled cancelled cancelled cancelled');
    assert.deepEqual(sentences(over), [
      ...Array<string>(3).fill('The gateway may charge for it all the same.'),
      ...Array<string>(2).fill('Nothing was sent.'),
    ]);
    assert.deepEqual([over.cost, over.toReview], [undefined, 0]);
    await trip.items.untilNone();
    assert.equal(trip.sent.length, 3);
    assert.deepEqual(await trip.made(), []);
  });

  it('downloads again what was paid for and did not come, and sends it no second time', async () => {
    trip.gateway.answerWith = 'url';
    // All tries of one picture.
    trip.gateway.resetDownloads = 4;
    await trip.set('editsAtOnce', 1);
    const batch = await start('make it brighter', ['logo.png', 'photo.jpg']);
    const failed = await untilRows(batch, 'failed done');
    assert.match(
      sentences(failed)[0] ?? '',
      /could not be downloaded.* Retry Failed downloads it again, which costs nothing\.$/,
    );
    batch.send({ type: 'retryFailed' });
    await untilRows(batch, 'done done');
    assert.equal(trip.sent.length, 2);
  });

  it('says of each what cannot be shown of it, and goes on', async () => {
    trip.gateway.pictureCount = 2;
    await trip.set('editsAtOnce', 1);
    // All of the first, one of the second.
    trip.gateway.spoil = (bytes, at) =>
      trip.sent.length === 1 || at === 1 ? bytes.subarray(0, bytes.length >> 1) : bytes;
    const batch = await start('make it brighter', ['logo.png', 'photo.jpg']);
    const ended = await untilRows(batch, 'failed done');
    assert.match(
      sentences(ended)[0] ?? '',
      /^None of the 2 edited pictures can be shown: it is cut off or damaged\. .* Show Edits… saves it as it was received\.$/,
    );
    assert.equal(
      sentences(ended)[1],
      '1 of its pictures cannot be shown, but can be saved as it was received. Show Edits… does that.',
    );
    batch.send({ type: 'review' });
    const page = await reviewed('photo.jpg', 1, 1);
    assert.equal(page.state?.versions.length, 1);
    assert.ok(trip.sent[1]!.answered[0]!.equals(page.picture(0)!));
  });

  it('begins no other one while it is paused', async () => {
    trip.gateway.delayMs = 120_000;
    await trip.set('editsAtOnce', 1);
    const files = ['logo.png', 'photo.jpg'];
    const batch = await start('make it brighter', files);
    await untilSent(1);
    batch.send({ type: 'pause' });
    trip.gateway.delayMs = 0;
    await untilRows(batch, 'done waiting');
    assert.equal(trip.sent.length, 1);
    batch.send({ type: 'resume' });
    await untilRows(batch, 'done done');
    assert.equal(trip.sent.length, 2);
  });

  it('is shown in its panel where that is open, and cancelled from the message where it is not', async () => {
    trip.gateway.delayMs = 120_000;
    const batch = await start('paint it slowly', ['logo.png', 'photo.jpg']);
    await untilSent(2);
    const item = await trip.items.labelled('Retouch, 2 images: 0 of 2 edited');
    batch.show(false);
    await trip.items.click(item);
    assert.ok(batch.isVisible);
    assert.equal(trip.pages.all.length, 1, 'no other tab');
    batch.close();
    (await trip.user.told('goes on in the background')).press('Cancel the Rest');
    await trip.items.untilNone();
    assert.ok(trip.sent.every(({ aborted }) => aborted));
    const over = await trip.user.told('0 of 2 images are edited.');
    assert.deepEqual(over.buttons, ['Show']);
    over.press('Show');
    await untilRows(await trip.pages.titled('Edit 2 images'), 'cancelled cancelled');
  });

  it('says that it is over where nobody sees its panel, and is reviewed from there', async () => {
    trip.gateway.delayMs = 120_000;
    await trip.place(broken, Buffer.from('no picture'));
    const batch = await start('make it brighter', ['logo.png', broken]);
    await untilSent(1);
    batch.close();
    (await trip.user.told('goes on in the background')).dismiss();
    trip.gateway.delayMs = 0;
    const over = await trip.user.told('1 of 2 images is edited, 1 failed.');
    assert.deepEqual(over.buttons, ['Review', 'Show']);
    over.press('Review');
    const page = await reviewed('logo.png', 1, 1);
    page.close();
    (await trip.user.told('1 edit of 2 images is not reviewed yet.')).press('Review');
    await accept(await reviewed('logo.png', 1, 1), 'logo.edited.png');
    await page.untilClosed();
    assert.deepEqual(await trip.made(), ['logo.edited.png']);
  });

  it('fails alone where an image was changed after it was selected, and takes it when tried again', async () => {
    trip.gateway.delayMs = 120_000;
    await trip.set('editsAtOnce', 1);
    const batch = await start('invert it', ['logo.png', 'photo.jpg', 'portrait.jpg']);
    await untilSent(1);
    await trip.draw('photo.jpg', { width: 64, colour: '#102030' });
    trip.gateway.delayMs = 0;
    const half = await untilRows(batch, 'done failed done');
    assert.equal(
      half.rows[1]?.sentence,
      'It was changed after you had selected it. Nothing was charged.',
    );
    assert.equal(trip.sent.length, 2);
    batch.send({ type: 'retryFailed' });
    await untilRows(batch, 'done done done');
    assert.equal(trip.sent.length, 3);
  });

  it('fails alone where the gateway refuses one', async () => {
    await trip.set('editsAtOnce', 1);
    trip.gateway.delayMs = 120_000;
    const batch = await start('make it brighter', ['logo.png', 'photo.jpg']);
    await untilSent(1);
    // From here on for no other one.
    trip.gateway.busySeconds = 3600;
    trip.gateway.delayMs = 0;
    const half = await untilRows(batch, 'done failed');
    assert.match(half.rows[1]?.sentence ?? '', /Nothing was charged\.$/);
    assert.equal(half.toReview, 1);
  });

  it('asks once whether to send less than there is, and sends nothing without an answer', async () => {
    const frame = { width: 48, height: 32, channels: 3 } as const;
    const frames = await Promise.all(
      ['#102030', '#302010'].map((background) =>
        sharp({ create: { ...frame, background } })
          .png()
          .toBuffer(),
      ),
    );
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    await trip.place('first.gif', moving);
    await trip.place('second.gif', moving);
    const batch = await start('make it brighter', ['first.gif', 'second.gif']);
    const question = await trip.user.told('Others of 2 images may be as well.');
    assert.deepEqual(question.buttons, ['Send']);
    question.dismiss();
    const over = await untilRows(batch, 'cancelled cancelled');
    assert.deepEqual(sentences(over), ['Nothing was sent.', 'Nothing was sent.']);
    assert.equal(trip.user.said.filter((text) => text.includes('Others of')).length, 1);
    assert.deepEqual(trip.sent, []);
    batch.close();

    const again = await start('make it darker', ['first.gif', 'second.gif']);
    (await trip.user.told('Others of 2 images may be as well.')).press('Send');
    await untilRows(again, 'done done');
    assert.equal(trip.user.said.filter((text) => text.includes('Others of')).length, 2);
  });

  it('is refused where nothing can be kept on disk: only the journal can hold so many pictures', async () => {
    const storage = trip.services.context.globalStorageUri;
    await writeFile(journalFolder(storage), 'a file in its place');
    const batch = await start('make it brighter', ['logo.png', 'photo.jpg']);
    const { rows } = await untilRows(batch, 'failed failed');
    assert.equal(
      rows[0]?.sentence,
      'Here edits cannot be kept on disk. Edit the images one by one. Nothing was charged.',
    );
    assert.deepEqual(trip.sent, []);
  });

  it('shows at once what could not be kept on disk, and pauses', async () => {
    trip.gateway.delayMs = 120_000;
    await trip.set('editsAtOnce', 1);
    const batch = await start('invert it', ['logo.png', 'photo.jpg']);
    await untilSent(1);
    const root = journalFolder(trip.services.context.globalStorageUri);
    const [job = ''] = await readdir(root);
    // Nothing of the answer can be written where a folder has its name.
    await mkdir(join(root, job, 'answer-1'));
    trip.gateway.delayMs = 0;
    await trip.user.told(/^The edit of logo\.png is here, but could not be kept on disk \(/);
    const page = await trip.pages.titled('Compare: logo.png');
    await page.untilReview();
    const half = await untilRows(batch, 'done waiting');
    assert.deepEqual([half.isPaused, half.toReview], [true, 0]);
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved logo.edited.png');
    assert.ok((await trip.read('logo.edited.png')).equals(trip.sent[0]!.answered[0]!));
    assert.equal(trip.sent.length, 1);
    batch.send({ type: 'resume' });
    await untilRows(batch, 'done done');
  });

  it('says before anything is asked that nothing can be saved beside one', async () => {
    const files = new MemoryFileSystem();
    const registered = workspace.registerFileSystemProvider('readonly', files, {
      isReadonly: true,
    });
    try {
      await until(
        'file system that nothing can be written to',
        () => workspace.fs.isWritableFileSystem('readonly') === false,
      );
      const uris = [Uri.parse('readonly:/fixed.png'), trip.uri('logo.png')];
      const begin = async () => {
        const begun = runEditImage(trip.services, uris[0], uris);
        await (await trip.user.asked('Edit 2 images')).choose('Edit each');
        const warning = await trip.user.told(
          'fixed.png lies where nothing can be written. The edited picture can only be saved elsewhere, with Save As….',
        );
        return { begun, warning };
      };
      const { begun, warning } = await begin();
      warning.dismiss();
      await begun;
      const second = await begin();
      second.warning.press('Go On');
      await (await trip.user.asked('Edit 2 images')).escape();
      await second.begun;
      assert.deepEqual(trip.sent, []);
    } finally {
      registered.dispose();
    }
  });

  it('says what stands in its way, and is tried again with what was asked', async () => {
    await trip.set('baseUrl', 'no address');
    void trip.begin('logo.png', 'logo.png', 'photo.jpg');
    await (await trip.user.asked('Edit 2 images')).choose('Edit each');
    const refused = await trip.user.told(/^2 images: .* Nothing was charged\.$/);
    assert.deepEqual(refused.buttons, ['Try Again', 'Open Settings']);
    await trip.set('baseUrl', trip.gateway.url);
    refused.press('Try Again');
    await (await trip.user.asked('Edit 2 images')).escape();
    assert.deepEqual(trip.sent, []);
  });

  it('offers after a reload what had not begun, and sends nothing without being told to', async () => {
    trip.gateway.delayMs = 120_000;
    const batch = await start('paint it later');
    await untilRows(batch, 'editing editing editing waiting waiting');
    await untilSent(3);
    await trip.reload();
    trip.gateway.delayMs = 0;
    await trip.lookAfterEdits();
    await trip.user.told(
      '3 edits were sent and never answered: they may have been charged, and are not sent again by themselves.',
    );
    const offer = await trip.user.told('Editing 5 images was interrupted: 2 had not begun.');
    assert.deepEqual(offer.buttons, ['Edit Them…']);
    assert.equal(trip.sent.length, 3);
    offer.press('Edit Them…');
    const question = await trip.user.asked('Edit 2 images');
    assert.equal(question.value(), 'paint it later');
    await trip.answer('2 images', 'paint it later', model);
    (await trip.user.told('Edit 2 images with')).press('Edit 2 images');
    const rest = await trip.pages.titled('Edit 2 images');
    const { rows } = await untilRows(rest, 'done done');
    assert.equal(trip.sent.length, 5);
    assert.deepEqual(
      rows.map(({ name }) => name),
      names.slice(3).map((name) => workspace.asRelativePath(trip.uri(name))),
    );
    // Asked once: the next window has nothing to offer.
    await trip.reload();
    const offers = () => trip.user.said.filter((text) => text.includes('interrupted')).length;
    assert.equal(offers(), 1);
    await trip.lookAfterEdits();
    await trip.user.told('2 finished edits were not reviewed.');
    assert.equal(offers(), 1);
    assert.equal(trip.sent.length, 5);
  });

  it('offers the only one that had not begun as an edit of its own', async () => {
    trip.gateway.delayMs = 120_000;
    await trip.set('editsAtOnce', 1);
    await start('paint it later', ['logo.png', 'photo.jpg']);
    await untilSent(1);
    await trip.reload();
    trip.gateway.delayMs = 0;
    await trip.lookAfterEdits();
    const offer = await trip.user.told('Editing 2 images was interrupted: 1 had not begun.');
    assert.deepEqual(offer.buttons, ['Edit It…']);
    offer.press('Edit It…');
    assert.equal((await trip.user.asked('Edit photo.jpg')).value(), 'paint it later');
    await trip.answer('photo.jpg', 'paint it later', model);
    await (await trip.pages.titled('Compare: photo.jpg')).untilReview();
    assert.deepEqual(
      trip.sent.map(({ instruction }) => instruction),
      ['paint it later', 'paint it later'],
    );
  });
});
