// The user's settings go in, checked values come out.
import { workspace, type Uri } from 'vscode';
import { parseBaseUrl } from '../gateway/connection';
import type { UploadForm } from '../gateway/imagesEdits';
import type { Model } from '../gateway/models';

export interface Settings {
  /** Checked: see `parseBaseUrl`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly models: readonly Model[];
  readonly upload: 'auto' | UploadForm;
  /** Milliseconds, from 30 to 3600 seconds. */
  readonly timeout: number;
  readonly saveName: string;
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
  const models: unknown = settings.get('models');
  return {
    baseUrl: parseBaseUrl(String(settings.get('baseUrl'))),
    model: String(settings.get('model')).trim(),
    models: Array.isArray(models) ? models.filter(isModel) : [],
    upload: upload === 'json' || upload === 'multipart' ? upload : 'auto',
    timeout: Math.min(3600, Math.max(30, typeof seconds === 'number' ? seconds : 600)) * 1000,
    saveName: String(settings.get('saveName')),
  };
}

function isModel(value: unknown): value is Model {
  if (typeof value !== 'object' || value === null) return false;
  const { id, route } = value as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    id !== '' &&
    (route === 'images/edits' || route === 'chat/completions')
  );
}
