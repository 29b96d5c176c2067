// Takes what the extension asks and says through VS Code: its quick inputs, messages, progress and save dialogs. The test
// answers them as a user would; they are shown as ever, but for dialogs that would stay over everything else.
import { setTimeout as delay } from 'node:timers/promises';
import {
  CancellationTokenSource,
  QuickInputButtons,
  Uri,
  commands,
  window,
  type InputBox,
  type QuickPick,
  type QuickPickItem,
  type QuickInputButton,
} from 'vscode';
import { until } from '../../support/until';
import { endAll } from './endAll';

type Items = readonly QuickPickItem[];

/** A quick input that is open. */
export interface Question {
  readonly title: string;
  /** What an empty box says. */
  readonly placeholder: string;
  /** Whether nobody else can read what is typed. */
  readonly isPassword: boolean;
  /** The label of the row that Enter would take. */
  active(): string | undefined;
  /** The rows, top to bottom, as they are now; none of an input box. */
  rows(): readonly QuickPickItem[];
  /** What stands in the box. */
  value(): string;
  /** What an input box complains of. */
  problem(): string | undefined;
  /** Types in place of what is in the box, and waits until the rows follow. */
  type(text: string): Promise<void>;
  /** Presses Enter on what is typed, or on the active row. */
  enter(): Promise<void>;
  /** Clicks the row with this label, once it is there. */
  choose(label: string): Promise<void>;
  /** Presses a button by its tooltip: of the row with this label, or of the title. */
  press(tooltip: string, label?: string): Promise<void>;
  escape(): Promise<void>;
}

/** A message that was shown. */
export interface Message {
  readonly text: string;
  /** The smaller text of a dialog. */
  readonly detail: string;
  readonly buttons: readonly string[];
  press(button: string): void;
  /** Puts it aside without an answer. */
  dismiss(): void;
}

export interface Progressing {
  readonly title: string;
  readonly reports: readonly string[];
  cancel(): void;
}

