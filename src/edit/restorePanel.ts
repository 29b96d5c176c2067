// A tab that VS Code has brought back after a reload goes in, with what its page kept; what it showed is in it again, or it
// is closed.
import { setTimeout as delay } from 'node:timers/promises';
import { Uri, window, type WebviewPanel } from 'vscode';
import * as v from 'valibot';
import { rememberLive } from '../compare/livePanels';
import type { KeptByWebview } from '../compare/protocol';
import { isOver, sessionOf, type KeptJob } from '../journal/jobFiles';
import { isSameWindow } from '../journal/owner';
import { compareWithHead, headPrefix } from './compareWithHead';
import { openJournal } from './keepEdit';
import { takenInWords } from './keptEditsInWords';
import { lookAfterEdits } from './lookAfterEdits';
import { expectPanel } from './openPanels';
import { isHere } from './readSession';
import { reopenEdit, restoreEdit } from './reopenEdit';
import { readRestoreKey } from './restoreKey';
import type { Services } from './services';
import { showName } from './showName';

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
    const { job, taken } = await findJob(services, restore);
    if (job) await restoreEdit(services, job, panel, kept, () => tab.isGone);
    else if (!tab.isGone) panel.dispose();
    if (taken) sayTaken(services, taken);
  } finally {
    listener.dispose();
  }
}

interface Taken {
  readonly job: KeptJob;
  readonly whose: 'other' | 'elsewhere';
}

function sayTaken(services: Services, { job, whose }: Taken): void {
  const message = takenInWords(showName(job.record.original.fileName), whose);
  services.log.info(message);
  const compare = 'Compare';
  const steps = isHere(job) ? [compare] : [];
  void window.showInformationMessage(message, ...steps).then(async (chosen) => {
    if (chosen === compare) await reopenEdit(services, job);
  });
}

function readKept(state: unknown): KeptByWebview {
  const { success, output } = v.safeParse(Kept, state);
  if (!success) return {};
  return Object.fromEntries(Object.entries(output).filter(([, value]) => value !== undefined));
}

function isTaken(one: { readonly job: KeptJob; readonly whose: string }): one is Taken {
  return one.whose === 'other' || one.whose === 'elsewhere';
}

/** Nothing where it is not kept; `taken` where another window has it. */
async function findJob(
  services: Services,
  key: string,
): Promise<{ readonly job?: KeptJob | undefined; readonly taken?: Taken | undefined }> {
  const journal = openJournal(services);
  if (!journal || key === '') return {};
  const { id, window: windowBefore } = readRestoreKey(key);
  const isIts = (job: KeptJob) => sessionOf(job) === id;
  // The window that had this tab is not there any more, whatever the machine was called that it was on.
  const isOwn = (job: KeptJob) =>
    isIts(job) &&
    (windowBefore === undefined ||
      (job.owner !== undefined && isSameWindow(job.owner.name, windowBefore)));
  const expected = expectPanel(id);
  try {
    let taken: Taken | undefined;
    for (const deadline = Date.now() + patience; Date.now() < deadline;) {
      await lookAfterEdits(services, isOwn);
      const { jobs } = await journal.list();
      // The job that it began with may be deleted.
      const its = jobs.filter(isIts);
      // Until none is another window's. What is over nobody takes over: nothing more comes of it.
      const waiting = its
        .filter((job) => !isOver(job))
        .map((job) => ({ job, whose: journal.whose(job) }))
        .filter(({ job, whose }) => {
          const isFree = whose === 'gone' || (whose === 'elsewhere' && isOwn(job));
          return whose !== 'mine' && !(job.isSeen && isFree);
        });
      if (waiting.length === 0) return { job: its.find(isHere) ?? its[0] };
      taken = waiting.find(isTaken);
      // No window of this machine is about to end.
      if (waiting.every(({ job, whose }) => whose === 'elsewhere' && !isOwn(job))) break;
      await delay(pause);
    }
    return { taken };
  } finally {
    // Whoever is asked from now on finds it open, or it is not.
    setTimeout(() => {
      expected.dispose();
    }, pause);
  }
}
