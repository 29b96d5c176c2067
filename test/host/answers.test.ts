// What comes back beside one picture: several of them, partial ones on the way, and a gateway that is busy.
import assert from 'node:assert/strict';
import type { PanelState } from '../../src/compare/protocol';
import { identifyPicture } from '../../src/picture/identify';
import { until } from '../support/until';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';

const model = 'openai/gpt-image-2';
const photo = 'photo.jpg';

describe('an answer', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await HostTrip.start({ matchOriginal: false });
    trip.gateway.pictureSize = { width: 48, height: 32 };
    await trip.draw(photo);
  });
  afterEach(() => trip.end());

  /** From the command to the panel; the edit runs. */
  async function begin(): Promise<Page> {
    void trip.begin(photo);
    await trip.answer(photo, 'make it brighter', model);
    return trip.pages.titled(`Compare: ${photo}`);
  }

  const saved = ({ versions }: PanelState) => versions.map((one) => one.saved);
  const untilShown = (page: Page, version: number) =>
    page.untilState(
      `with version ${version + 1}`,
      ({ phase, shown }) => phase === 'review' && shown === version,
    );
  const money = () => trip.sent.map(({ status, billed }) => [status, billed]);

  it('of several pictures has all of them shown, the chosen ones saved, and the others within reach', async () => {
    trip.gateway.pictureCount = 3;
    const page = await trip.edit(photo, 'invert it', model);
    const { rounds, versions } = await untilShown(page, 0);
    assert.deepEqual([rounds[0]?.askedFor, versions.length], [1, 3]);
    const answered = trip.sent[0]!.answered;
    assert.equal(new Set(answered.map((bytes) => bytes.toString('base64'))).size, 3);
    for (const [at, bytes] of answered.entries()) assert.ok(bytes.equals(page.picture(at)!));

    page.send({ type: 'show', version: 1 });
    const before = await untilShown(page, 1);
    // A page that was hidden starts with nothing, and gets all of it again.
    const from = page.received.length;
    page.send({ type: 'ready' });
    await until('state again', () =>
      page.received.slice(from).some(({ type }) => type === 'state'),
    );
    const lasting = ({ shown, phase, rounds: asked, versions: its }: PanelState) => [
      ...[shown, phase, asked, its],
    ];
    assert.deepEqual(lasting(page.state!), lasting(before));
    const again = page.received
      .slice(from)
      .flatMap((message) => (message.type === 'picture' ? [message.name] : []));
    assert.deepEqual(
      again.filter((name) => name !== 'preview'),
      ['original', 0, 1, 2],
    );

    // Each saved one is marked, and the next unsaved one is shown.
    page.send({ type: 'accept', version: 1 });
    await trip.user.told('Saved photo.edited.png');
    assert.deepEqual(saved(await untilShown(page, 2)), [false, true, false]);
    page.send({ type: 'accept', version: 2 });
    const second = await trip.user.told('Saved photo.edited-2.png');
    assert.deepEqual(saved(await untilShown(page, 0)), [false, true, true]);
    assert.deepEqual(await trip.made(), ['photo.edited-2.png', 'photo.edited.png']);
    assert.ok((await trip.read('photo.edited.png')).equals(answered[1]!));
    assert.ok((await trip.read('photo.edited-2.png')).equals(answered[2]!));

    // What is not saved can be brought back.
    page.send({ type: 'discard' });
    (await trip.user.told(`Discarded 1 of the 3 pictures of the edit of ${photo}.`)).press('Undo');
    const back = await trip.pages.titled(`Compare: ${photo}`);
    assert.deepEqual(saved(await untilShown(back, 0)), [false, true, true]);

    // Undo of a save makes it unsaved again, and shows it.
    second.press('Undo');
    assert.deepEqual(saved(await untilShown(back, 2)), [false, true, false]);
    assert.deepEqual(await trip.made(), ['photo.edited.png']);

    // The last one takes the panel with it.
    back.send({ type: 'accept', version: 2 });
    await untilShown(back, 0);
    back.send({ type: 'accept', version: 0 });
    await back.untilClosed();
    for (const [name, bytes] of [
      ['photo.edited.png', answered[1]!],
      ['photo.edited-2.png', answered[2]!],
      ['photo.edited-3.png', answered[0]!],
    ] as const)
      assert.ok((await trip.read(name)).equals(bytes), name);
    assert.equal(trip.sent.length, 1);
  });

  it('has partial pictures shown as such, and none of them saved', async () => {
    trip.gateway.unaskedPartials = 2;
    trip.gateway.delayMs = 120_000;
    const page = await begin();
    const isPartial = ({ partial }: PanelState) => partial !== undefined;
    const state = await page.untilState('with a partial picture', isPartial);
    assert.deepEqual(state.versions, []);
    assert.equal(state.phase, 'editing');
    const { byteLength, ...partial } = state.partial!;
    const facts = { format: 'PNG', width: 48, height: 32, number: 1, askedFor: undefined };
    assert.deepEqual(partial, facts);
    assert.equal(page.picture('partial')?.byteLength, byteLength);
    assert.equal(identifyPicture(page.picture('partial')!)?.format, 'PNG');
    // A page that was hidden gets it again.
    const from = page.received.length;
    page.send({ type: 'ready' });
    await until('partial picture again', () =>
      page.received
        .slice(from)
        .some((message) => message.type === 'picture' && message.name === 'partial'),
    );
    for (const type of ['accept', 'saveAs', 'replace'] as const) page.send({ type, version: 0 });
    page.send({ type: 'discard' });
    page.send({ type: 'cancel' });
    await trip.user.told(
      `Cancelled the edit of ${photo}. The gateway may charge for it all the same.`,
    );
    await page.untilClosed();
    assert.deepEqual(await trip.made(), []);

    const second = await begin();
    await second.untilState('with a partial picture', isPartial);
    trip.gateway.delayMs = 0;
    const whole = await second.untilReview();
    assert.deepEqual([whole.partial, whole.versions.length], [undefined, 1]);
    second.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved photo.edited');
    const [name = '', ...others] = await trip.made();
    assert.deepEqual(others, []);
    assert.ok((await trip.read(name)).equals(trip.sent[1]!.answered[0]!));
    assert.equal(trip.sent.length, 2);
  });

  it('that the gateway is busy is waited on, counted down, and costs nothing where that is cancelled', async () => {
    trip.gateway.busySeconds = 120;
    const page = await begin();
    const { wait } = await page.untilState('that waits', (state) => state.wait !== undefined);
    assert.equal(wait?.why, 'The gateway is busy');
    // The gateway says when; a little more keeps many from coming back at once.
    const left = wait.until - Date.now();
    assert.ok(left > 110_000 && left < 180_000, `${left} ms`);
    const progress = await trip.user.sees(`Editing ${photo} with ${model}`);
    const count = () => progress.reports.filter((text) => text.includes('trying again'));
    await until(
      'second number',
      () => count().length > 1,
      () => progress.reports,
    );
    for (const text of count())
      assert.match(text, /^The gateway is busy: trying again in [12] min \d+ s$/);
    assert.equal(new Set(count()).size, count().length);
    page.send({ type: 'cancel' });
    await trip.user.told(`Cancelled the edit of ${photo}. Nothing was charged.`);
    await page.untilClosed();
    assert.deepEqual(money(), [[429, false]]);

    trip.gateway.busySeconds = 1;
    trip.gateway.delayMs = 120_000;
    const second = await begin();
    await until('refusal', () => trip.sent[1]?.status === 429);
    trip.gateway.busySeconds = undefined;
    await until(
      'second try',
      () => trip.sent[2]?.billed,
      () => money(),
    );
    const editing = await second.untilState('that waits no more', (state) => !state.wait);
    assert.equal(editing.phase, 'editing');
    const after = await trip.user.sees(`Editing ${photo} with ${model}`);
    assert.equal(after.reports.at(-1), '');
    trip.gateway.delayMs = 0;
    await second.untilReview();
    assert.deepEqual(money(), [
      [429, false],
      [429, false],
      [200, true],
    ]);
    // Known from now on, and said of the next one while it is under way.
    second.send({ type: 'discard' });
    trip.gateway.delayMs = 120_000;
    const third = await begin();
    const { rounds } = await third.untilState('under way', ({ phase }) => phase === 'editing');
    assert.equal(rounds[0]?.usage, 'last edit $0.0120');
  });

  it('behind a link that is reset a few times is here, and paid once', async () => {
    trip.gateway.answerWith = 'url';
    trip.gateway.resetDownloads = 2;
    const page = await trip.edit(photo, 'invert it', model);
    await untilShown(page, 0);
    assert.ok(trip.sent[0]!.answered[0]!.equals(page.picture(0)!));
    assert.deepEqual(money(), [[200, true]]);
  });

  it('behind a link that is reset again and again can be downloaded, now and later', async () => {
    trip.gateway.answerWith = 'url';
    trip.gateway.resetDownloads = Infinity;
    const page = await begin();
    const failed = await trip.user.told(/^photo\.jpg: The edited picture could not be downloaded/);
    assert.deepEqual(failed.buttons, ['Download Again', 'Try Again']);
    await page.untilClosed();
    failed.press('Download Again');
    const again = await trip.user.told(/^photo\.jpg: The edited picture could not be downloaded/);
    assert.deepEqual(again.buttons, ['Download Again']);
    again.dismiss();

    // The answer is kept: a reload later it is still to be had.
    await trip.reload();
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('make it brighter');
    const kept = await trip.user.told(/^photo\.jpg: The edited picture could not be downloaded/);
    assert.deepEqual(kept.buttons, ['Download Again', 'Try Again']);
    trip.gateway.resetDownloads = 0;
    kept.press('Download Again');
    const shown = await trip.pages.titled(`Compare: ${photo}`);
    await untilShown(shown, 0);
    assert.ok(trip.sent[0]!.answered[0]!.equals(shown.picture(0)!));
    assert.deepEqual(money(), [[200, true]]);

    // And what has come stays, though the link may not.
    await trip.reload();
    trip.gateway.resetDownloads = Infinity;
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('make it brighter');
    await untilShown(await trip.pages.titled(`Compare: ${photo}`), 0);
  });

  it('behind a link, cancelled while that is downloaded, can be downloaded later', async () => {
    trip.gateway.answerWith = 'url';
    trip.gateway.resetDownloads = Infinity;
    const page = await begin();
    await until('a download that fails', () =>
      trip.gateway.requests.some(({ path }) => path.startsWith('/media/')),
    );
    page.send({ type: 'cancel' });
    (await trip.user.told(`Cancelled the edit of ${photo}`)).dismiss();
    await page.untilClosed();
    trip.gateway.resetDownloads = 0;
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('make it brighter');
    const kept = await trip.user.told(/^photo\.jpg: The edited picture is behind a link/);
    kept.press('Download Again');
    await untilShown(await trip.pages.titled(`Compare: ${photo}`), 0);
    assert.deepEqual(money(), [[200, true]]);
  });

  it('of which one picture is behind a link that is reset gets that one later, beside the others', async () => {
    trip.gateway.answerWith = 'url';
    trip.gateway.pictureCount = 3;
    trip.gateway.deadLinks = [1];
    const page = await begin();
    await untilShown(page, 0);
    const lacks =
      /^photo\.jpg: 1 of its pictures did not come\. Downloading it again costs nothing\./;
    const said = await trip.user.told(lacks);
    assert.deepEqual(said.buttons, ['Download Again']);
    const answered = trip.sent[0]!.answered;
    page.send({ type: 'accept', version: 1 });
    await trip.user.told('Saved photo.edited.png');
    assert.ok((await trip.read('photo.edited.png')).equals(answered[2]!));

    // It fails once more, and comes then: those that are here keep their places.
    said.press('Download Again');
    const again = await trip.user.told(lacks);
    trip.gateway.deadLinks = [];
    again.press('Download Again');
    const three = await page.untilState('with the third', ({ versions }) => versions.length === 3);
    assert.deepEqual(saved(three), [false, true, false]);
    const shown = await untilShown(page, 2);
    assert.equal(shown.rounds[0]?.why, undefined);
    assert.ok(answered[1]!.equals(page.picture(2)!));

    // And after a reload as well.
    await trip.reload();
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('make it brighter');
    const back = await trip.pages.titled(`Compare: ${photo}`);
    assert.deepEqual(saved(await untilShown(back, 0)), [false, true, false]);
    for (const [at, number] of [0, 2, 1].entries())
      assert.ok(answered[number]!.equals(back.picture(at)!), `picture ${at}`);
    assert.deepEqual(money(), [[200, true]]);
  });

  it('of which one picture is behind a link that is reset offers it in the list of edits, open or not', async () => {
    trip.gateway.answerWith = 'url';
    trip.gateway.pictureCount = 3;
    trip.gateway.deadLinks = [0, 2];
    const page = await begin();
    await untilShown(page, 0);
    (await trip.user.told(/^photo\.jpg: 2 of its pictures did not come/)).dismiss();
    trip.gateway.deadLinks = [0];
    void trip.showEdits();
    const open = await trip.user.asked('Edits');
    assert.match(open.rows()[0]?.detail ?? '', /· 2 not downloaded ·/);
    await open.press('Download Again', 'make it brighter');
    await page.untilState('with two', ({ versions }) => versions.length === 2);
    (await trip.user.told(/^photo\.jpg: 1 of its pictures did not come/)).dismiss();

    await trip.reload();
    trip.gateway.deadLinks = [];
    void trip.showEdits();
    const closed = await trip.user.asked('Edits');
    assert.match(closed.rows()[0]?.detail ?? '', /· 1 not downloaded ·/);
    await closed.press('Download Again', 'make it brighter');
    const back = await trip.pages.titled(`Compare: ${photo}`);
    await back.untilState('with all', ({ versions }) => versions.length === 3);
    const answered = trip.sent[0]!.answered;
    for (const [at, number] of [1, 2, 0].entries())
      assert.ok(answered[number]!.equals(back.picture(at)!), `picture ${at}`);
    void trip.showEdits();
    const over = await trip.user.asked('Edits');
    assert.deepEqual(
      over.rows()[0]?.buttons?.map(({ tooltip }) => tooltip),
      [],
    );
    assert.deepEqual(money(), [[200, true]]);
  });

  it('whose picture is cut off is not shown, and saved as it was received, at once and later', async () => {
    trip.gateway.spoil = (bytes) => bytes.subarray(0, bytes.length >> 1);
    const page = await begin();
    const words = /^photo\.jpg: The edited picture cannot be shown: it is cut off or damaged\./;
    const failed = await trip.user.told(words);
    assert.deepEqual(failed.buttons, ['Save As Received…', 'Try Again']);
    await page.untilClosed();
    const received = trip.sent[0]!.answered[0]!;
    trip.user.saveNextAs(trip.uri('kept.png').fsPath);
    failed.press('Save As Received…');
    await trip.user.told('Saved kept.png as it was received.');
    assert.ok((await trip.read('kept.png')).equals(received));
    assert.equal(trip.user.proposed.at(-1)?.path, trip.uri('photo.edited.png').path);

    await trip.reload();
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('make it brighter');
    const kept = await trip.user.told(words);
    assert.deepEqual(kept.buttons, ['Save As Received…', 'Try Again']);
    // Never over the original.
    trip.user.saveNextAs(trip.uri(photo).fsPath);
    kept.press('Save As Received…');
    await trip.user.told('photo.jpg is the original, which Retouch never writes over.');
    assert.deepEqual(await trip.made(), ['kept.png']);
    assert.deepEqual(money(), [[200, true]]);
  });

  it('of which one picture promises more pixels than there can be shows the others', async () => {
    trip.gateway.pictureCount = 3;
    trip.gateway.spoil = (bytes, at) => {
      if (at !== 0) return bytes;
      const promising = Buffer.from(bytes);
      promising.writeUInt32BE(60_000, 16);
      promising.writeUInt32BE(60_000, 20);
      return promising;
    };
    const page = await begin();
    const { rounds, versions } = await untilShown(page, 0);
    assert.equal(versions.length, 2);
    assert.match(rounds[0]?.why ?? '', /^One cannot be shown: it says that it has 60,000 × 60,000/);
    const said = await trip.user.told(/^photo\.jpg: 1 of its pictures cannot be shown, but can be/);
    assert.deepEqual(said.buttons, ['Save As Received…']);
    said.dismiss();
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved photo.edited.png');
    const answered = trip.sent[0]!.answered;
    assert.ok((await trip.read('photo.edited.png')).equals(answered[1]!));

    await trip.reload();
    void trip.showEdits();
    const edits = await trip.user.asked('Edits');
    assert.match(edits.rows()[0]?.detail ?? '', /· 1 cannot be shown ·/);
    trip.user.saveNextAs(trip.uri('kept.png').fsPath);
    await edits.press('Save As Received…', 'make it brighter');
    await trip.user.told('Saved kept.png as it was received.');
    assert.ok((await trip.read('kept.png')).equals(answered[0]!));
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('make it brighter');
    const back = await trip.pages.titled(`Compare: ${photo}`);
    assert.deepEqual(saved(await untilShown(back, 1)), [true, false]);
  });
});
