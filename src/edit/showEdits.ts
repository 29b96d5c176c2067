// The command `Show Edits…`: every edit that the journal keeps, the newest first; one is opened, saved or deleted.
import { ThemeIcon, window, type QuickInputButton, type QuickPickItem, type Uri } from 'vscode';
import { foundInWords } from '../compare/foundInWords';
import { isOver, sessionOf, type KeptJob } from '../journal/jobFiles';
import type { Journal } from '../journal/journal';
import { costInWords } from './balanceInWords';
import { downloadAgain } from './downloadAgain';
import { openJournal } from './keepEdit';
import { lackingInShort } from './lackingInWords';
import { panelOf } from './openPanels';
import { diskErrorInWords } from './recordEdit';
import { downloadEdit, reopenEdit, saveEdit, saveEditReceived } from './reopenEdit';
import { saveAsReceived } from './saveReceived';
import type { Services } from './services';
import { plain, showName } from './showName';
import { keptThumbnail, makeThumbnail } from './thumbnail';
import { undoReplace } from './undoReplace';

/** Rows with a small picture: nobody scrolls further before searching. */
const thumbnailLimit = 100;

interface EditItem extends QuickPickItem {
  readonly job: KeptJob;
}

const saveButton: QuickInputButton = { iconPath: new ThemeIcon('save'), tooltip: 'Save' };
const bringBackButton: QuickInputButton = {
  iconPath: new ThemeIcon('discard'),
  tooltip: 'Bring Back the Original',
};
const downloadButton: QuickInputButton = {
  iconPath: new ThemeIcon('cloud-download'),
  tooltip: downloadAgain,
};
const receivedButton: QuickInputButton = {
  iconPath: new ThemeIcon('save-as'),
  tooltip: saveAsReceived,
};
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
  const drawn = jobs.slice(0, thumbnailLimit);
  const thumbnails = await Promise.all(drawn.map(keptThumbnail));
  const edited = new Set(jobs.map(({ record }) => record.parent?.job));
  let items = jobs.map((job, at) => itemOf(journal, job, thumbnails[at], edited.has(job.files.id)));
  let isOpen = true;
  const show = (changed: readonly EditItem[]) => {
    if (!isOpen) return;
    const active = pick.activeItems[0]?.job;
    items = [...changed];
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
      const step = stepOf(button);
      if (step) {
        pick.hide();
        step(services, job).catch((error: unknown) => {
          services.log.error(`${job.record.original.fileName}: ${String(error)}`);
        });
        return;
      }
      void deleteEdit(services, job).then((deleted) => {
        if (deleted) show(items.filter((item) => item.job !== job));
      });
    });
    pick.onDidHide(() => {
      isOpen = false;
      resolve(undefined);
      pick.dispose();
    });
  });
  pick.show();
  void makeMissing().then(
    (made) => {
      if (made.size > 0) show(items.map((item) => ({ ...item, ...made.get(item.job) })));
    },
    (error: unknown) => {
      services.log.error(`No small pictures: ${String(error)}`);
    },
  );
  return chosen;

  /** All before any is shown: each change of the list draws its rows anew, under the pointer too. */
  async function makeMissing(): Promise<Map<KeptJob, Pick<QuickPickItem, 'iconPath'>>> {
    const made = new Map<KeptJob, Pick<QuickPickItem, 'iconPath'>>();
    for (const [at, job] of drawn.entries()) {
      if (!isOpen) break;
      const iconPath = thumbnails[at] ? undefined : await makeThumbnail(services, job);
      if (iconPath) made.set(job, { iconPath });
    }
    return made;
  }
}

/** What a row's button does, where it does not delete. */
function stepOf(button: QuickInputButton) {
  switch (button) {
    case saveButton:
      return saveEdit;
    case bringBackButton:
      return undoReplace;
    case downloadButton:
      return downloadEdit;
    case receivedButton:
      return saveEditReceived;
    default:
      return undefined;
  }
}

/** @param isStep whether one of its pictures was edited again */
function itemOf(
  journal: Journal,
  job: KeptJob,
  thumbnail: Uri | undefined,
  isStep: boolean,
): EditItem {
  const { record, state, cost, replaced } = job;
  const isRunning = state === 'prepared' || (state === 'sent' && !job.failure);
  const isFree = !isRunning && !panelOf(sessionOf(job)) && (isOver(job) || isOurs(journal, job));
  const { found, lacking } = job;
  const words = [
    isStep && state === 'discarded' ? 'Edited again' : stateInWords(journal, job),
    ...(lacking && state !== 'sent' ? lackingInShort(lacking) : []),
    ...(found ? [foundInWords(found)] : []),
    ...(isRunning ? [] : [cost === undefined ? 'cost unknown' : costInWords(cost)]),
    new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
      record.createdAt,
    ),
  ];
  return {
    label: plain(showName(record.instruction)),
    description: plain(`${showName(record.original.fileName)} · ${record.model.id}`),
    detail: plain(words.join(' · ')),
    iconPath: thumbnail ?? new ThemeIcon('file-media'),
    buttons: [
      ...(lacking && lacking.links > 0 && isOurs(journal, job) ? [downloadButton] : []),
      ...(lacking && lacking.damaged > 0 ? [receivedButton] : []),
      ...(isFree
        ? [
            ...(state === 'received' || state === 'discarded' ? [saveButton] : []),
            ...(replaced ? [bringBackButton] : []),
            deleteButton,
          ]
        : []),
    ],
    job,
  };
}

/** What another window of this machine has open is that window's to delete. */
function isOurs(journal: Journal, job: KeptJob): boolean {
  return journal.whose(job) !== 'other';
}

function stateInWords(journal: Journal, job: KeptJob): string {
  const { state, failure, saved } = job;
  const whose = journal.whose(job);
  const where =
    whose === 'other' ? ' in another window' : whose === 'elsewhere' ? ' on another machine' : '';
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
      return job.replaced ? 'Replaced the original' : 'Saved';
    case 'discarded':
      return 'Discarded';
  }
}

/** @returns false where the user keeps it, or it cannot be deleted */
async function deleteEdit({ log }: Services, job: KeptJob): Promise<boolean> {
  const { fileName } = job.record.original;
  const name = showName(fileName);
  const remove = 'Delete';
  const isUnsaved =
    job.saved.length === 0 && (job.state === 'received' || job.state === 'discarded');
  if (isUnsaved || job.replaced) {
    const [why, detail] = job.replaced
      ? [
          `It has replaced ${name}.`,
          'The original, which is kept with it alone, cannot be brought back.',
        ]
      : ['It was never saved.', 'Its pictures cannot be brought back.'];
    const chosen = await window.showWarningMessage(
      `Delete the edit of ${name}? ${why}`,
      { modal: true, detail },
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
