// What the user does with edited pictures that are here: saved, discarded, put aside, and each of it undone.
import assert from 'node:assert/strict';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { window } from 'vscode';
import { pictureWorker } from '../../src/edit/pictureWorker';
import { PictureError } from '../../src/picture/pictureError';
import { until } from '../support/until';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';

const model = 'openai/gpt-image-2';
const logo = 'logo.png';
const edited = 'logo.edited.png';

describe('a review', () => {
  let trip: HostTrip;
  let original: Buffer;
  beforeEach(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await HostTrip.start({ matchOriginal: false });
    trip.gateway.pictureSize = { width: 48, height: 32 };
    original = await trip.draw(logo);
  });
  afterEach(() => trip.end());

  const edit = () => trip.edit(logo, 'invert it', model);
  /** Again in a tab of its own. */
  const untilBack = async (): Promise<Page> => {
    const page = await trip.pages.titled(`Compare: ${logo}`);
    await page.untilReview();
    return page;
  };
  const answered = (which = 0) => trip.sent[0]!.answered[which]!;
  const openTabs = () => trip.pages.all.filter(({ isOpen }) => isOpen).length;

  it('saves what is accepted, closes, and opens the file', async () => {
    const page = await edit();
    page.send({ type: 'accept', version: 0 });
    const saved = await trip.user.told(`Saved ${edited}`);
    assert.deepEqual(saved.buttons, ['Open', 'Undo']);
    await page.untilClosed();
    assert.deepEqual(await trip.made(), [edited]);
    assert.ok((await trip.read(edited)).equals(answered()));
    saved.press('Open');
    const label = () => window.tabGroups.activeTabGroup.activeTab?.label;
    await until(
      'file in front',
      () => label() === edited,
      () => label(),
    );
  });

  it('is undone: the file goes, and the picture waits again', async () => {
    const first = await edit();
    first.send({ type: 'accept', version: 0 });
    (await trip.user.told(`Saved ${edited}`)).press('Undo');
    const page = await untilBack();
    assert.equal(page.state?.versions[0]?.saved, false);
    assert.deepEqual(await trip.made(), []);
    page.send({ type: 'accept', version: 0 });
    await trip.user.told(`Saved ${edited}`);
    assert.deepEqual(await trip.made(), [edited]);
    assert.equal(trip.sent.length, 1);
  });

  it('undoes nothing where the file has been changed since, or is gone', async () => {
    const page = await edit();
    page.send({ type: 'accept', version: 0 });
    const saved = await trip.user.told(`Saved ${edited}`);
    await writeFile(join(trip.folder, edited), 'mine');
    saved.press('Undo');
    await trip.user.told(`${edited} has been changed since it was saved: it stays.`);
    assert.equal((await trip.read(edited)).toString(), 'mine');
    assert.equal(openTabs(), 0);
  });

  it('says why an Undo was not possible', async () => {
    const page = await edit();
    page.send({ type: 'accept', version: 0 });
    const saved = await trip.user.told(`Saved ${edited}`);
    await rename(trip.folder, `${trip.folder}-elsewhere`);
    try {
      saved.press('Undo');
      await trip.user.told(`${edited} could not be removed: `);
    } finally {
      await rename(`${trip.folder}-elsewhere`, trip.folder);
    }
    assert.equal(openTabs(), 0);
  });

  it('brings back what was discarded', async () => {
    const page = await edit();
    page.send({ type: 'discard' });
    await page.untilClosed();
    const discarded = await trip.user.told(`Discarded the edit of ${logo}.`);
    assert.deepEqual(discarded.buttons, ['Undo']);
    discarded.press('Undo');
    await untilBack();
    assert.equal(trip.sent.length, 1);
    assert.deepEqual(await trip.made(), []);
  });

  it('leads to an edit with a region, and stays open', async () => {
    const page = await edit();
    page.send({ type: 'markRegion' });
    const question = await trip.user.asked(`Edit ${logo}`);
    await question.choose('Mark Region…');
    const marking = await trip.pages.titled(`Mark Region: ${logo}`);
    await marking.untilState('to mark in', ({ phase }) => phase === 'marking');
    marking.send({ type: 'cancel' });
    await (await trip.user.asked(`Edit ${logo}`)).escape();
    // No message that this or another page could send is taken for a decision on colours that are the same.
    page.send({ type: 'keepOverall', version: 0, kept: false });
    page.send({ type: 'accept', version: 0 });
    await trip.user.told(`Saved ${edited}`);
    assert.ok((await trip.read(edited)).equals(answered()));
    assert.equal(trip.sent.length, 1);
  });

  it('brings back what was closed', async () => {
    const page = await edit();
    page.close();
    const closed = await trip.user.told(`The edit of ${logo} is not saved yet.`);
    assert.deepEqual(closed.buttons, ['Compare']);
    closed.press('Compare');
    await untilBack();
    assert.equal(trip.sent.length, 1);
  });

  for (const [count, words] of [
    [1, `The edit of ${logo} is ready and not saved yet.`],
    [2, `The edit of ${logo} is ready: 2 pictures, not saved yet.`],
  ] as const) {
    it(`says that ${count} came after the panel was closed`, async () => {
      trip.gateway.pictureCount = count;
      trip.gateway.delayMs = 120_000;
      void trip.begin(logo);
      await trip.answer(logo, 'invert it', model);
      const page = await trip.pages.titled(`Compare: ${logo}`);
      page.close();
      trip.gateway.delayMs = 0;
      (await trip.user.told(words)).press('Compare');
      const { versions } = await (await untilBack()).untilReview();
      assert.equal(versions.length, count);
    });
  }

  it('says how many of several were put aside or discarded', async () => {
    trip.gateway.pictureCount = 3;
    const first = await edit();
    first.close();
    (await trip.user.told(`3 of the 3 pictures of the edit of ${logo} are not saved yet.`)).press(
      'Compare',
    );
    const second = await untilBack();
    second.send({ type: 'accept', version: 0 });
    await second.untilState(
      'with the next',
      ({ shown, phase }) => shown === 1 && phase === 'review',
    );
    second.send({ type: 'accept', version: 1 });
    await second.untilState(
      'with the last',
      ({ shown, phase }) => shown === 2 && phase === 'review',
    );
    second.close();
    (await trip.user.told(`1 of the 3 pictures of the edit of ${logo} is not saved yet.`)).press(
      'Compare',
    );
    const third = await untilBack();
    assert.equal(third.state?.shown, 2);
    third.send({ type: 'discard' });
    await trip.user.told(`Discarded 1 of the 3 pictures of the edit of ${logo}.`);
  });

  it('saves where the user says, with the name that Accept would choose proposed', async () => {
    const target = join(trip.folder, 'chosen.png');
    trip.user.saveNextAs(target);
    const page = await edit();
    page.send({ type: 'saveAs', version: 0 });
    const saved = await trip.user.told('Saved chosen.png');
    assert.deepEqual(saved.buttons, ['Open', 'Undo']);
    await page.untilClosed();
    assert.deepEqual(
      trip.user.proposed.map((uri) => uri?.fsPath),
      [join(trip.folder, edited)],
    );
    assert.deepEqual(await trip.made(), ['chosen.png']);
    assert.ok((await trip.read('chosen.png')).equals(answered()));
  });

  it('saves nothing where Save As… is escaped, and cannot take back what has replaced a file', async () => {
    const page = await edit();
    page.send({ type: 'saveAs', version: 0 });
    const isSaving = (message: Page['received'][number]) =>
      message.type === 'state' && message.state.phase === 'saving';
    await until('panel that is saving', () => page.received.some(isSaving));
    await page.untilReview();
    assert.deepEqual(await trip.made(), []);
    await writeFile(join(trip.folder, 'taken.png'), 'mine');
    trip.user.saveNextAs(join(trip.folder, 'taken.png'));
    page.send({ type: 'saveAs', version: 0 });
    const saved = await trip.user.told('Saved taken.png');
    assert.deepEqual(saved.buttons, ['Open']);
    assert.ok((await trip.read('taken.png')).equals(answered()));
  });

  it('refuses the original and a name of another format, and asks for another name', async () => {
    trip.user.saveNextAs(join(trip.folder, logo));
    trip.user.saveNextAs(join(trip.folder, 'chosen.jpg'));
    const page = await edit();
    page.send({ type: 'saveAs', version: 0 });
    (await trip.user.told(`${logo} is the original, which Retouch never writes over.`)).press(
      'Choose Another Name',
    );
    (await trip.user.told('The edited picture is PNG: chosen.jpg should end in .png.')).dismiss();
    await page.untilReview();
    assert.deepEqual(await trip.made(), []);
    assert.equal(trip.user.proposed.length, 2);
  });

  it('says that it could not be saved, and saves elsewhere', async () => {
    const page = await edit();
    await rename(trip.folder, `${trip.folder}-elsewhere`);
    try {
      page.send({ type: 'accept', version: 0 });
      await trip.user.told(`The edit of ${logo} could not be saved: `);
    } finally {
      await rename(`${trip.folder}-elsewhere`, trip.folder);
    }
    await page.untilReview();
    const failed = await trip.user.told('It is still in the compare panel.');
    assert.deepEqual(failed.buttons, ['Save As…']);
    trip.user.saveNextAs(join(trip.folder, 'elsewhere.png'));
    failed.press('Save As…');
    await trip.user.told('Saved elsewhere.png');
    await page.untilClosed();
    assert.ok((await trip.read('elsewhere.png')).equals(answered()));
  });

  it('replaces the original where the user confirms, and Undo brings it back', async () => {
    const page = await edit();
    assert.equal(page.state?.replaceable, true);
    const question = `Replace ${logo} with the edited picture?`;
    page.send({ type: 'replace', version: 0 });
    const dialog = await trip.user.told(question);
    assert.deepEqual(dialog.buttons, ['Replace Original']);
    assert.equal(
      dialog.detail,
      'What is there now is kept with the edit, and Undo brings it back.',
    );
    dialog.dismiss();
    await page.untilReview();
    assert.ok((await trip.read(logo)).equals(original));
    page.send({ type: 'replace', version: 0 });
    (await trip.user.told(question)).press('Replace Original');
    const replaced = await trip.user.told(`Replaced ${logo}`);
    await page.untilClosed();
    assert.ok((await trip.read(logo)).equals(answered()));
    replaced.press('Undo');
    await untilBack();
    assert.ok((await trip.read(logo)).equals(original));
    assert.deepEqual(await trip.made(), []);
  });

  it('brings no original back over what somebody wrote since', async () => {
    const page = await edit();
    page.send({ type: 'replace', version: 0 });
    (await trip.user.told(`Replace ${logo}`)).press('Replace Original');
    const replaced = await trip.user.told(`Replaced ${logo}`);
    await writeFile(join(trip.folder, logo), 'mine');
    replaced.press('Undo');
    await trip.user.told(`${logo} could not be brought back: ${logo} has been changed meanwhile.`);
    assert.equal((await trip.read(logo)).toString(), 'mine');
    await writeFile(join(trip.folder, logo), original);
  });

  it('copies what Accept would save', async () => {
    const page = await edit();
    page.send({ type: 'copy', version: 0 });
    const copy = await until('copy', () =>
      page.received.find((message) => message.type === 'copy'),
    );
    assert.equal(copy.problem, undefined);
    assert.equal(copy.picture?.mime, 'image/png');
    assert.ok(answered().equals(new Uint8Array(copy.picture.bytes)));
  });

  it('says why what cannot be worked on is neither copied nor saved in the size of the original', async () => {
    await trip.set('matchOriginal', true);
    const page = await edit();
    // Whatever can be shown can be read. What else may go wrong, such as memory that ends, cannot be had here.
    const worker = pictureWorker(trip.services);
    const run = worker.run.bind(worker);
    worker.run = () => Promise.reject(new PictureError('there is not enough memory for it'));
    try {
      page.send({ type: 'copy', version: 0 });
      const copy = await until('copy', () =>
        page.received.find((message) => message.type === 'copy'),
      );
      assert.match(
        copy.problem ?? '',
        /^It could not be copied: there is not enough memory for it/,
      );
      page.send({ type: 'accept', version: 0 });
      await trip.user.told(
        /could not be saved: there is not enough memory for it\. It is still in the compare panel\.$/,
      );
      assert.deepEqual(await trip.made(), []);
    } finally {
      worker.run = run;
    }
  });

  it('shows the next one that waits, and ignores what is saved already', async () => {
    trip.gateway.pictureCount = 2;
    const page = await edit();
    page.send({ type: 'accept', version: 0 });
    page.send({ type: 'accept', version: 0 });
    const next = await page.untilState('with the next', ({ shown }) => shown === 1);
    assert.deepEqual(
      next.versions.map(({ saved }) => saved),
      [true, false],
    );
    page.send({ type: 'accept', version: 0 });
    page.send({ type: 'accept', version: 1 });
    await page.untilClosed();
    assert.deepEqual(await trip.made(), ['logo.edited-2.png', edited]);
    assert.ok((await trip.read(edited)).equals(answered(0)));
    assert.ok((await trip.read('logo.edited-2.png')).equals(answered(1)));
  });

  it('saves nothing a second time where Accept is pressed again for a picture that is saved', async () => {
    trip.gateway.pictureCount = 2;
    const page = await edit();
    page.send({ type: 'accept', version: 0 });
    await trip.user.told(`Saved ${edited}`);
    await page.untilState('with the next', ({ shown, phase }) => shown === 1 && phase === 'review');
    page.send({ type: 'accept', version: 0 });
    // By then the flow has taken the decision; if it saved the picture again, the panel would say so.
    await new Promise((resolve) => setImmediate(resolve));
    const { phase, shown } = page.state!;
    assert.deepEqual({ phase, shown }, { phase: 'review', shown: 0 });
    assert.deepEqual(await trip.made(), [edited]);
    page.send({ type: 'accept', version: 1 });
    await trip.user.told('Saved logo.edited-2.png');
    await page.untilClosed();
    assert.deepEqual(trip.user.said, [`Saved ${edited}`, 'Saved logo.edited-2.png']);
    assert.deepEqual(await trip.made(), ['logo.edited-2.png', edited]);
    assert.ok((await trip.read(edited)).equals(answered(0)));
    assert.ok((await trip.read('logo.edited-2.png')).equals(answered(1)));
  });

  it('shows the tab that another way has opened, and no second one', async () => {
    const first = await edit();
    first.close();
    const closed = await trip.user.told(`The edit of ${logo} is not saved yet.`);
    void trip.showEdits();
    await (await trip.user.asked('Edits')).choose('invert it');
    const second = await untilBack();
    closed.press('Compare');
    second.send({ type: 'accept', version: 0 });
    await trip.user.told(`Saved ${edited}`);
    assert.equal(trip.pages.all.length, 2);
  });

  it('says nothing of one that was saved long ago and is only looked at', async () => {
    const first = await edit();
    first.send({ type: 'accept', version: 0 });
    await trip.user.told(`Saved ${edited}`);
    for (const leave of [
      (page: Page) => page.close(),
      (page: Page) => page.send({ type: 'discard' }),
    ]) {
      const showing = trip.showEdits();
      await (await trip.user.asked('Edits')).choose('invert it');
      const page = await untilBack();
      const before = trip.user.said.length;
      leave(page);
      await page.untilClosed();
      await showing;
      assert.deepEqual(trip.user.said.slice(before), []);
    }
  });

  it('is still under way while another round is, whatever is undone meanwhile', async () => {
    trip.gateway.pictureCount = 3;
    const page = await edit();
    for (const version of [0, 1]) {
      page.send({ type: 'accept', version });
      await page.untilState(
        'with the next',
        ({ shown, phase }) => shown > version && phase === 'review',
      );
    }
    const [first, second] = [
      await trip.user.told(`Saved ${edited}`),
      await trip.user.told('Saved logo.edited-2.png'),
    ];
    trip.gateway.delayMs = 120_000;
    page.send({ type: 'again', instruction: 'make it brighter', model, version: 2 });
    await page.untilState('that is under way', ({ phase }) => phase === 'editing');
    await until('request', () => trip.sent[1]?.billed);
    first.press('Undo');
    await until('end of the file', async () => !(await readdir(trip.folder)).includes(edited));
    assert.equal(page.state?.phase, 'editing');
    page.close();
    second.press('Undo');
    await trip.user.told(`The edit of ${logo} is still under way.`);
    // The closed tab is told of at once, the file that is taken away may still be there.
    let left: string[] = [];
    await until(
      'end of the other file',
      async () => (left = await trip.made()).length === 0,
      () => left,
    );
    assert.equal(openTabs(), 0);
  });

  describe('from the list of edits', () => {
    /** Made, and put aside. */
    async function closed(): Promise<void> {
      const page = await edit();
      page.close();
      (await trip.user.told('not saved yet')).dismiss();
    }

    it('saves without the panel all that waits', async () => {
      trip.gateway.pictureCount = 2;
      await closed();
      void trip.showEdits();
      await (await trip.user.asked('Edits')).press('Save', 'invert it');
      await trip.user.told(`Saved ${edited}`);
      await trip.user.told('Saved logo.edited-2.png');
      assert.ok((await trip.read(edited)).equals(answered(0)));
      assert.ok((await trip.read('logo.edited-2.png')).equals(answered(1)));
      assert.equal(openTabs(), 0);
    });

    it('says that it could not be saved, and shows it', async () => {
      await closed();
      await rename(trip.folder, `${trip.folder}-elsewhere`);
      let failed;
      try {
        void trip.showEdits();
        await (await trip.user.asked('Edits')).press('Save', 'invert it');
        failed = await trip.user.told(
          /^The edit of logo\.png could not be saved: .* It is still kept\.$/,
        );
      } finally {
        await rename(`${trip.folder}-elsewhere`, trip.folder);
      }
      assert.deepEqual(failed.buttons, ['Compare']);
      failed.press('Compare');
      await untilBack();
      assert.deepEqual(await trip.made(), []);
    });
  });
});
