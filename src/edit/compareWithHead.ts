// A changed image of a Git repository goes in; the compare panel opens with it and with what the last commit has.
import { basename } from 'node:path';
import { commands, Uri, window, type WebviewPanel } from 'vscode';
import { ComparePanel } from '../compare/comparePanel';
import { EditError } from '../gateway/errors';
import { Comparing } from './comparing';
import { imageName, openImage } from './chooseImage';
import { readBeforeAndNow, type BeforeAndNow } from './gitHead';
import { NoHeadError } from './headPicture';
import { pictureWorker } from './pictureWorker';
import { facts } from './panelFacts';
import type { Services } from './services';
import { showName } from './showName';

/** What a panel's state says of itself, before the image's URI. */
export const headPrefix = 'head:';

/**
 * @param target a URI, or a row of the Source Control view; from elsewhere anything at all
 * @param restored a tab that VS Code has brought back, to be filled again
 * @returns false where there is nothing to compare: the user has been told why
 */
export async function compareWithHead(
  services: Services,
  target: unknown,
  restored?: WebviewPanel,
): Promise<boolean> {
  const uri = uriOf(target) ?? openImage();
  if (!uri) {
    void window.showInformationMessage(
      'Open an image, or choose Compare with HEAD on one in the Explorer or in Source Control.',
    );
    return false;
  }
  // What it is for every other file, VS Code does itself.
  if (!imageName.test(uri.path)) {
    await commands.executeCommand('git.openChange', uri);
    return true;
  }
  const fileName = showName(basename(uri.path));
  try {
    const pictures = await readBeforeAndNow(uri);
    const { head, now, otherName } = pictures;
    if (Buffer.compare(now.bytes, head.bytes) === 0) {
      const as = otherName === undefined ? '' : ` ${showName(otherName)}`;
      void window.showInformationMessage(`${fileName} is as${as} in the last commit.`);
      return false;
    }
    open(services, uri, pictures, restored);
    return true;
  } catch (error) {
    if (!(error instanceof NoHeadError || error instanceof EditError)) throw error;
    services.log.warn(`${fileName}: not compared with HEAD: ${error.message}`);
    void window.showWarningMessage(`${fileName}: ${showName(error.message)}`);
    return false;
  }
}

function uriOf(target: unknown): Uri | undefined {
  if (target instanceof Uri) return target;
  const isRow = typeof target === 'object' && target !== null && 'resourceUri' in target;
  return isRow && target.resourceUri instanceof Uri ? target.resourceUri : undefined;
}

/** Nothing is saved from here: both are files that exist. */
function open(
  services: Services,
  uri: Uri,
  { head, now, otherName }: BeforeAndNow,
  restored: WebviewPanel | undefined,
): void {
  const fileName = showName(basename(uri.path));
  const panel = new ComparePanel(
    services.context.extensionUri,
    {
      fileName,
      rounds: [],
      original: facts(head),
      versions: [],
      shown: 0,
      phase: 'review',
      startedAt: Date.now(),
      readOnly:
        otherName === undefined
          ? { original: 'HEAD', edited: 'Working Tree' }
          : { original: `HEAD: ${showName(otherName)}`, edited: `Working Tree: ${fileName}` },
      restore: `${headPrefix}${uri.toString()}`,
    },
    { bytes: head.bytes, mime: head.info.mime },
    () => services.log.warn(`${fileName}: the panel cannot show one of the two pictures`),
    restored,
  );
  panel.showVersions([{ bytes: now.bytes, mime: now.info.mime }], {
    versions: [{ ...facts(now), id: 'now', round: 0, saved: false }],
  });
  const comparing = new Comparing({
    original: head,
    versions: [now],
    worker: pictureWorker(services),
    panel: () => panel,
    log: (problem) => services.log.warn(`${fileName}: not compared with HEAD: ${problem}`),
    matchOriginal: false,
    // What was moved in a file was moved by somebody.
    aligned: false,
  });
  const listener = panel.onDidAdjust((adjustment) => comparing.adjust(adjustment));
  panel.onDidDecide((decision) => {
    if (decision !== 'closed') return;
    listener.dispose();
    comparing.rest();
  });
  comparing.show(0);
}
