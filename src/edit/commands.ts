// The commands that reach the gateway or open pictures: loaded when the first of them is used.
import { ProgressLocation, window, type Disposable, type WebviewPanel } from 'vscode';
import { fetchBalance } from '../gateway/balance';
import type { Connection } from '../gateway/connection';
import { balanceInWords } from './balanceInWords';
import { BalanceItem } from './balanceItem';
import { refreshOffered } from './catalogue';
import { askLink } from './askLink';
import { chooseSubject } from './chooseImage';
import { compareWithHead } from './compareWithHead';
import { connect } from './connect';
import { editEach } from './editEach';
import { editImage } from './editImage';
import { lookAfterEdits, lookAfterTabs } from './lookAfterEdits';
import { setModelOptions } from './modelOptions';
import { report } from './report';
import { restorePanel } from './restorePanel';
import type { Services } from './services';
import { readSettings } from './settings';
import { showEdits } from './showEdits';

/**
 * @param target a URI from a menu; from elsewhere anything, then the user is asked
 * @param selected from a menu, all URIs that are selected
 */
export async function runEditImage(
  services: Services,
  target: unknown,
  selected: unknown,
): Promise<void> {
  const chosen = await chooseSubject(services, target, selected);
  if (!chosen) return;
  await ('each' in chosen ? editEach(services, chosen.each) : editImage(services, chosen));
}

export async function runEditImageFromUrl(services: Services): Promise<void> {
  const subject = await askLink();
  if (subject) await editImage(services, subject);
}

/** @param target a URI or a row of Source Control; from elsewhere anything */
export async function runCompareWithHead(services: Services, target: unknown): Promise<void> {
  await compareWithHead(services, target);
}

/** Fills a tab that VS Code has brought back. */
export async function runRestorePanel(
  services: Services,
  panel: WebviewPanel,
  state: unknown,
): Promise<void> {
  await restorePanel(services, panel, state);
}

/** Shows the balance in the status bar until it is disposed of. */
export function openBalanceItem(services: Services): BalanceItem {
  return new BalanceItem(services);
}

/** What windows that have gone have left goes to the others first: it is in the list then, as what it is. */
export async function runShowEdits(services: Services): Promise<void> {
  await lookAfterEdits(services);
  await showEdits(services);
}

let watch: Disposable | undefined;

export async function runLookAfterEdits(services: Services): Promise<void> {
  if (!watch) {
    watch = window.tabGroups.onDidChangeTabs(() => void lookAfterTabs(services));
    services.context.subscriptions.push(watch);
  }
  await lookAfterTabs(services);
  await lookAfterEdits(services);
}

export async function runModelOptions(services: Services): Promise<void> {
  try {
    await setModelOptions(services, readSettings());
  } catch (error) {
    await report(services, 'Model Options', error);
  }
}

export async function runRefreshModels(services: Services): Promise<void> {
  await askGateway(
    services,
    'Refresh Models',
    'Asking the gateway for its models',
    async (connection) => {
      const count = await refreshOffered(services, connection);
      return `${new URL(connection.baseUrl).host} offers ${count} ${count === 1 ? 'model' : 'models'} that can edit images.`;
    },
  );
}

export async function runShowBalance(services: Services): Promise<void> {
  await askGateway(
    services,
    'Show Balance',
    'Asking the gateway for your balance',
    async (connection) =>
      balanceInWords(new URL(connection.baseUrl).host, await fetchBalance(connection)),
  );
}

async function askGateway(
  services: Services,
  subject: string,
  title: string,
  question: (connection: Connection) => Promise<string>,
): Promise<void> {
  try {
    const connection = await connect(services, readSettings());
    if (!connection) return;
    // In the status bar: the answer mostly comes before a notification could be read.
    const answer = await window.withProgress({ location: ProgressLocation.Window, title }, () =>
      question(connection),
    );
    void window.showInformationMessage(answer);
  } catch (error) {
    await report(services, subject, error);
  }
}
