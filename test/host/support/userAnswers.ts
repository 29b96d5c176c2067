// Takes what a user would press in VS Code's messages; shows them as ever, and gives those answers and all that was said.
import { window } from 'vscode';
import { until } from '../../support/until';

const kinds = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

export interface UserAnswers {
  /** All that was said, in order. */
  readonly said: readonly string[];
  restore(): void;
}

/**
 * @param press gives the label of the button for a message; undefined leaves the message where it is
 * @param pressLater gives it some time later
 */
export function answerMessages(
  press: (message: string) => string | undefined,
  pressLater: (message: string) => Promise<string> | undefined = () => undefined,
): UserAnswers {
  const said: string[] = [];
  const originals = kinds.map((kind) => [kind, window[kind]] as const);
  for (const [kind, original] of originals) {
    const show = original as (message: string, ...items: string[]) => Thenable<unknown>;
    const answering = (message: string, ...rest: string[]) => {
      said.push(message);
      const later = pressLater(message);
      if (later) return later;
      const label = press(message);
      const [options] = rest as unknown[];
      const isModal = typeof options === 'object' && options !== null && 'modal' in options;
      // A dialog that nobody answers would stay over everything that comes after it.
      if (isModal && label !== undefined) return Promise.resolve(label);
      const shown = show(message, ...rest);
      return label !== undefined && rest.includes(label) ? Promise.resolve(label) : shown;
    };
    Object.assign(window, { [kind]: answering });
  }
  return { said, restore: () => Object.assign(window, Object.fromEntries(originals)) };
}

/** Once something like that was said. */
export async function untilSaid(answers: UserAnswers, words: RegExp): Promise<void> {
  await until(
    `message ${String(words)}`,
    () => answers.said.some((message) => words.test(message)),
    () => answers.said,
  );
}
