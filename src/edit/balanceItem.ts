// The balance in the status bar, for those who turned it on: asked now and then, shown as it was answered last.
import { StatusBarAlignment, window, workspace, type Disposable } from 'vscode';
import { fetchBalance } from '../gateway/balance';
import { balanceInWords, moneyInWords } from './balanceInWords';
import { connectSilently } from './connect';
import type { Services } from './services';
import { readSettings } from './settings';

/** Milliseconds between two questions where nothing has happened. */
const interval = 5 * 60 * 1000;

/** Lives while the setting `retouch.balanceInStatusBar` is on and the workspace trusted. */
export class BalanceItem implements Disposable {
  private readonly item = window.createStatusBarItem(
    'retouch.balance',
    StatusBarAlignment.Right,
    0,
  );
  private readonly timer = setInterval(() => {
    // Nobody looks at a window that is not in front.
    if (window.state.focused) void this.refresh();
  }, interval);
  private readonly listeners: readonly Disposable[];
  private asking = new AbortController();

  constructor(private readonly services: Services) {
    this.item.name = 'Retouch: Balance';
    this.item.command = 'retouch.showBalance';
    const refresh = () => void this.refresh();
    this.listeners = [
      services.didEdit.event(refresh),
      services.keys.onDidSet(refresh),
      // Also from other windows, and when the key is removed.
      services.context.secrets.onDidChange(refresh),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('retouch.baseUrl')) refresh();
      }),
    ];
    refresh();
  }

  dispose(): void {
    this.asking.abort();
    clearInterval(this.timer);
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private async refresh(): Promise<void> {
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    const isOver = () => signal.aborted;
    try {
      const connection = await connectSilently(this.services, readSettings());
      if (isOver()) return;
      if (!connection) {
        this.item.hide();
        return;
      }
      const balance = await fetchBalance(connection, signal);
      if (isOver()) return;
      const { host } = new URL(connection.baseUrl);
      this.show(
        balance.balance === undefined ? '–' : moneyInWords(balance.balance, balance.currency),
        balanceInWords(host, balance),
      );
    } catch (error) {
      if (isOver()) return;
      const why = error instanceof Error ? error.message : String(error);
      this.services.log.info(`The balance could not be asked: ${why}`);
      this.show('–', `The balance could not be asked: ${why}`);
    }
  }

  private show(text: string, tooltip: string): void {
    const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(Date.now());
    this.item.text = `$(credit-card) ${text}`;
    this.item.tooltip = `${tooltip}\nAsked at ${time}`;
    this.item.accessibilityInformation = { label: `Retouch: ${tooltip}` };
    this.item.show();
  }
}
