// A batch that is under way stands in the status bar, whether or not its panel is open: a click shows that.
import { StatusBarAlignment, commands, window, type Disposable } from 'vscode';

export interface BatchProgress {
  readonly over: number;
  readonly count: number;
  readonly isPaused: boolean;
}

let made = 0;

export class BatchItem implements Disposable {
  private readonly id = `retouch.batch.${(made += 1)}`;
  private readonly item = window.createStatusBarItem(this.id, StatusBarAlignment.Left);
  /** Of this item alone: VS Code knows no other way to a click. */
  private readonly command: Disposable;

  /** @param name such as `12 images` */
  constructor(
    private readonly name: string,
    show: () => void,
  ) {
    this.command = commands.registerCommand(this.id, show);
    this.item.command = this.id;
    this.item.name = 'Retouch: Batch';
    this.item.tooltip = `Show how editing ${name} stands`;
  }

  update({ over, count, isPaused }: BatchProgress): void {
    const words = `${over} of ${count} edited${isPaused ? ', paused' : ''}`;
    this.item.text = `${isPaused ? '$(debug-pause)' : '$(loading~spin)'} Retouch: ${words}`;
    this.item.accessibilityInformation = {
      label: `Retouch, ${this.name}: ${words}`,
      role: 'button',
    };
    this.item.show();
  }

  dispose(): void {
    this.command.dispose();
    this.item.dispose();
  }
}
