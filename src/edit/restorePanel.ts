// A tab that VS Code has brought back after a reload goes in, with what its page kept; what it showed is in it again, or it
// is closed.
import { setTimeout as delay } from 'node:timers/promises';
import { Uri, type WebviewPanel } from 'vscode';
import * as v from 'valibot';
import { rememberLive } from '../compare/livePanels';
import type { KeptByWebview } from '../compare/protocol';
import { isOver, sessionOf, type KeptJob } from '../journal/jobFiles';
import { compareWithHead, headPrefix } from './compareWithHead';
import { openJournal } from './keepEdit';
import { lookAfterEdits } from './lookAfterEdits';
import { expectPanel } from './openPanels';
import { isHere } from './readSession';
import { restoreEdit } from './reopenEdit';
import type { Services } from './services';

const Amount = v.pipe(v.number(), v.finite(), v.minValue(0));

/** Whatever the page kept may be of another version of Retouch: what is no longer understood is left out. */
const Kept = v.object({
  restore: v.fallback(v.optional(v.string()), undefined),
  shown: v.fallback(v.optional(v.string()), undefined),
  threshold: v.fallback(v.optional(v.pipe(Amount, v.maxValue(1))), undefined),
  aligned: v.fallback(v.optional(v.boolean()), undefined),
  matching: v.fallback(
    v.optional(
      v.object({
        on: v.boolean(),
        fit: v.optional(v.picklist(['fit', 'crop', 'stretch'])),
        chosen: v.optional(v.boolean(), false),
      }),
    ),
    undefined,
  ),
  rejected: v.fallback(v.optional(v.array(Amount)), undefined),
  overall: v.fallback(v.optional(v.boolean()), undefined),
});

/** Milliseconds that the window of before may take to end: until then the edit is its own. */
const patience = 20_000;

const pause = 250;

/** Ends when it is filled, or closed. */
export async function restorePanel(
  services: Services,
  panel: WebviewPanel,
  state: unknown,
): Promise<void> {
  rememberLive(panel, true);
  const kept = readKept(state);
  const { restore = '' } = kept;
  if (restore.startsWith(headPrefix)) {
    const uri = Uri.parse(restore.slice(headPrefix.length), true);
    if (!(await compareWithHead(services, uri, panel))) panel.dispose();
    return;
  }
  const tab = { isGone: false };
  const listener = panel.onDidDispose(() => (tab.isGone = true));
  try {
    const job = await findJob(services, restore);
    if (job) await restoreEdit(services, job, panel, kept, () => tab.isGone);
    else if (!tab.isGone) panel.dispose();
  } finally {
    listener.dispose();
  }
}

function readKept(state: unknown): KeptByWebview {
  const { success, output } = v.safeParse(Kept, state);
  if (!success) return {};
  return Object.fromEntries(Object.entries(output).filter(([, value]) => value !== undefined));
}

/** Undefined where it is not kept, or another window has it. */
async function findJob(services: Services, id: string): Promise<KeptJob | undefined> {
  const journal = openJournal(services);
  if (!journal || id === '') return undefined;
  const expected = expectPanel(id);
  try {
    for (const deadline = Date.now() + patience; Date.now() < deadline;) {
      await lookAfterEdits(services);
      const { jobs } = await journal.list();
      // The job that it began with may be deleted.
      const its = jobs.filter((one) => sessionOf(one) === id);
      // Until none is another window's. What is over nobody takes over: nothing more comes of it.
      const isSettled = its.every(
        (job) =>
          isOver(job) ||
          journal.whose(job) === 'mine' ||
          (job.isSeen && journal.whose(job) === 'gone'),
      );
      if (isSettled) return its.find(isHere) ?? its[0];
      await delay(pause);
    }
    return undefined;
  } finally {
    // Whoever is asked from now on finds it open, or it is not.
    setTimeout(() => {
      expected.dispose();
    }, pause);
  }
}
