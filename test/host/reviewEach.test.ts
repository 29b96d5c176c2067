// Finished edits that are reviewed one after the other in one tab, and what of that is undone from the messages.
import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { window } from 'vscode';
import { reviewEach } from '../../src/edit/reviewEach';
import { until } from '../support/until';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';

const model = 'openai/gpt-image-2';

describe('edits reviewed one after the other', () => {
  let trip: HostTrip;
  let told: string[];
  beforeEach(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await HostTrip.start({ matchOriginal: false });
    trip.gateway.pictureSize = { width: 48, height: 32 };
    told = [];
  });
  afterEach(() => trip.end());

  /** One finished edit of each, put aside; gives the ids of their jobs. */
  async function make(...names: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const name of names) {
      await trip.draw(name);
      const page = await trip.edit(name, `invert ${name}`, model);
      page.close();
      (await trip.user.told('not saved yet')).dismiss();
      const [job] = await trip.jobs();
      ids.push(job!.files.id);
    }
    return ids;
  }

  const start = (ids: readonly string[]) =>
    reviewEach(trip.services, ids, (id, how) => told.push(`${ids.indexOf(id)} ${how}`));
  const shown = async (name: string): Promise<Page> => {
    const page = await trip.pages.titled(`Compare: ${name}`);
    await page.untilReview();
    return page;
  };
  const openPages = () => trip.pages.all.filter(({ isOpen }) => isOpen).length;
  const answered = (which: number) => trip.sent[which]!.answered[0]!;

  it('says what became of each, keeps to one tab, and undoes one of them', async () => {
    const ids = await make('first.png', 'second.png', 'third.png');
    const reviewing = start(ids);
    const page = await shown('first.png');
    assert.deepEqual(page.state?.queue, { position: 1, count: 3 });
    page.send({ type: 'accept', version: 0 });
    const saved = await trip.user.told('Saved first.edited.png');
    assert.deepEqual(saved.buttons, ['Open', 'Undo']);
    assert.equal(await shown('second.png'), page, 'the same tab');
    page.send({ type: 'discard' });
    assert.equal(await shown('third.png'), page, 'the same tab');
    assert.deepEqual(told, ['0 saved', '1 discarded']);
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved third.edited.png');
    await reviewing;
    await page.untilClosed();
    assert.deepEqual(told, ['0 saved', '1 discarded', '2 saved']);
    assert.deepEqual(await trip.made(), ['first.edited.png', 'third.edited.png']);
    assert.ok((await trip.read('first.edited.png')).equals(answered(0)));
    assert.ok((await trip.read('third.edited.png')).equals(answered(2)));
    // What is discarded one by one can be had from the list: there is no message for it.
    assert.ok(!trip.user.said.some((text) => text.startsWith('Discarded')));

    saved.press('Undo');
    const back = await shown('first.png');
    assert.equal(back.state?.queue, undefined);
    assert.equal(back.state?.versions[0]?.saved, false);
    assert.deepEqual(await trip.made(), ['third.edited.png']);
    await until('edit that waits in the journal', async () =>
      (await trip.jobs()).some(({ files, state }) => files.id === ids[0] && state === 'received'),
    );
    assert.equal(trip.sent.length, 3);
  });

  it('opens what was saved', async () => {
    void start(await make('first.png'));
    (await shown('first.png')).send({ type: 'accept', version: 0 });
    (await trip.user.told('Saved first.edited.png')).press('Open');
    const label = () => window.tabGroups.activeTabGroup.activeTab?.label;
    await until(
      'file in front',
      () => label() === 'first.edited.png',
      () => label(),
    );
  });

  it('shows a picture again that is undone while another of its edit is decided on', async () => {
    trip.gateway.pictureCount = 2;
    const ids = await make('first.png');
    void start(ids);
    const page = await shown('first.png');
    page.send({ type: 'accept', version: 0 });
    const saved = await trip.user.told('Saved first.edited.png');
    await page.untilState(
      'with the next',
      ({ shown: at, phase }) => at === 1 && phase === 'review',
    );
    saved.press('Undo');
    const state = await page.untilState('with the first', ({ shown: at }) => at === 0);
    assert.deepEqual(
      state.versions.map((version) => version.saved),
      [false, false],
    );
    assert.deepEqual(await trip.made(), []);
    assert.equal(openPages(), 1);
    assert.deepEqual(told, []);
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved first.edited.png');
    await page.untilState(
      'with the next',
      ({ shown: at, phase }) => at === 1 && phase === 'review',
    );
    page.send({ type: 'discard' });
    await page.untilClosed();
    assert.deepEqual(told, ['0 saved']);
  });

  it('undoes nothing that has been changed, or is kept nowhere else, or cannot be read', async () => {
    const ids = await make('first.png', 'second.png', 'third.png');
    const reviewing = start(ids);
    const messages = [];
    for (const name of ['first', 'second', 'third']) {
      (await shown(`${name}.png`)).send({ type: 'accept', version: 0 });
      messages.push(await trip.user.told(`Saved ${name}.edited.png`));
    }
    await reviewing;
    const [changed, sole, unread] = messages;
    await writeFile(join(trip.folder, 'first.edited.png'), 'mine');
    changed!.press('Undo');
    await trip.user.told('first.edited.png has been changed since it was saved: it stays.');
    assert.equal((await trip.read('first.edited.png')).toString(), 'mine');

    const job = (await trip.jobs()).find(({ files }) => files.id === ids[1]);
    await job!.files.remove();
    sole!.press('Undo');
    await trip.user.told('The edit in second.edited.png is kept nowhere else: it stays.');
    assert.ok((await trip.read('second.edited.png')).equals(answered(1)));

    await rm(join(trip.folder, 'third.edited.png'));
    unread!.press('Undo');
    await trip.user.told(/^third\.edited\.png could not be removed: /);
    assert.equal(openPages(), 0);
  });

  it('replaces originals, which come back one by one, unless somebody has written there since', async () => {
    const ids = await make('first.png', 'second.png');
    const originals = [await trip.read('first.png'), await trip.read('second.png')];
    const reviewing = start(ids);
    const messages = [];
    for (const [at, name] of ['first.png', 'second.png'].entries()) {
      (await shown(name)).send({ type: 'replace', version: 0 });
      (await trip.user.told(`Replace ${name} with the edited picture?`)).press('Replace Original');
      messages.push(await trip.user.told(`Replaced ${name}`));
      assert.ok((await trip.read(name)).equals(answered(at)));
    }
    await reviewing;
    assert.deepEqual(told, ['0 saved', '1 saved']);
    messages[0]!.press('Undo');
    await trip.user.told('Brought back first.png.');
    assert.ok((await trip.read('first.png')).equals(originals[0]!));
    (await shown('first.png')).close();
    await writeFile(join(trip.folder, 'second.png'), 'mine');
    messages[1]!.press('Undo');
    await trip.user.told('second.png has been changed since it was replaced: it stays.');
    assert.equal((await trip.read('second.png')).toString(), 'mine');
    await writeFile(join(trip.folder, 'second.png'), originals[1]!);
    assert.equal(openPages(), 0);
  });

  it('passes over what was deleted, decided on or is open elsewhere', async () => {
    const ids = await make('gone.png', 'saved.png', 'open.png', 'last.png');
    const jobs = await trip.jobs();
    const [gone, saved, open] = ids.map((id) => jobs.find(({ files }) => files.id === id)!);
    await gone!.files.remove();
    void trip.showEdits();
    await (await trip.user.asked('Edits')).press('Save', 'invert saved.png');
    await trip.user.told('Saved saved.edited.png');
    await until('end in the journal', async () => (await saved!.files.read()).state === 'saved');
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('invert open.png');
    const other = await shown('open.png');
    void start(ids);
    const page = await shown('last.png');
    assert.deepEqual(page.state?.queue, { position: 4, count: 4 });
    assert.deepEqual(told, ['0 discarded', '1 saved']);
    assert.equal((await open!.files.read()).state, 'received');
    page.send({ type: 'discard' });
    await page.untilClosed();
    assert.ok(other.isOpen);
    assert.deepEqual(told, ['0 discarded', '1 saved', '3 discarded']);
  });

  it('ends where the tab is closed, also while one is saved', async () => {
    const ids = await make('first.png', 'second.png');
    const reviewing = start(ids);
    const page = await shown('first.png');
    page.send({ type: 'accept', version: 0 });
    page.close();
    await reviewing;
    await trip.user.told('Saved first.edited.png');
    assert.deepEqual(told, ['0 saved']);
    assert.equal(openPages(), 0);

    const again = start([ids[1]!]);
    (await shown('second.png')).close();
    await again;
    assert.deepEqual(told, ['0 saved']);
    assert.deepEqual(await trip.made(), ['first.edited.png']);
  });

  it('goes on where one could not be saved', async () => {
    void start(await make('first.png'));
    const page = await shown('first.png');
    await rename(trip.folder, `${trip.folder}-elsewhere`);
    try {
      page.send({ type: 'accept', version: 0 });
      (await trip.user.told(/^The edit of first\.png could not be saved: /)).dismiss();
    } finally {
      await rename(`${trip.folder}-elsewhere`, trip.folder);
    }
    await page.untilReview();
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved first.edited.png');
    await page.untilClosed();
    assert.deepEqual(told, ['0 saved']);
  });
});
