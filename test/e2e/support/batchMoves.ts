// Takes a trip; gives the moves of a batch: the selection, the dialog before it starts, its panel.
import type { FrameLocator, Locator } from 'playwright-core';
import { answer, quickInputTitled, tab, type Trip } from './trip';

export const batchModel = 'openai/gpt-image-2';

export class BatchMoves {
  constructor(private readonly trip: () => Trip) {}

  panel(): FrameLocator {
    return this.trip().workbench.webview();
  }

  button(name: string): Locator {
    return this.panel().getByRole('button', { name, exact: true });
  }

  async untilStatus(text: string | RegExp): Promise<void> {
    await this.panel().getByRole('status').filter({ hasText: text }).waitFor();
  }

  dialog(): Locator {
    return this.trip().workbench.page.locator('.monaco-dialog-box');
  }

  async confirm(name: string): Promise<void> {
    await this.dialog().getByRole('button', { name, exact: true }).click();
  }

  /** From the selection in the Explorer to the dialog that says what it costs. */
  async select(names: readonly string[], instruction: string): Promise<void> {
    const { workbench } = this.trip();
    const [first = '', ...others] = names;
    await workbench.explorerItem(first).click();
    await tab(workbench, first).waitFor();
    for (const name of others) await workbench.explorerItem(name).click({ modifiers: ['Control'] });
    await workbench.rightClick(others.at(-1)!);
    await workbench.contextMenu(
      'Edit Image with AI…',
      quickInputTitled(workbench, `Edit ${names.length} images`),
    );
    await workbench.quickPickRow('Edit each').click();
    await workbench.quickInput().getByPlaceholder('Describe the edit').waitFor();
    await answer(this.trip(), instruction, batchModel);
  }
}
