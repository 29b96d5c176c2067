// The gateway's API key: kept in VS Code's secret storage, one for each origin, so that it never reaches another.
import {
  ConfigurationTarget,
  EventEmitter,
  window,
  workspace,
  type Disposable,
  type Event,
  type Memento,
  type SecretStorage,
} from 'vscode';
import { isKey } from '../gateway/connection';

/**
 * Where a key comes from: typed in by the user, or the environment variable AIGATE_API_KEY, if it holds one. That is unconfirmed
 * until the user has said whether it may go to an origin that is not the default one.
 */
export type KeySource =
  'stored' | 'environment' | 'unconfirmed environment' | 'unusable environment' | 'none';

/** What the user has said of the environment's key, by origin, is kept under this name. */
const answersName = 'environmentKeyFor';

export class ApiKeys implements Disposable {
  /** Keys of this session whose storing failed: a broken keyring must not stop the work. */
  private readonly unstored = new Map<string, string>();
  private readonly didSet = new EventEmitter<string>();
  /** Fires with the key just set. */
  readonly onDidSet: Event<string> = this.didSet.event;

  /** @param state VS Code's, for what the user has answered */
  constructor(
    private readonly secrets: SecretStorage,
    private readonly state: Memento,
  ) {}

  async get(origin: string): Promise<{ key: string | undefined; source: KeySource }> {
    const stored = this.unstored.get(origin) ?? (await this.readStored(origin));
    if (stored) return { key: stored, source: 'stored' };
    const key = process.env['AIGATE_API_KEY']?.trim();
    const mayHave = isDefault(origin) || this.answers[origin];
    if (!key || mayHave === false) return { key: undefined, source: 'none' };
    if (!isKey(key)) return { key: undefined, source: 'unusable environment' };
    return mayHave
      ? { key, source: 'environment' }
      : { key: undefined, source: 'unconfirmed environment' };
  }

  /**
   * Asks whether the environment's key may go to the origin, and remembers that: a setting alone must not lead it anywhere.
   * @returns undefined when the user escapes: they are asked again then
   */
  async confirmEnvironment(origin: string): Promise<boolean | undefined> {
    const { host } = new URL(origin);
    const [send, other] = ['Send It', 'Use Another Key…'];
    const chosen = await window.showWarningMessage(
      `Send the API key in AIGATE_API_KEY to ${host}?`,
      {
        modal: true,
        detail: `The setting retouch.baseUrl names ${origin}. The key has not been sent there. Your answer is remembered for this address.`,
      },
      send,
      other,
    );
    if (chosen === undefined) return undefined;
    const mayHave = chosen === send;
    await this.state.update(answersName, { ...this.answers, [origin]: mayHave });
    const { key } = await this.get(origin);
    if (key) this.didSet.fire(key);
    return mayHave;
  }

  private get answers(): Readonly<Record<string, boolean | undefined>> {
    return this.state.get(answersName, {});
  }

  /** Asks the user for the origin's key and keeps it. Undefined when they escape. */
  async ask(origin: string): Promise<string | undefined> {
    const { host } = new URL(origin);
    const typed = await window.showInputBox({
      title: 'Set API Key',
      prompt: `The key for ${host}. It is kept in VS Code's secret storage and sent to ${host} only.`,
      placeHolder: 'sk-…',
      password: true,
      ignoreFocusOut: true,
      validateInput: (value) =>
        value.trim() === '' || isKey(value.trim())
          ? undefined
          : 'A key has no spaces or line breaks.',
    });
    const key = typed?.trim();
    if (!key) return undefined;
    await this.keep(origin, key);
    return key;
  }

  /**
   * A key that the user has pasted into the settings, which are plain text and may be synchronised, moves to where
   * keys belong.
   */
  async moveFromSettings(origin: string): Promise<void> {
    const settings = workspace.getConfiguration('retouch');
    const pasted: unknown = settings.inspect('apiKey')?.globalValue;
    if (typeof pasted !== 'string' || pasted === '') return;
    const key = pasted.trim();
    if (isKey(key)) await this.keep(origin, key);
    const removed = await settings.update('apiKey', undefined, ConfigurationTarget.Global).then(
      () => true,
      () => false,
    );
    void window.showWarningMessage(
      [
        isKey(key)
          ? `The API key in your settings was moved to VS Code’s secret storage, for ${new URL(origin).host}.`
          : 'What stands in your settings as retouch.apiKey is no key.',
        removed ? 'It is gone from the settings.' : 'Remove it from your settings.json by hand.',
      ].join(' '),
    );
  }

  /** What was said of the environment's key is forgotten as well. @returns false where there was none to remove */
  async remove(origin: string): Promise<boolean> {
    const had = this.unstored.delete(origin) || Boolean(await this.readStored(origin));
    await this.secrets.delete(secretName(origin));
    await this.state.update(answersName, { ...this.answers, [origin]: undefined });
    return had;
  }

  dispose(): void {
    this.didSet.dispose();
  }

  private async keep(origin: string, key: string): Promise<void> {
    try {
      await this.secrets.store(secretName(origin), key);
      this.unstored.delete(origin);
    } catch {
      this.unstored.set(origin, key);
      void window.showWarningMessage(
        'VS Code could not store the API key on this machine: Retouch keeps it until this window closes.',
      );
    }
    this.didSet.fire(key);
  }

  private async readStored(origin: string): Promise<string | undefined> {
    try {
      return await this.secrets.get(secretName(origin));
    } catch {
      // A keyring that cannot be read holds no key for us; the user is asked, and told if storing fails as well.
      return undefined;
    }
  }
}

function isDefault(origin: string): boolean {
  const url = workspace.getConfiguration('retouch').inspect<string>('baseUrl')?.defaultValue;
  return url !== undefined && new URL(url).origin === origin;
}

function secretName(origin: string): string {
  return `retouch.apiKey:${origin}`;
}
