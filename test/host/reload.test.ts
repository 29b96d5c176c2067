// Edits that a window leaves behind when it is reloaded: the next one says what came back, and lists them all.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { Uri } from 'vscode';
import { until } from '../support/until';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';

const model = 'openai/gpt-image-2';
const logo = 'logo.png';
const edited = 'logo.edited.png';

describe('after a reload', () => {
  let trip: HostTrip;
  let original: Buffer;
  beforeEach(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await HostTrip.start({ matchOriginal: false });
    trip.gateway.pictureSize = { width: 48, height: 32 };
    original = await trip.draw(logo);
  });
  afterEach(() => trip.end());

  const answered = () => trip.sent[0]!.answered[0]!;

  async function assertSaved(page: Page, version = 0): Promise<void> {
    page.send({ type: 'accept', version });
    await trip.user.told(`Saved ${edited}`);
    assert.deepEqual(await trip.made(), [edited]);
    assert.ok((await trip.read(edited)).equals(answered()));
    assert.equal(trip.sent.length, 1);
  }

  /** One that the gateway is at work on, and for which it wants money. */
  async function beginEdit(instruction: string): Promise<Page> {
    trip.gateway.delayMs = 120_000;
    void trip.begin(logo);
    await trip.answer(logo, instruction, model);
    const page = await trip.pages.titled(`Compare: ${logo}`);
    await until('request', () => trip.sent[0]?.billed);
    return page;
  }

  it('edits come back in their tab as they were, and nothing is sent again', async () => {
    const page = await trip.edit(logo, 'add a cat', model);
    await page.untilCompared();
    page.send({ type: 'keep', version: 0, changes: [0], kept: false });
    const before = await page.untilState(
      'with a rejected change',
      ({ comparison }) => comparison?.changes[0]?.kept === false,
    );
    await trip.reload();
    const back = await trip.restorePanel({
      restore: before.restore!,
      shown: before.versions[0]!.id,
      threshold: 0.2,
      aligned: false,
      matching: { on: true },
      rejected: [0],
    });
    const { comparison, matching } = await back.untilCompared();
    assert.equal(back.title, `Compare: ${logo}`);
    assert.ok(answered().equals(back.picture(0)!));
    assert.ok(original.equals(back.picture('original')!));
    assert.deepEqual(
      [comparison?.threshold, comparison?.alignment.on, matching?.on],
      [0.2, false, true],
    );
    assert.equal(comparison?.changes[0]?.kept, false);
    back.send({ type: 'match', on: false });
    await back.untilState('as it came', (state) => state.matching?.on === false);
    await back.untilCompared();
    back.send({ type: 'keep', version: 0, changes: [0], kept: true });
    await back.untilState('whole again', (state) => state.comparison?.changes[0]?.kept === true);
    await assertSaved(back);
    await back.untilClosed();
    // Its tab is back by itself: no word is needed.
    await trip.lookAfterEdits();
    assert.ok(!trip.user.said.some((text) => text.includes('not reviewed')));
  });

  it('an edit is offered once more where its tab is closed before it is filled', async () => {
    const { state } = await trip.edit(logo, 'invert it', model);
    await trip.reload();
    const restoring = trip.restorePanel({ restore: state!.restore! });
    trip.pages.all.at(-1)?.close();
    await restoring;
    (await trip.user.told(`The edit of ${logo} is ready and not saved yet.`)).press('Compare');
    const page = await trip.pages.titled(`Compare: ${logo}`);
    await page.untilReview();
    await assertSaved(page);
  });

  for (const [what, its, state] of [
    ['its pictures', undefined, 'received'],
    ['what was never answered', 120_000, 'sent'],
  ] as const) {
    it(`a tab takes its own edit back, also where the machine counts as another one: ${what}`, async () => {
      const page = its ? await beginEdit('wait for it') : await trip.edit(logo, 'invert it', model);
      const restore = page.state!.restore!;
      await trip.reload();
      const back = await trip.restorePanel({ restore: await moveAway(restore) });
      if (its) {
        await trip.user.told('1 edit was sent and never answered');
        await back.untilClosed();
      } else await back.untilReview();
      const [job] = await trip.jobs();
      assert.deepEqual([job?.state, trip.journal.whose(job!)], [state, 'mine']);
      assert.ok(!trip.user.said.some((text) => text.includes('another machine')));
    });
  }

  it('a tab says whose the edit is that it cannot take, and the list offers all of it', async () => {
    const { state } = await trip.edit(logo, 'invert it', model);
    await trip.reload();
    const restore = await moveAway(state!.restore!);
    // Another window of that machine has got it since.
    const tab = await trip.restorePanel({
      restore: restore.replace(/-[0-9a-f]{8}-(\d+)$/, '-00000000-$1'),
    });
    await tab.untilClosed();
    const message = await trip.user.told(
      `The edit of ${logo} belongs to another machine, which may still be at work on it.`,
    );
    assert.deepEqual(message.buttons, ['Compare']);
    void trip.showEdits();
    const list = await trip.user.asked('Edits');
    const row = list.rows().find(({ label }) => label === 'invert it');
    assert.match(row?.detail ?? '', /^Not saved yet on another machine · /);
    assert.deepEqual(
      row?.buttons?.map(({ tooltip }) => tooltip),
      ['Save', 'Delete'],
    );
    await list.escape();
    message.press('Compare');
    const page = await trip.pages.titled(`Compare: ${logo}`);
    await page.untilReview();
    await assertSaved(page);
  });

  /** The edit's window was on a machine that is not known here. @returns what its tab would have kept */
  async function moveAway(restore: string): Promise<string> {
    const [job] = await trip.jobs();
    const away = job!.owner!.name.replace(/^owner-[0-9a-f]{8}/, 'owner-00000000');
    await job!.files.claim(job!.owner!.name, away);
    return `${restore.split('@')[0]}@${away}`;
  }

  it('a tab is closed where nothing is known of it', async () => {
    const page = await trip.restorePanel({ restore: 'no such edit' });
    await page.untilClosed();
    const other = await trip.restorePanel({});
    await other.untilClosed();
    assert.deepEqual(trip.user.said, []);
  });

  it('edits are said to be there where their tab was closed', async () => {
    const before = await trip.edit(logo, 'invert what comes back', model);
    before.close();
    (await trip.user.told('not saved yet')).dismiss();
    await trip.reload();
    await trip.lookAfterEdits();
    const back = await trip.user.told('1 finished edit was not reviewed.');
    assert.deepEqual(back.buttons, ['Review']);
    back.press('Review');
    const page = await trip.pages.titled(`Compare: ${logo}`);
    await page.untilReview();
    await assertSaved(page);
  });

  it('edits that the user puts aside are not spoken of again', async () => {
    await trip.edit(logo, 'invert it', model);
    await trip.reload();
    await trip.lookAfterEdits();
    (await trip.user.told('1 finished edit was not reviewed.')).dismiss();
    await until('mark', async () => (await trip.jobs())[0]?.isSeen);
    await trip.reload();
    const said = trip.user.said.length;
    await trip.lookAfterEdits();
    assert.deepEqual(trip.user.said.slice(said), []);
    assert.equal((await trip.jobs()).length, 1);
  });

  it('several are reviewed one after the other, the newest first', async () => {
    for (const instruction of ['invert it', 'make it brighter']) {
      const page = await trip.edit(logo, instruction, model);
      page.close();
      (await trip.user.told('not saved yet')).dismiss();
    }
    await trip.reload();
    await trip.lookAfterEdits();
    (await trip.user.told('2 finished edits were not reviewed.')).press('Review');
    const first = await (await trip.pages.titled(`Compare: ${logo}`)).untilReview();
    assert.deepEqual(
      [first.rounds[0]?.instruction, first.queue],
      ['make it brighter', { position: 1, count: 2 }],
    );
  });

  it('edits are said to have been sent and never answered, and are not sent again', async () => {
    const { state } = await beginEdit('wait for it');
    await trip.reload();
    const tab = trip.restorePanel({ restore: state!.restore! });
    await trip.lookAfterEdits();
    await trip.user.told(
      '1 edit was sent and never answered: it may have been charged, and is not sent again by itself.',
    );
    await (await tab).untilClosed();
    assert.equal(trip.sent.length, 1);
    assert.ok(trip.sent[0]!.aborted);
    assert.deepEqual(await trip.made(), []);
    void trip.showEdits();
    const list = await trip.user.asked('Edits');
    const row = list.rows().find(({ label }) => label === 'wait for it');
    assert.match(row?.detail ?? '', /^No picture, may have been charged/);
    await list.choose('wait for it');
    const said = await trip.user.told(
      /^logo\.png: It was sent and never answered.* It may have been charged\.$/,
    );
    assert.deepEqual(said.buttons, ['Try Again']);
    said.press('Try Again');
    const question = await trip.user.asked(`Edit ${logo}`);
    assert.equal(question.value(), 'wait for it');
    await question.escape();
    assert.equal(trip.sent.length, 1);
  });

  it('an original that was replaced comes back from the list of edits', async () => {
    const names = await readdir(trip.folder);
    const page = await trip.edit(logo, 'replace with this', model);
    page.send({ type: 'replace', version: 0 });
    (await trip.user.told(`Replace ${logo}`)).press('Replace Original');
    await trip.user.told(`Replaced ${logo}`);
    assert.ok((await trip.read(logo)).equals(answered()));
    assert.deepEqual(await readdir(trip.folder), names);
    await until('end in the journal', async () => (await trip.jobs())[0]?.state === 'saved');
    await trip.reload();
    void trip.showEdits();
    const list = await trip.user.asked('Edits');
    const row = list.rows().find(({ label }) => label === 'replace with this');
    assert.match(row?.detail ?? '', /^Replaced the original · /);
    await list.press('Bring Back the Original', 'replace with this');
    await trip.user.told(`Brought back ${logo}.`);
    assert.ok((await trip.read(logo)).equals(original));
    assert.equal(trip.sent.length, 1);
  });

  it('edits are all in a list, with small pictures, to be opened, saved and deleted', async () => {
    const before = await trip.edit(logo, 'make a list', model);
    before.close();
    await until('cost', async () => (await trip.jobs())[0]?.cost);
    await trip.reload();
    const open = async () => {
      void trip.showEdits();
      const list = await trip.user.asked('Edits');
      const find = () => list.rows().find(({ label }) => label === 'make a list');
      return { list, row: await until('row', find, () => list.rows()), find };
    };
    const first = await open();
    assert.equal(first.row.description, `${logo} · ${model}`);
    assert.match(first.row.detail ?? '', /^Not saved yet · \$0\.0120 · /);
    await until('small picture', () => {
      const { iconPath } = first.find() ?? {};
      return (
        iconPath instanceof Uri && iconPath.toString(true).startsWith('data:image/png;base64,')
      );
    });
    await first.list.press('Save', 'make a list');
    await trip.user.told(`Saved ${edited}`);
    assert.deepEqual(await trip.made(), [edited]);
    await until('end in the journal', async () => (await trip.jobs())[0]?.state === 'saved');

    const second = await open();
    assert.match(second.row.detail ?? '', /^Saved · /);
    await second.list.choose('make a list');
    const page = await trip.pages.titled(`Compare: ${logo}`);
    await page.untilReview();
    page.close();

    const third = await open();
    await third.list.press('Delete', 'make a list');
    await until('end of the row', () => !third.find());
    assert.deepEqual(await trip.jobs(), []);
    await third.list.escape();
    assert.equal(trip.sent.length, 1);
  });

  it('deletes nothing from the list that was never saved without being told to', async () => {
    const before = await trip.edit(logo, 'make a list', model);
    before.close();
    void trip.showEdits();
    const list = await trip.user.asked('Edits');
    const question = `Delete the edit of ${logo}? It was never saved.`;
    await list.press('Delete', 'make a list');
    const dialog = await trip.user.told(question);
    assert.equal(dialog.detail, 'Its pictures cannot be brought back.');
    dialog.dismiss();
    await list.press('Delete', 'make a list');
    (await trip.user.told(question)).press('Delete');
    await until('end of the row', () => list.rows().length === 0);
    assert.deepEqual(await trip.jobs(), []);
  });
});
