// Whatever a command was called with goes in; the image to edit comes out.
import fuzzysort from 'fuzzysort';
import { TabInputCustom, Uri, window, workspace, type QuickPickItem } from 'vscode';
import { plain, showName } from './showName';

/** The file names that Retouch offers to edit, as in the menus of package.json. */
const imageName = /\.(png|jpe?g|webp|avif|gif)$/i;

// Patterns are case-sensitive on some systems and not on others.
const imagePattern =
  '**/*.{[pP][nN][gG],[jJ][pP][gG],[jJ][pP][eE][gG],[wW][eE][bB][pP],[aA][vV][iI][fF],[gG][iI][fF]}';

/** More would not help anyone choose. */
const listLimit = 5000;

/**
 * @param target the command's first argument: a URI from a menu, and anything at all from other callers
 * @returns undefined when there is none, or the user escapes
 */
export async function chooseImage(target: unknown): Promise<Uri | undefined> {
  if (target instanceof Uri) return target;
  return openImage() ?? (await askForImage());
}

/** The image that VS Code's own preview shows in the active tab. */
function openImage(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof TabInputCustom && imageName.test(input.uri.path) ? input.uri : undefined;
}

interface ImageItem extends QuickPickItem {
  /** Absent on the row `Browse…`. */
  readonly uri?: Uri;
}

async function askForImage(): Promise<Uri | undefined> {
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
  const images = await findImages().catch(() => []);
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
