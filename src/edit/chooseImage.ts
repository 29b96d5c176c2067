// Whatever a command was called with goes in; the image to edit comes out.
import { TabInputCustom, Uri, window, workspace, type QuickPickItem } from 'vscode';

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
  readonly uri?: Uri;
}

async function askForImage(): Promise<Uri | undefined> {
  const items = workspace
    .findFiles(imagePattern, undefined, listLimit)
    .then((uris): ImageItem[] => {
      const rows = uris
        .map((uri) => ({ path: workspace.asRelativePath(uri), uri }))
        .sort((a, b) => a.path.localeCompare(b.path))
        .map(({ path, uri }) => ({
          label: path.slice(path.lastIndexOf('/') + 1),
          description: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
          uri,
        }));
      return [...rows, { label: 'Browse…', description: 'an image anywhere', alwaysShow: true }];
    });
  const item = await window.showQuickPick(items, {
    title: 'Edit Image with AI',
    placeHolder: 'Choose an image',
    matchOnDescription: true,
  });
  if (!item) return undefined;
  if (item.uri) return item.uri;
  const chosen = await window.showOpenDialog({
    title: 'Edit Image with AI',
    filters: { Images: ['png', 'jpg', 'jpeg', 'webp', 'avif', 'gif'] },
  });
  return chosen?.[0];
}
