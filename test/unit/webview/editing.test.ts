// The panel while the gateway is at work: the original, a clock that runs, partial pictures, and a wait that counts down.
import assert from 'node:assert/strict';
import type { PanelState } from '../../../src/compare/protocol';
import { panelPage, samplePictures } from './support/panelPage';
import { review } from './support/samplePictures';
import { editing, partial } from './support/sampleStates';

const partialName = 'Partial picture, not the result';

describe('the panel’s page: while the gateway is at work', () => {
  const panel = panelPage();

  async function open(state: PanelState, stillClock = false): Promise<void> {
    await panel.open({ stillClock });
    await panel.state(state);
    await panel.picture('original', 'image/png', (await samplePictures()).original);
    await panel.page.getByRole('img', { name: 'Original' }).waitFor();
  }

  async function showPartial(number: number): Promise<void> {
    await panel.state({ ...editing, partial: { ...partial, number } });
    await panel.picture('partial', 'image/png', (await samplePictures()).edited);
    await panel.page.getByRole('img', { name: partialName }).waitFor();
  }

  const clock = () => panel.page.locator('#clock').innerText();
  const facts = (side: 'original' | 'edited') => panel.page.locator(`#${side}Facts`).innerText();
  const assertOnlyCancel = async () => {
    for (const name of ['Accept', 'Save As…', 'Copy', 'Replace Original', 'Discard'])
      assert.equal(await panel.button(name).count(), 0, name);
    assert.ok(await panel.button('Cancel').isVisible());
  };

  it('shows the original at once, what was asked, and a clock that runs', async () => {
    await open(editing, true);
    assert.equal(await clock(), '0:01');
    assert.equal(await panel.page.locator('#placeholderClock').innerText(), '0:01');
    assert.equal(await facts('original'), 'JPEG · 1200 × 800 · 212 KB');
    assert.equal(await panel.status(), 'Editing with openai/gpt-image-2…');
    assert.equal(
      await panel.page.locator('#instruction').innerText(),
      review.rounds[0]!.instruction,
    );
    const status = await panel.status();
    await panel.page.clock.runFor(1000);
    assert.equal(await clock(), '0:02');
    await panel.page.clock.fastForward(60_000);
    assert.equal(await clock(), '1:02');
    assert.equal(await panel.page.locator('#placeholderClock').innerText(), '1:02');
    // What runs is beside the status, which would be read aloud each time.
    assert.equal(await panel.status(), status);
    await assertOnlyCancel();
    await panel.button('Cancel').click();
    assert.deepEqual(await panel.sent(), [{ type: 'cancel' }]);
  });

  it('has a clock that goes by the host’s, whatever the page’s own says', async () => {
    await open({ ...editing, startedAt: 7_000_000, now: 7_012_000 }, true);
    assert.equal(await clock(), '0:12');
    await panel.page.clock.runFor(3000);
    assert.equal(await clock(), '0:15');
  });

  it('shows partial pictures marked as such, and offers to save none of them', async () => {
    await open(editing);
    await showPartial(1);
    await panel.page.locator('.mark', { hasText: 'Partial' }).waitFor();
    assert.match(await panel.status(), /^Editing with .* · Partial 1$/);
    assert.match(await facts('edited'), /^Partial 1 · PNG · 1536 × 1024 · 195 KB$/);
    await assertOnlyCancel();
    assert.equal(await panel.page.getByRole('img', { name: 'Edited' }).count(), 0);
    assert.ok(await panel.page.locator('#placeholder').isHidden());
    await panel.focusPanel();
    await panel.key('Enter');
    await panel.key('Escape');
    assert.deepEqual(await panel.sent(), []);
    await showPartial(2);
    assert.match(await panel.status(), /Partial 2$/);
    // The result has nothing of it.
    await panel.fill(review);
    assert.equal(await panel.page.locator('.mark:visible').count(), 0);
    assert.equal(await panel.page.getByRole('img', { name: partialName }).count(), 0);
    assert.equal(await panel.page.getByRole('list', { name: 'Versions' }).count(), 0);
    assert.ok(await panel.button('Accept').isEnabled());
    assert.doesNotMatch(await facts('edited'), /Partial/);
  });

  it('shows a partial picture again after having been hidden', async () => {
    await open(editing);
    await showPartial(1);
    await panel.reload();
    await panel.picture('original', 'image/png', (await samplePictures()).original);
    await showPartial(1);
    await panel.page.locator('.mark', { hasText: 'Partial' }).waitFor();
    assert.match(await panel.status(), /^Editing with .*Partial 1$/);
    await assertOnlyCancel();
  });

  it('counts a wait down beside the status, which is read aloud once', async () => {
    const wait = { why: 'The gateway is busy', until: 121_000 };
    await open({ ...editing, wait }, true);
    const said = await panel.status();
    assert.match(said, /^The gateway is busy: trying again\s*in 2 min 0 s$/);
    assert.equal(await clock(), 'in 2 min 0 s');
    await panel.page.clock.runFor(1000);
    assert.equal(await clock(), 'in 1 min 59 s');
    await panel.page.clock.fastForward(60_000);
    assert.equal(await clock(), 'in 59 s');
    await panel.page.clock.fastForward(600_000);
    assert.equal(await clock(), 'in 0 s');
    assert.equal(await panel.status(), said);
    await assertOnlyCancel();
    // The next one was taken.
    await panel.state(editing);
    assert.equal(await panel.status(), 'Editing with openai/gpt-image-2…');
    assert.match(await clock(), /^0:\d\d$/);
    await panel.button('Cancel').click();
    assert.deepEqual(await panel.sent(), [{ type: 'cancel' }]);
  });

  it('tells what such an edit cost last', async () => {
    const [round] = editing.rounds;
    await open({ ...editing, rounds: [{ ...round!, usage: 'last edit $0.0120' }] });
    assert.equal(await panel.status(), 'Editing with openai/gpt-image-2… · last edit $0.0120');
  });

  it('has in the end both pictures, with format, pixel size and bytes, and what it cost', async () => {
    await open(editing);
    await panel.fill(review);
    assert.equal(await facts('original'), 'JPEG · 1200 × 800 · 212 KB');
    assert.equal(await facts('edited'), 'PNG · 1536 × 1024 · 293 KB');
    for (const [side, width] of [
      ['original', 1200],
      ['edited', 1536],
    ] as const)
      assert.equal(await panel.page.evaluate(`${side}.naturalWidth`), width);
    assert.match(await panel.status(), /2,084 tokens · \$0\.0120$/);
    assert.ok(await panel.page.locator('#clock').isHidden());
    assert.ok(await panel.button('Cancel').isHidden());
  });
});
