// Whatever a command was called with goes in; the image to edit comes out.
import { basename } from 'node:path';
import fuzzysort from 'fuzzysort';
import { TabInputCustom, Uri, window, workspace, type QuickPickItem } from 'vscode';
import type { Services } from './services';
import { plain, showName } from './showName';

/** The file names that Retouch offers to edit, as in the menus of package.json. */
export const imageName = /\.(png|jpe?g|webp|avif|gif)$/i;

// Patterns are case-sensitive on some systems and not on others.
const imagePattern =
  '**/*.{[pP][nN][gG],[jJ][pP][gG],[jJ][pP][eE][gG],[wW][eE][bB][pP],[aA][vV][iI][fF],[gG][iI][fF]}';

/** More would not help anyone choose. */
const listLimit = 5000;

/** What an edit is about. */
export interface Subject {
  /** The original's; where the original is a link, the name under which it would lie here. */
  readonly uri: Uri;
  /** Pictures that go along, for the model to look at, in the order in which they were selected. */
  readonly references?: readonly Uri[];
  /** Where the original is, when it is no file. */
  readonly link?: string;
  /** There is no folder to save in: Accept asks for one. */
  readonly hasNoFolder?: boolean;
}

/** Several images, to be edited one by one in the same way. */
export interface Batch {
  readonly each: readonly Uri[];
}

/**
 * @param target the command's first argument: a URI from a menu, and anything at all from other callers
 * @param selected its second: from a menu every URI that is selected, in the order of their selection
 * @returns undefined when there is none, or the user escapes
 */
export async function chooseSubject(
  services: Services,
  target: unknown,
  selected: unknown,
): Promise<Subject | Batch | undefined> {
  const uris = Array.isArray(selected) ? selected.filter((uri) => uri instanceof Uri) : [];
  if (uris.length > 1) return askHow(uris);
  const uri = target instanceof Uri ? target : (openImage() ?? (await askForImage(services)));
  return uri && { uri };
}

/** Several files are selected: what to do with them is the user's choice. */
async function askHow(uris: readonly Uri[]): Promise<Subject | Batch | undefined> {
  const images = uris.filter(({ path }) => imageName.test(path));
  const [original, ...references] = images;
  if (!original) {
    void window.showWarningMessage('None of the selected files is an image that Retouch can edit.');
    return undefined;
  }
  if (references.length === 0) return { uri: original };
  const others = uris.length - images.length;
  const each = {
    label: 'Edit each',
    detail: `Edits ${images.length} images in the same way, a few at a time`,
  };
  const combine = {
    label: 'Combine into one',
    detail: `Edits ${nameOf(original)}; ${references.map(nameOf).join(', ')} ${references.length === 1 ? 'goes' : 'go'} along as ${references.length === 1 ? 'a reference' : 'references'}`,
  };
  const chosen = await window.showQuickPick([each, combine], {
    title: `Edit ${images.length} images`,
    placeHolder:
      others === 0
        ? 'What to do with them'
        : `What to do with them (${others} selected ${others === 1 ? 'file is no image and stays' : 'files are no images and stay'} out)`,
    ignoreFocusOut: true,
  });
  if (chosen === each) return { each: images };
  return chosen && { uri: original, references };
}

function nameOf({ path }: Uri): string {
  return plain(showName(basename(path)));
}

/** The image that VS Code's own preview shows in the active tab. */
export function openImage(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof TabInputCustom && imageName.test(input.uri.path) ? input.uri : undefined;
}

interface ImageItem extends QuickPickItem {
  /** Absent on the row `Browse…`. */
  readonly uri?: Uri;
}

async function askForImage({ log }: Services): Promise<Uri | undefined> {
  const browse: ImageItem = {
    label: 'Browse…',
    description: 'an image anywhere',
    alwaysShow: true,
  };
  const pick = window.createQuickPick<ImageItem>();
  pick.title = 'Edit Image with AI';
  pick.placeholder = 'Choose an image';
  pick.busy = true;
  pick.items = [browse];
  // Whether the active row is one of those listed last: fast typing can be ahead of the list.
  let settled = true;
  pick.onDidChangeActive(() => (settled = true));
  const chosen = new Promise<ImageItem | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const item = settled ? pick.activeItems[0] : pick.items[0];
      if (!item) return;
      resolve(item);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
  });
  pick.show();
  // A file system that cannot be searched still has `Browse…`.
  const images = await findImages().catch((error: unknown) => {
    log.warn(`The workspace could not be searched for images: ${String(error)}`);
    return [];
  });
  // VS Code's own filter knows only the beginnings of words: `bnr` would not find `banner.png`.
  const list = () => {
    const found = fuzzysort.go(pick.value, images, { key: 'path', all: true });
    settled = false;
    pick.items = [...found.map(({ obj }) => obj.item), browse];
  };
  list();
  pick.busy = false;
  pick.onDidChangeValue(list);

  const item = await chosen;
  if (!item) return undefined;
  if (item.uri) return item.uri;
  const browsed = await window.showOpenDialog({
    title: 'Edit Image with AI',
    filters: { Images: ['png', 'jpg', 'jpeg', 'webp', 'avif', 'gif'] },
  });
  return browsed?.[0];
}

/** The workspace's images, sorted by path. */
async function findImages(): Promise<{ path: string; item: ImageItem }[]> {
  const uris = await workspace.findFiles(imagePattern, '**/node_modules/**', listLimit);
  return uris
    .map((uri) => ({ path: workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.path.localeCompare(b.path))
    .map(({ path, uri }) => {
      const slash = path.lastIndexOf('/');
      const [folder, name] = [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
      return {
        path,
        item: {
          label: plain(showName(name)),
          description: showName(folder),
          uri,
          alwaysShow: true,
        },
      };
    });
}
