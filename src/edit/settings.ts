// The user's settings go in, checked values come out.
import { commands, window, workspace, type Uri } from 'vscode';
import { parseBaseUrl } from '../gateway/connection';
import type { UploadForm } from '../gateway/imagesEdits';
import type { Model } from '../gateway/models';
import { readModels } from './modelsSetting';
import { showName } from './showName';

export interface Settings {
  /** Checked: see `parseBaseUrl`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly models: readonly Model[];
  readonly upload: 'auto' | UploadForm;
  /** Milliseconds, from 30 to 3600 seconds. */
  readonly timeout: number;
  readonly saveName: string;
  /** Whether uploads lose EXIF, XMP, GPS and the like. */
  readonly removeMetadata: boolean;
  /** Whether edits are saved in the size and format of the original. */
  readonly matchOriginal: boolean;
  /** Whether saved edits say that a model made them. */
  readonly provenance: boolean;
  /** Whether they say what was asked as well. */
  readonly provenanceInstruction: boolean;
}

/**
 * @param resource whose folder's settings apply
 * @throws EditError (`settings`) when the base URL cannot be used
 */
export function readSettings(resource?: Uri): Settings {
  const settings = workspace.getConfiguration('retouch', resource);
  // VS Code warns of a value of the wrong type but hands it over all the same.
  const upload: unknown = settings.get('upload');
  const seconds: unknown = settings.get('timeoutSeconds');
  const { models, problems } = readModels(settings.get('models'));
  warnOnce(problems);
  return {
    baseUrl: parseBaseUrl(String(settings.get('baseUrl'))),
    model: String(settings.get('model')).trim(),
    models,
    upload: upload === 'json' || upload === 'multipart' ? upload : 'auto',
    timeout: Math.min(3600, Math.max(30, typeof seconds === 'number' ? seconds : 600)) * 1000,
    ...readSaveSettings(resource),
    // Anything but a clear no protects.
    removeMetadata: settings.get<unknown>('removeMetadata') !== false,
  };
}

/** How saved pictures are to be, by the settings of a folder. */
export type SaveSettings = Pick<
  Settings,
  'saveName' | 'matchOriginal' | 'provenance' | 'provenanceInstruction'
>;

/** Needs no base URL that can be used. */
export function readSaveSettings(resource: Uri | undefined): SaveSettings {
  const settings = workspace.getConfiguration('retouch', resource);
  return {
    saveName: String(settings.get('saveName')),
    // Anything but a clear no is a yes.
    matchOriginal: settings.get<unknown>('matchOriginal') !== false,
    provenance: settings.get<unknown>('provenance') !== false,
    provenanceInstruction: settings.get<unknown>('provenanceInstruction') === true,
  };
}

/** How many images of a batch are edited at the same time, from 1 to 10. */
export function readEditsAtOnce(): number {
  const atOnce: unknown = workspace.getConfiguration('retouch').get('editsAtOnce');
  return typeof atOnce === 'number' ? Math.min(10, Math.max(1, Math.round(atOnce) || 1)) : 3;
}

/** Days that the journal keeps what is over, at least one. */
export function readKeepDays(): number {
  const days: unknown = workspace.getConfiguration('retouch').get('keepDays');
  return typeof days === 'number' && Number.isFinite(days) ? Math.max(1, days) : 30;
}

/** What was said last, so that the next edit does not say it again. */
let warned = '';

function warnOnce(problems: readonly string[]): void {
  const message = showName(problems.join(' '));
  if (message !== '' && message !== warned) {
    const open = 'Open Settings';
    void window.showWarningMessage(message, open).then((chosen) => {
      if (chosen === open)
        void commands.executeCommand('workbench.action.openSettings', 'retouch.models');
    });
  }
  warned = message;
}
