// The rest of the list of changes: the overall colour, minor differences, all at once, and a picture that has no list.
import assert from 'node:assert/strict';
import type { PanelState } from '../../../src/compare/protocol';
import { panelPage } from './support/panelPage';
import { changes, comparison, fullComparison, review } from './support/samplePictures';
import { redrawn } from './support/sampleStates';

const full: PanelState = { ...review, comparison: fullComparison };
const words = fullComparison.overall!.words;
const minorWords = 'Minor differences (7)';

/** Numbers of the minor ones. */
const minor = [3, 4, 5, 6, 7, 8, 9];
const allMinor = minor.join();

describe('the panel’s page: what is kept of all that was found', () => {
  const panel = panelPage();

  const checkbox = (name: string) => panel.page.getByRole('checkbox', { name, exact: true });
  const fold = () => panel.button(minorWords);
  /** Of the rows that can be seen, from the top. */
  const names = () =>
    ofControls<string>("control.checkVisibility() ? [control.getAttribute('aria-label')] : []");
  const checked = () => ofControls<number>('[Number(control.checked)]');
  const ofControls = <Said>(said: string) =>
    panel.page.evaluate<Said[]>(
      `[...document.querySelectorAll('#changes input')].flatMap((control) => ${said})`,
    );
  /** All decisions so far, as `keep 0,1`. */
  const decisions = async () =>
    (await panel.sent()).flatMap((message) => {
      if (message.type === 'keep')
        return [`${message.kept ? 'keep' : 'reject'} ${message.changes.join()}`];
      return message.type === 'keepOverall' ? [`${message.kept ? 'keep' : 'reject'} overall`] : [];
    });

  it('lists the overall colour first, then the changes, then minor differences folded into one', async () => {
    await panel.show(full);
    assert.deepEqual(await names(), [
      words,
      'Change 1, top left, 4.9 % of the picture',
      'Change 2, right, 6.9 % of the picture',
      'Change 3, top right, 0.4 % of the picture',
      minorWords,
    ]);
    // As many as the rows with a number, and as the status line says.
    assert.equal(await panel.page.locator('#changesCount').innerText(), '3');
    assert.match(
      await panel.status(),
      / · overall colour · 3 changes, 12\.1 % of the picture · 7 minor differences · /,
    );
    assert.equal(await fold().getAttribute('aria-expanded'), 'false');
    await fold().click();
    assert.equal(await fold().getAttribute('aria-expanded'), 'true');
    assert.equal((await names()).length, 12);
    assert.ok(await checkbox('Change 4, bottom left, 0.1 % of the picture').isVisible());
    // It stays so after a reload.
    await panel.reload();
    await panel.fill(full);
    assert.equal(await fold().getAttribute('aria-expanded'), 'true');
    await fold().click();
    assert.equal((await names()).length, 5);
    assert.deepEqual(await decisions(), []);
  });

  it('keeps and rejects minor differences together or one by one', async () => {
    await panel.show(full);
    const all = checkbox(minorWords);
    const isMixed = async () => (await panel.page.locator('#changes :indeterminate').count()) > 0;
    await all.click();
    assert.ok(!(await all.isChecked()));
    await fold().click();
    await panel.change(5).click();
    assert.ok(await isMixed());
    assert.ok(!(await panel.change(6).isChecked()));
    await all.click();
    assert.ok(await panel.change(6).isChecked());
    assert.ok(!(await isMixed()));
    assert.deepEqual(await decisions(), [`reject ${allMinor}`, 'keep 4', `keep ${allMinor}`]);
  });

  it('keeps and rejects the overall colour, before the host answers', async () => {
    await panel.show(full);
    await checkbox(words).click();
    await panel.state({ ...full, comparison: { ...fullComparison, busy: true } });
    assert.ok(!(await checkbox(words).isChecked()));
    assert.match(await panel.page.locator('#changesSummary').innerText(), /, 1 rejected$/);
    await checkbox(words).click();
    assert.deepEqual(await panel.messages('keepOverall'), [
      { type: 'keepOverall', version: 0, kept: false },
      { type: 'keepOverall', version: 0, kept: true },
    ]);
  });

  it('says why the overall colour cannot be rejected, and leaves it', async () => {
    const fixed = 'It cannot be rejected: the colours are gone.';
    const overall = { words: 'Overall: black and white', kept: true, fixed };
    await panel.show({ ...full, comparison: { ...fullComparison, overall } });
    const row = checkbox(overall.words);
    assert.ok(await row.isDisabled());
    const reason = await row.getAttribute('aria-describedby');
    assert.equal(await panel.page.locator(`#${reason}`).innerText(), fixed);
    // It can have the focus, so that the reason is read.
    await row.focus();
    await panel.key(' ');
    await row.click({ force: true });
    assert.ok(await row.isChecked());
    await panel.button('Reject All').click();
    assert.ok(await row.isChecked());
    assert.ok(await panel.button('Reject All').isDisabled());
    assert.deepEqual(await decisions(), [`reject 0,1,2,${allMinor}`]);
  });

  it('keeps all, nothing, or the main change only', async () => {
    await panel.show(full);
    assert.ok(await panel.button('Keep All').isDisabled());
    await panel.button('Main Change Only').click();
    assert.ok(await panel.button('Main Change Only').isDisabled());
    assert.equal(await panel.page.locator('#spoken').innerText(), 'Only change 1 is kept');
    assert.deepEqual(await checked(), [0, 1, 0, 0, 0, ...minor.map(() => 0)]);
    await panel.button('Reject All').click();
    assert.deepEqual(await checked(), [0, 0, 0, 0, 0, ...minor.map(() => 0)]);
    await panel.button('Main Change Only').click();
    await panel.button('Keep All').click();
    assert.deepEqual(await checked(), [1, 1, 1, 1, 1, ...minor.map(() => 1)]);
    assert.deepEqual(await decisions(), [
      `reject 1,2,${allMinor}`,
      'reject overall',
      'reject 0',
      'keep 0',
      `keep 1,2,${allMinor}`,
      'keep overall',
    ]);
  });

  it('has no main change where all are minor, and no list where nothing was found', async () => {
    const onlyMinor = fullComparison.changes.slice(3);
    await panel.show({ ...review, comparison: { ...comparison, changes: onlyMinor } });
    assert.ok(await panel.button('Main Change Only').isDisabled());
    assert.ok(await panel.button('Reject All').isEnabled());
    const { overall } = fullComparison;
    await panel.state({ ...review, comparison: { ...comparison, changes: [], overall } });
    assert.deepEqual(await names(), [words]);
    await panel.button('Reject All').click();
    assert.deepEqual(await decisions(), ['reject overall']);
    await panel.state({ ...review, comparison: { ...comparison, changes: [] } });
    assert.equal(await panel.button('Keep All').count(), 0);
    assert.deepEqual(await names(), []);
  });

  it('keeps with O only what has the focus', async () => {
    await panel.show(full);
    await panel.focusPanel();
    // Nothing has the focus.
    await panel.key('o');
    await panel.change(2).focus();
    await panel.key('o');
    assert.deepEqual(await checked(), [0, 0, 1, 0, 0, ...minor.map(() => 0)]);
    assert.equal(await panel.page.locator('#spoken').innerText(), 'Only change 2 is kept');
    await panel.key('ArrowDown');
    await panel.key('ArrowDown');
    await panel.key('o');
    assert.deepEqual(await checked(), [0, 0, 0, 0, 1, ...minor.map(() => 1)]);
    await panel.key('Home');
    await panel.key('o');
    assert.deepEqual(await checked(), [1, 0, 0, 0, 0, ...minor.map(() => 0)]);
    assert.deepEqual(await decisions(), [
      `reject 0,2,${allMinor}`,
      'reject overall',
      'reject 1',
      `keep ${allMinor}`,
      `reject ${allMinor}`,
      'keep overall',
    ]);
    // It is in the list of all keys.
    await panel.key('?');
    const help = panel.page.getByRole('dialog', { name: 'Keyboard Shortcuts' });
    assert.match(await help.innerText(), /\bO\s+Keep only the change that has the focus\n/);
    await panel.key('Escape');
    // While it is saved nothing changes.
    await panel.state({ ...full, phase: 'saving' });
    await panel.key('o');
    assert.equal((await decisions()).length, 6);
  });

  it('is one stop of the Tab key, in which the arrow keys walk over all rows', async () => {
    await panel.show(full);
    await panel.button('Main Change Only').focus();
    const walked: string[] = [];
    const press = async (...keys: string[]) => {
      for (const key of keys) {
        await panel.key(key);
        walked.push((await panel.focused()).replace(/,.*/, ''));
      }
    };
    await press('Tab', 'ArrowDown', 'End', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowUp');
    await press('ArrowLeft', 'ArrowUp', 'ArrowDown', 'ArrowRight', 'End', 'ArrowLeft', 'Home');
    assert.deepEqual(walked, [
      ...[
        'Overall: warmer',
        'Change 1',
        minorWords,
        minorWords,
        minorWords,
        'Change 4',
        minorWords,
      ],
      ...[minorWords, 'Change 3', minorWords, minorWords, 'Change 10', minorWords],
      'Overall: warmer',
    ]);
    await panel.key('Tab');
    assert.equal(await panel.page.evaluate('document.activeElement.id'), 'align');
    await panel.key('Shift+Tab');
    assert.equal(await panel.focused(), words);
    // N and P go round through all of them.
    await panel.focusPanel();
    await panel.key('p');
    assert.equal(await panel.focused(), 'Change 10, bottom right, 0.1 % of the picture');
    await fold().click();
    assert.equal(await panel.focused(), minorWords);
    assert.deepEqual(await decisions(), []);
  });

  it('shows the boxes of minor differences only while these are looked at', async () => {
    await panel.show(full);
    const boxes = () => panel.page.locator('#originalView .box:visible').count();
    await panel.change(1).hover();
    assert.equal(await boxes(), 3);
    await fold().hover();
    assert.equal(await boxes(), 10);
    await fold().click();
    await panel.change(1).hover();
    assert.equal(await boxes(), 10);
  });

  it('folds and unfolds where nothing can be kept', async () => {
    const readOnly = { original: 'HEAD', edited: 'Working Tree' };
    await panel.show({ ...full, readOnly });
    assert.equal(await panel.page.locator('#changes input').count(), 0);
    await panel.button('Change 3, top right, 0.4 % of the picture').focus();
    await panel.key('ArrowDown');
    await panel.key('Enter');
    assert.equal(await fold().getAttribute('aria-expanded'), 'true');
    await panel.key('ArrowDown');
    assert.match(await panel.focused(), /^Change 4, /);
    await panel.key('o');
    assert.deepEqual(await panel.sent(), []);
  });

  it('says that a picture is redrawn as a whole, and what helps, in place of a list', async () => {
    await panel.show(redrawn);
    assert.equal(await panel.page.getByRole('list', { name: 'Changes' }).count(), 0);
    assert.match(
      await panel.page.locator('#redrawn').innerText(),
      /^Redrawn as a whole: everything was painted anew/,
    );
    assert.match(await panel.status(), / · redrawn as a whole · /);
    assert.equal(await panel.button('Reject All').count(), 0);
    await panel.focusPanel();
    await panel.key('n');
    await panel.button('Mark Region…').click();
    await panel.button('Another Model…').click();
    assert.equal(await panel.focused(), 'Model');
    await panel.button('Keep as It Came').click();
    assert.deepEqual(await panel.sent(), [{ type: 'markRegion' }, { type: 'accept', version: 0 }]);
    // What had been rejected before it was known.
    const rejected = changes.map((change) => ({ ...change, kept: false }));
    await panel.state({ ...redrawn, comparison: { ...redrawn.comparison!, changes: rejected } });
    await panel.button('Keep as It Came').click();
    assert.deepEqual((await panel.sent()).slice(2), [
      { type: 'keep', version: 0, changes: [0, 1, 2], kept: true },
      { type: 'accept', version: 0 },
    ]);
  });

  it('offers of a redrawn picture only what there is', async () => {
    await panel.show({ ...redrawn, replaceable: false, models: undefined });
    assert.equal(await panel.button('Mark Region…').count(), 0);
    assert.equal(await panel.button('Another Model…').count(), 0);
    assert.ok(await panel.button('Keep as It Came').isVisible());
    await panel.state({ ...redrawn, readOnly: { original: 'HEAD', edited: 'Working Tree' } });
    assert.ok(await panel.page.getByText('Redrawn as a whole:').isVisible());
    assert.equal(await panel.button('Keep as It Came').count(), 0);
  });
});
