// Takes the items that the extension puts into the status bar; they are shown as ever, and the test sees and clicks them.
import { commands, window, type StatusBarItem } from 'vscode';
import { until } from '../../support/until';

interface Followed {
  readonly item: StatusBarItem;
  /** Whether somebody sees it. */
  state: 'hidden' | 'shown' | 'gone';
}

export class StatusItems {
  private readonly followed: Followed[] = [];
  private readonly original = window.createStatusBarItem;

  constructor() {
    const create = (...args: unknown[]): StatusBarItem => {
      const make = this.original as (...args: unknown[]) => StatusBarItem;
      const item = make.apply(window, args);
      const entry: Followed = { item, state: 'hidden' };
      const [show, hide] = [item.show.bind(item), item.hide.bind(item)];
      const dispose = item.dispose.bind(item);
      item.show = () => {
        entry.state = 'shown';
        show();
      };
      item.hide = () => {
        entry.state = 'hidden';
        hide();
      };
      item.dispose = () => {
        // VS Code hides it with that.
        dispose();
        entry.state = 'gone';
      };
      this.followed.push(entry);
      return item;
    };
    Object.assign(window, { createStatusBarItem: create });
  }

  /** All that were ever made, the oldest first, also those that are gone. */
  get all(): readonly Readonly<Followed>[] {
    return this.followed;
  }

  /** Those that are not gone. */
  private get items(): StatusBarItem[] {
    return this.followed.filter(({ state }) => state !== 'gone').map(({ item }) => item);
  }

  /** What is there, as it is read aloud. */
  get labels(): string[] {
    return this.items.map(
      ({ accessibilityInformation, text }) => accessibilityInformation?.label ?? text,
    );
  }

  /** The one that is read aloud like that, once it is. */
  async labelled(label: string): Promise<StatusBarItem> {
    const look = () =>
      this.items.find(({ accessibilityInformation }) => accessibilityInformation?.label === label);
    return until(`item ${label}`, look, () => this.labels);
  }

  /** Once nothing is there. */
  async untilNone(): Promise<void> {
    await until(
      'end of the items in the status bar',
      () => this.items.length === 0,
      () => this.labels,
    );
  }

  async click({ command }: StatusBarItem): Promise<void> {
    if (typeof command !== 'string') throw new Error('a click on it does nothing');
    await commands.executeCommand(command);
  }

  restore(): void {
    Object.assign(window, { createStatusBarItem: this.original });
    for (const item of this.items) item.dispose();
  }
}