/** What of VS Code's own is taken over. */
const followed = [
  ...['showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'showSaveDialog'],
  ...['createQuickPick', 'createInputBox', 'showQuickPick', 'showInputBox', 'withProgress'],
] as readonly (
  | 'showInformationMessage'
  | 'showWarningMessage'
  | 'showErrorMessage'
  | 'showSaveDialog'
  | 'createQuickPick'
  | 'createInputBox'
  | 'showQuickPick'
  | 'showInputBox'
  | 'withProgress'
)[];

type Shown = Message & { isAnswered: boolean };

const messageKinds = [
  ...['showInformationMessage', 'showWarningMessage', 'showErrorMessage'],
] as readonly ('showInformationMessage' | 'showWarningMessage' | 'showErrorMessage')[];

export class User {
  private readonly messages: Shown[] = [];
  private readonly questions: (Question & { isOpen: () => boolean })[] = [];
  private readonly progress: (Progressing & { isOver: boolean })[] = [];
  private readonly targets: (Uri | undefined)[] = [];
  /** The names that save dialogs have proposed, the oldest first. */
  readonly proposed: (Uri | undefined)[] = [];
  private readonly originals = Object.fromEntries(
    followed.map((name) => [name, window[name]]),
  ) as Pick<typeof window, (typeof followed)[number]>;

  constructor() {
    Object.assign(window, {
      ...Object.fromEntries(messageKinds.map((kind) => [kind, this.followMessages(kind)])),
      createQuickPick: () => this.followPick(this.originals.createQuickPick()),
      createInputBox: () => this.followBox(this.originals.createInputBox()),
      showQuickPick: (...args: unknown[]) => this.followShownPick(args),
      showInputBox: (...args: unknown[]) => this.followShownBox(args),
      withProgress: (...args: unknown[]) => this.followProgress(args),
      showSaveDialog: ({ defaultUri }: { defaultUri?: Uri } = {}) => {
        this.proposed.push(defaultUri);
        return Promise.resolve(this.targets.shift());
      },
    });
  }

  /** What the next save dialog is answered with; it is not shown. Without an answer it is escaped. */
  saveNextAs(path: string): void {
    this.targets.push(Uri.file(path));
  }

  /** All that was said so far, the oldest first. */
  get said(): readonly string[] {
    return this.messages.map(({ text }) => text);
  }

  /** The newest message that holds these words and has no answer yet, once it is shown. */
  async told(words: string | RegExp): Promise<Message> {
    const look = () =>
      this.messages.findLast(({ text, isAnswered }) => !isAnswered && holds(text, words));
    return until(`message “${String(words)}”`, look, () => this.said);
  }

  /** The quick input with this title, once it is open. */
  async asked(title: string | RegExp): Promise<Question> {
    const look = () =>
      this.questions.findLast((question) => question.isOpen() && holds(question.title, title));
    return until(`question “${String(title)}”`, look, () => ({
      open: this.questions.filter(({ isOpen }) => isOpen()).map((question) => question.title),
      said: this.said,
    }));
  }

  /** Whether any quick input is open. */
  get isAsked(): boolean {
    return this.questions.some(({ isOpen }) => isOpen());
  }

  /** The progress with this title, once it is under way. */
  async sees(title: string): Promise<Progressing> {
    const look = () => this.progress.findLast((one) => !one.isOver && one.title.includes(title));
    return until(`progress “${title}”`, look, () => this.said);
  }

  /** Goes away: what is asked and said from now on gets no answer at once, and what is under way is cancelled. */
  async leave(): Promise<void> {
    this.isGone = true;
    for (const message of this.messages) message.dismiss();
    for (const question of this.questions) if (question.isOpen()) await question.escape();
    for (const one of this.progress) if (!one.isOver) one.cancel();
  }
  private isGone = false;

  /** Cancels whatever is under way, and waits for its end. */
  async cancelAll(): Promise<void> {
    for (const one of this.progress) if (!one.isOver) one.cancel();
    await until(
      'end of what is under way',
      () => this.progress.every(({ isOver }) => isOver),
      () => this.progress.filter(({ isOver }) => !isOver).map(({ title }) => title),
    );
  }

  /** Puts aside all that was said so far. */
  dismissAll(): void {
    for (const message of this.messages) message.dismiss();
  }

  /** Puts VS Code's own functions back, and escapes what is still asked. */
  async restore(): Promise<void> {
    // Before anything is waited for: what fails later must not leave them taken over.
    Object.assign(window, this.originals);
    this.dismissAll();
    await endAll([
      ...this.questions
        .filter((question) => question.isOpen())
        .map((question) => () => question.escape()),
      () => commands.executeCommand('notifications.clearAll'),
    ]);
  }

  private followMessages(kind: (typeof messageKinds)[number]) {
    const show = this.originals[kind] as (...args: unknown[]) => Thenable<unknown>;
    return (text: string, ...rest: unknown[]): Promise<unknown> => {
      const [first] = rest;
      const options = (typeof first === 'object' && first !== null ? first : {}) as {
        modal?: boolean;
        detail?: string;
      };
      const buttons = rest.filter((item) => typeof item === 'string');
      return new Promise((resolve) => {
        const shown: Shown = {
          text,
          detail: options.detail ?? '',
          buttons,
          isAnswered: false,
          press: (button) => {
            if (!buttons.includes(button))
              throw new Error(`“${text}” has ${buttons.join(', ')}, not ${button}`);
            shown.isAnswered = true;
            resolve(button);
          },
          dismiss: () => {
            shown.isAnswered = true;
            resolve(undefined);
          },
        };
        this.messages.push(shown);
        if (this.isGone) {
          shown.dismiss();
          return;
        }
        // A dialog would stay over everything that comes after it.
        if (options.modal !== true) void show(text, ...rest);
      });
    };
  }

  private followPick<Item extends QuickPickItem>(pick: QuickPick<Item>): QuickPick<Item> {
    this.follow(pick, {
      rows: () => pick.items,
      active: () => pick.activeItems[0]?.label,
      problem: () => undefined,
      choose: async (label) => {
        const find = () => pick.items.find((item) => item.label === label);
        const item = await until(`row ${label}`, find, () => labels(pick.items));
        pick.activeItems = [item];
        await this.accept();
      },
      press: async (tooltip, label) => {
        // VS Code tells of a button that is pressed through these events alone, and has no command for it.
        const fire = pick as unknown as {
          _fireDidTriggerButton(handle: number): void;
          _fireDidTriggerItemButton(item: number, button: number): void;
        };
        if (label === undefined) {
          fire._fireDidTriggerButton(handleOf(pick.buttons, tooltip));
          return;
        }
        const at = () => pick.items.findIndex((item) => item.label === label);
        const look = () => (at() < 0 ? undefined : { at: at() });
        const row = await until(`row ${label}`, look, () => labels(pick.items));
        const buttons = pick.items[row.at]!.buttons ?? [];
        const button = buttons.findIndex((one) => one.tooltip === tooltip);
        if (button < 0) throw new Error(`${label} has no button ${tooltip}`);
        fire._fireDidTriggerItemButton(row.at, button);
      },
    });
    return pick;
  }

  private followBox(box: InputBox): InputBox {
    this.follow(box, {
      rows: () => [],
      active: () => undefined,
      problem: () => {
        const message = box.validationMessage;
        return typeof message === 'object' ? message.message : message;
      },
      choose: (label) => Promise.reject(new Error(`an input box has no row ${label}`)),
      press: (tooltip) => Promise.reject(new Error(`an input box has no button ${tooltip}`)),
    });
    return box;
  }

  private follow(
    input: QuickPick<QuickPickItem> | InputBox,
    parts: Pick<Question, 'rows' | 'active' | 'problem' | 'choose' | 'press'>,
  ): void {
    let isOpen = false;
    let isShown = false;
    const [show, hide] = [input.show.bind(input), input.hide.bind(input)];
    input.show = () => {
      isOpen = isShown = true;
      show();
      if (this.isGone) input.hide();
    };
    // At once: the next question may have the same title, and is not to be taken for this one.
    input.hide = () => {
      isOpen = false;
      hide();
    };
    input.onDidHide(() => (isOpen = isShown = false));
    this.questions.push({
      ...parts,
      get title() {
        return input.title ?? '';
      },
      get placeholder() {
        return input.placeholder ?? '';
      },
      get isPassword() {
        return 'password' in input && input.password;
      },
      isOpen: () => isOpen,
      value: () => input.value,
      type: async (text) => {
        if (input.value === text) return;
        let isSaid = false;
        const listener = input.onDidChangeValue(() => (isSaid = true));
        input.value = text;
        // Of a list VS Code says it by itself; of a box it says only what was typed with a keyboard.
        const fire = input as unknown as { _fireDidChangeValue(text: string): void };
        if (!('items' in input)) fire._fireDidChangeValue(text);
        await until(
          `change to “${text}” in ${input.title ?? ''}`,
          () => isSaid,
          () => input.value,
        ).finally(() => void listener.dispose());
      },
      enter: () => this.accept(),
      escape: async () => {
        input.hide();
        await until(
          `end of the question ${input.title ?? ''}`,
          () => !isShown,
          () => this.said,
        );
      },
    });
  }

  /** `window.showQuickPick`, of which VS Code gives nothing to hold on to. */
  private followShownPick([items, options]: unknown[]): Promise<unknown> {
    const given = items as Items | readonly string[];
    const {
      title = '',
      placeHolder = '',
      canPickMany = false,
    } = options as {
      title?: string;
      placeHolder?: string;
      canPickMany?: boolean;
    };
    if (canPickMany) throw new Error('rows that are ticked are not followed');
    const rows = given.map((item) => (typeof item === 'string' ? { label: item } : item));
    const show = this.originals.showQuickPick as (...args: unknown[]) => Thenable<unknown>;
    return this.followShown(title, rows, () => show(items, options), {
      placeholder: placeHolder,
      of: (label) => given[rows.findIndex((row) => row.label === label)],
    });
  }

  private followShownBox([options]: unknown[]): Promise<unknown> {
    const {
      title = '',
      placeHolder = '',
      password = false,
      validateInput,
      value,
    } = options as {
      title?: string;
      placeHolder?: string;
      password?: boolean;
      value?: string;
      validateInput?: (text: string) => string | undefined;
    };
    return this.followShown(title, [], () => this.originals.showInputBox(options as object), {
      placeholder: placeHolder,
      isPassword: password,
      of: (text) => text,
      typed: value ?? '',
      refuse: validateInput,
    });
  }

  private followShown(
    title: string,
    rows: Items,
    show: () => Thenable<unknown>,
    answer: {
      placeholder: string;
      isPassword?: boolean;
      of: (text: string) => unknown;
      typed?: string;
      refuse?: ((text: string) => string | undefined) | undefined;
    },
  ): Promise<unknown> {
    let isOpen = true;
    let typed = answer.typed ?? '';
    return new Promise((resolve) => {
      const settle = async (value: unknown) => {
        if (!isOpen) return;
        isOpen = false;
        resolve(value);
        await commands.executeCommand('workbench.action.closeQuickOpen');
      };
      void show().then(settle);
      this.questions.push({
        title,
        placeholder: answer.placeholder,
        isPassword: answer.isPassword ?? false,
        isOpen: () => isOpen,
        rows: () => rows,
        active: () => rows[0]?.label,
        value: () => typed,
        problem: () => answer.refuse?.(typed),
        type: (text) => {
          typed = text;
          return Promise.resolve();
        },
        enter: async () => {
          const problem = answer.refuse?.(typed);
          if (problem !== undefined) throw new Error(`${title}: ${problem}`);
          await settle(answer.of(typed));
        },
        choose: async (label) => {
          if (!rows.some((row) => row.label === label))
            throw new Error(`${title} has no row ${label}: ${labels(rows).join(', ')}`);
          await settle(answer.of(label));
        },
        press: (tooltip) => Promise.reject(new Error(`${title} has no button ${tooltip}`)),
        escape: () => settle(undefined),
      });
      if (this.isGone) void settle(undefined);
    });
  }

  private followProgress([options, task]: unknown[]): Thenable<unknown> {
    const { title = '' } = options as { title?: string };
    const source = new CancellationTokenSource();
    const reports: string[] = [];
    const entry = { title, reports, isOver: false, cancel: () => source.cancel() };
    this.progress.push(entry);
    if (this.isGone) source.cancel();
    type Report = { report(value: { message?: string }): void };
    const run = task as (progress: Report, token: unknown) => Thenable<unknown>;
    const shown = this.originals.withProgress as (
      options: unknown,
      task: (
        progress: Report,
        token: { onCancellationRequested(then: () => void): void },
      ) => unknown,
    ) => Thenable<unknown>;
    return shown(options, async (progress, token) => {
      token.onCancellationRequested(() => source.cancel());
      const followed = {
        report: (value: { message?: string }) => {
          if (value.message !== undefined) reports.push(value.message);
          progress.report(value);
        },
      };
      try {
        return await run(followed, source.token);
      } finally {
        entry.isOver = true;
      }
    });
  }

  /** Enter, in the quick input that VS Code shows: what was changed in it before reaches VS Code first. */
  private async accept(): Promise<void> {
    await delay(0);
    await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
}

function holds(text: string, words: string | RegExp): boolean {
  return typeof words === 'string' ? text.includes(words) : words.test(text);
}

function labels(items: Items): string[] {
  return items.map(({ label }) => label);
}

function handleOf(buttons: readonly QuickInputButton[], tooltip: string): number {
  // VS Code's own button has no tooltip that an extension sees, and a number that is no place.
  if (tooltip === 'Back' && buttons.includes(QuickInputButtons.Back)) return -1;
  const at = buttons.findIndex((button) => button.tooltip === tooltip);
  if (at < 0) throw new Error(`there is no button ${tooltip}`);
  return at;
}
