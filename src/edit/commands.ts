// The commands that reach the gateway or open pictures: loaded when the first of them is used.
import { ProgressLocation, window } from 'vscode';
import type { Connection } from '../gateway/connection';
import { fetchBalance, type Balance } from '../gateway/models';
import { refreshOffered } from './catalogue';
import { chooseImage } from './chooseImage';
import { connect } from './connect';
import { editImage } from './editImage';
import { report } from './report';
import type { Services } from './services';
import { readSettings } from './settings';

/** @param target a URI from a menu; from elsewhere anything, then the user is asked */
export async function runEditImage(services: Services, target: unknown): Promise<void> {
  const uri = await chooseImage(target);
  if (uri) await editImage(services, uri);
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

function balanceInWords(host: string, { balance, used, currency }: Balance): string {
  if (balance === undefined) return `${host} did not say a balance.`;
  const money = (amount: number) =>
    new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount);
  return `Balance at ${host}: ${money(balance)}${used === undefined ? '' : `, ${money(used)} used so far`}.`;
}
