// The command `Show Edits…`: every edit that the journal keeps, the newest first; one is opened, saved or deleted.
import { ThemeIcon, window, type QuickInputButton, type QuickPickItem } from 'vscode';
import { isOver, type KeptJob } from '../journal/jobFiles';
import type { Journal } from '../journal/journal';
import { costInWords } from './balanceInWords';
import { openJournal } from './keepEdit';
import { panelOf } from './openPanels';
import { diskErrorInWords } from './recordEdit';
import { reopenEdit, saveEdit } from './reopenEdit';
import type { Services } from './services';
import { plain, showName } from './showName';
import { readThumbnail } from './thumbnail';

/** Rows with a small picture: nobody scrolls further before searching. */
const thumbnailLimit = 100;

interface EditItem extends QuickPickItem {
  readonly job: KeptJob;
}

const saveButton: QuickInputButton = { iconPath: new ThemeIcon('save'), tooltip: 'Save' };
const deleteButton: QuickInputButton = { iconPath: new ThemeIcon('trash'), tooltip: 'Delete' };

/** Ends when the user has chosen and is done, or escapes. */
export async function showEdits(services: Services): Promise<void> {
  const journal = openJournal(services);
  const { jobs } = journal ? await journal.list() : { jobs: [] };
  if (!journal || jobs.length === 0) {
    void window.showInformationMessage('No edits are kept yet.');
    return;
  }
  const chosen = await chooseEdit(services, journal, jobs);
  if (chosen) await reopenEdit(services, chosen);
}

async function chooseEdit(
  services: Services,
  journal: Journal,
  jobs: readonly KeptJob[],
): Promise<KeptJob | undefined> {
  const pick = window.createQuickPick<EditItem>();
  pick.title = 'Edits';
  pick.placeholder = 'The edit to open';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  let items = jobs.map((job) => itemOf(journal, job));
  let isOpen = true;
  const show = (change: (item: EditItem) => EditItem | undefined) => {
    if (!isOpen) return;
    const active = pick.activeItems[0]?.job;
    items = items.flatMap((item) => change(item) ?? []);
    pick.keepScrollPosition = true;
    pick.items = items;
    pick.activeItems = items.filter(({ job }) => job === active);
  };
  pick.items = items;
  const chosen = new Promise<KeptJob | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.job);
      pick.hide();
    });
    pick.onDidTriggerItemButton(({ item: { job }, button }) => {
      if (button === saveButton) {
        pick.hide();
        void saveEdit(services, job);
        return;
      }
      void deleteEdit(services, job).then((deleted) => {
        if (deleted) show((item) => (item.job === job ? undefined : item));
      });
    });
    pick.onDidHide(() => {
      isOpen = false;
      resolve(undefined);
      pick.dispose();
    });
  });
  pick.show();
  void addThumbnails(services, jobs, (job, iconPath) => {
    show((item) => (item.job === job ? { ...item, iconPath } : item));
    return isOpen;
  });
  return chosen;
}

/** @param add gives whether anybody still looks */
async function addThumbnails(
  services: Services,
  jobs: readonly KeptJob[],
  add: (job: KeptJob, iconPath: NonNullable<QuickPickItem['iconPath']>) => boolean,
): Promise<void> {
  for (const job of jobs.slice(0, thumbnailLimit)) {
    const thumbnail = await readThumbnail(services, job);
    if (!add(job, thumbnail ?? new ThemeIcon('file-media'))) return;
  }
}

function itemOf(journal: Journal, job: KeptJob): EditItem {
  const { record, state, cost } = job;
  const isRunning = state === 'prepared' || (state === 'sent' && !job.failure);
  const isFree = !isRunning && !panelOf(job.files.id) && (isOver(job) || isOurs(journal, job));
  const words = [
    stateInWords(journal, job),
    ...(isRunning ? [] : [cost === undefined ? 'cost unknown' : costInWords(cost)]),
    new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
      record.createdAt,
    ),
  ];
  return {
    label: plain(showName(record.instruction)),
    description: plain(`${showName(record.original.fileName)} · ${record.model.id}`),
    detail: plain(words.join(' · ')),
    iconPath: new ThemeIcon('file-media'),
    buttons: isFree
      ? [...(state === 'received' || state === 'discarded' ? [saveButton] : []), deleteButton]
      : [],
    job,
  };
}

/** What another window has open is that window's to delete. */
function isOurs(journal: Journal, job: KeptJob): boolean {
  return journal.whose(job) !== 'other';
}

function stateInWords(journal: Journal, job: KeptJob): string {
  const { state, failure, saved } = job;
  const where = isOurs(journal, job) ? '' : ' in another window';
  switch (state) {
    case 'prepared':
      return `Under way${where}`;
    case 'sent': {
      if (!failure) return `Under way${where}`;
      const charge = { none: '', unknown: ', may have been charged', charged: ', charged' };
      const what = failure.reason === 'cancelled' ? 'Cancelled' : 'No picture';
      return `${what}${charge[failure.charge]}`;
    }
    case 'received':
      return saved.length > 0 ? `Some pictures not saved yet${where}` : `Not saved yet${where}`;
    case 'saved':
      return 'Saved';
    case 'discarded':
      return 'Discarded';
  }
}

/** @returns false where the user keeps it, or it cannot be deleted */
async function deleteEdit({ log }: Services, job: KeptJob): Promise<boolean> {
  const { fileName } = job.record.original;
  const name = showName(fileName);
  const remove = 'Delete';
  if (job.saved.length === 0 && (job.state === 'received' || job.state === 'discarded')) {
    const chosen = await window.showWarningMessage(
      `Delete the edit of ${name}? It was never saved.`,
      { modal: true, detail: 'Its pictures cannot be brought back.' },
      remove,
    );
    if (chosen !== remove) return false;
  }
  try {
    await job.files.remove();
    log.info(`${fileName}: an edit was deleted`);
    return true;
  } catch (error) {
    void window.showErrorMessage(
      `The edit of ${name} could not be deleted: ${diskErrorInWords(error)}.`,
    );
    return false;
  }
}
