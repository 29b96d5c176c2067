// The settings go in; a connection with the user's key comes out, after asking for the key where there is none.
import { window, type Disposable } from 'vscode';
import type { Connection } from '../gateway/connection';
import { EditError } from '../gateway/errors';
import { readNetwork } from './network';
import type { Services } from './services';
import type { Settings } from './settings';

/** As `connect`, in silence: undefined where there is no key that can be used. */
export async function connectSilently(
  { keys }: Services,
  { baseUrl, timeout }: Settings,
): Promise<Connection | undefined> {
  const { key } = await keys.get(new URL(baseUrl).origin);
  return key ? { baseUrl, apiKey: key, timeout, network: await readNetwork() } : undefined;
}

/** Undefined when the user has no key and does not set one: then nothing is sent. */
export async function connect(
  { keys }: Services,
  { baseUrl, timeout }: Settings,
): Promise<Connection | undefined> {
  const { origin, host } = new URL(baseUrl);
  await keys.moveFromSettings(origin);
  const found = await keys.get(origin);
  const { source } = found;
  if (source === 'unusable environment') {
    throw new EditError(
      'The environment variable AIGATE_API_KEY holds spaces or other characters that no key has.',
      {
        reason: 'key',
        charge: 'none',
      },
    );
  }
  const network = await readNetwork();
  if (source === 'unconfirmed environment') {
    const mayHave = await keys.confirmEnvironment(origin);
    if (!mayHave) {
      const apiKey = mayHave === false ? await keys.ask(origin) : undefined;
      return apiKey ? { baseUrl, apiKey, timeout, network } : undefined;
    }
  }
  const { key } = source === 'unconfirmed environment' ? await keys.get(origin) : found;
  if (key) return { baseUrl, apiKey: key, timeout, network };

  let listener: Disposable | undefined;
  // Someone may as well run the command `Set API Key…` while the message is there.
  const setElsewhere = new Promise<string>((resolve) => {
    listener = keys.onDidSet(() => void keys.get(origin).then(({ key }) => key && resolve(key)));
  });
  const setHere = window
    .showWarningMessage(`Retouch has no API key for ${host} yet. Nothing was sent.`, 'Set API Key…')
    .then((chosen) => (chosen ? keys.ask(origin) : undefined));
  try {
    const apiKey = await Promise.race([setHere, setElsewhere]);
    return apiKey ? { baseUrl, apiKey, timeout, network } : undefined;
  } finally {
    listener?.dispose();
  }
}
