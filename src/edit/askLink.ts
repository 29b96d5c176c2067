// The user is asked for a link to a picture; what to edit comes out, with a place where the result may lie.
import { homedir } from 'node:os';
import { Uri, window, workspace } from 'vscode';
import type { Subject } from './chooseImage';

/** Undefined when the user escapes. */
export async function askLink(): Promise<Subject | undefined> {
  const typed = await window.showInputBox({
    title: 'Edit Image from URL',
    prompt:
      'The address of the picture itself, not of a page that shows it. The gateway opens it as well.',
    placeHolder: 'https://…',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? undefined : refuse(value.trim())),
  });
  const link = typed?.trim();
  if (!link) return undefined;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const name = fileName(new URL(link));
  return folder
    ? { uri: Uri.joinPath(folder, name), link }
    : { uri: Uri.joinPath(Uri.file(homedir()), name), link, hasNoFolder: true };
}

function refuse(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return 'An address begins with https://';
  }
  return url.username || url.password ? 'The address must not hold a name or password.' : undefined;
}

/** What the picture would be called here: never a path, whatever stands in the address. */
function fileName({ hostname, pathname }: URL): string {
  const last = pathname.split('/').findLast((segment) => segment !== '') ?? '';
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // A lone percent sign: as it is.
  }
  // oxlint-disable-next-line no-control-regex -- what no file name may hold
  const clean = name.replace(/[\\/:*?"<>|\x00-\x1f]/g, '-').replace(/^\.+/, '');
  return clean === '' ? hostname : clean;
}
