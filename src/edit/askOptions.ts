// A model and its options go in; the user changes them step by step, and each change is kept at once.
import {
  QuickInputButtons,
  QuickPickItemKind,
  ThemeIcon,
  window,
  type InputBox,
  type QuickPick,
  type QuickPickItem,
} from 'vscode';
import {
  capabilitiesOf,
  refuseCombination,
  type EditOptions,
  type OptionName,
} from '../gateway/capabilities';
import type { Model } from '../gateway/models';
import {
  changeOption,
  listValues,
  optionLabels,
  optionsOf,
  readTyped,
  refuseChange,
  typedValues,
} from './options';
import { plain } from './showName';

/** What the user did instead of choosing: `undefined` when they escaped, which ends the whole question. */
type Left = 'back' | undefined;

type Keep = (options: EditOptions) => Promise<void>;

interface OptionItem extends QuickPickItem {
  readonly name?: OptionName;
}

const done = {
  label: 'Done',
  description: 'back to the models',
  iconPath: new ThemeIcon('check'),
} as const satisfies QuickPickItem;

const reset = {
  label: 'Reset',
  description: 'send none of these options',
  iconPath: new ThemeIcon('discard'),
} as const satisfies QuickPickItem;

/** @param keep is given all options after each change */
export async function askOptions(model: Model, options: EditOptions, keep: Keep): Promise<Left> {
  const names = optionsOf(capabilitiesOf(model));
  let active: OptionName | undefined;
  for (;;) {
    const rows = names.map((name): OptionItem => ({
      label: `${optionLabels[name]} (${name})`,
      description: String(options[name] ?? 'not sent'),
      name,
    }));
    const chosen = await choose<OptionItem>({
      title: `Options of ${model.id}`,
      placeholder:
        rows.length > 0
          ? 'What is not set is not sent'
          : 'Retouch knows no options of this model: retouch.models can name them',
      items: [
        ...rows,
        { label: '', kind: QuickPickItemKind.Separator },
        done,
        ...(Object.keys(options).length > 0 ? [reset] : []),
      ],
      isActive: ({ name }) => name !== undefined && name === active,
    });
    if (chosen === undefined) return undefined;
    if (chosen === 'back' || chosen === done) return 'back';
    active = chosen.name;
    if (chosen.name === undefined) {
      options = {};
    } else {
      const changed = await askValue(model, options, chosen.name);
      if (changed === undefined) return undefined;
      if (changed === 'back') continue;
      options = changed;
    }
    await keep(options);
  }
}

interface ValueItem extends QuickPickItem {
  readonly value?: string | number | undefined;
  /** The row that opens an input box. */
  readonly typed?: true;
  /** Why it cannot be chosen: its description says it. */
  readonly refused?: string | undefined;
}

/** All options with this one changed. */
async function askValue(
  model: Model,
  options: EditOptions,
  name: OptionName,
): Promise<EditOptions | Left> {
  const can = capabilitiesOf(model);
  const now = options[name];
  const values = listValues(name, can);
  const range = typedValues(name, can);
  const row = (label: string, value: string | number | undefined): ValueItem => {
    const refused = refuseChange(options, name, value, can);
    return {
      label: plain(label),
      description: refused ?? markSet(value !== undefined && value === now),
      value,
      refused,
    };
  };
  const typedNow = now !== undefined && !values.includes(now);
  // Whether any value at all can stand beside the others; what is typed is checked in its box.
  const refused = refuseCombination(changeOption(options, name, can.options[name]?.minimum ?? 0));
  const typed: ValueItem = {
    label: 'Type a value…',
    description: refused ?? (typedNow ? `${now} ${markSet(true)}` : (range ?? '')),
    typed: true,
    refused,
  };
  for (;;) {
    const chosen = await choose<ValueItem>({
      title: `${optionLabels[name]} of ${model.id}`,
      placeholder: placeholderOf(name, model),
      items: [
        row('Not sent (the model’s default)', undefined),
        ...values.map((value) => row(String(value), value)),
        ...(range === undefined ? [] : [typed]),
      ],
      isActive: (item) => (item.typed ? typedNow : item.value === now),
    });
    if (chosen === undefined || chosen === 'back') return chosen;
    if (!chosen.typed) return changeOption(options, name, chosen.value);
    const changed = await typeValue(model, options, name, range ?? '');
    if (changed !== 'back') return changed;
  }
}

function markSet(isSet: boolean): string {
  return isSet ? 'set now' : '';
}

function placeholderOf(name: OptionName, { route }: Model): string {
  if (name !== 'n') return 'Sent with each edit by this model';
  return route === 'chat/completions'
    ? 'Each picture is a request of its own, charged by itself'
    : 'One request for all; each picture is charged';
}

/** All options with this one as it was typed, once the model takes that beside the others. */
async function typeValue(
  model: Model,
  options: EditOptions,
  name: OptionName,
  range: string,
): Promise<EditOptions | Left> {
  const can = capabilitiesOf(model);
  const box = window.createInputBox();
  box.title = `${optionLabels[name]} of ${model.id}`;
  box.prompt = `${name}: ${range}`;
  box.value = String(options[name] ?? '');
  const typed = () => readTyped(name, box.value, can);
  const problem = () => refuseChange(options, name, typed(), can);
  return show(box, (settle) => {
    box.onDidChangeValue((text) => {
      box.validationMessage = text.trim() === '' ? undefined : problem();
    });
    box.onDidAccept(() => {
      box.validationMessage = problem();
      if (!box.validationMessage) settle(changeOption(options, name, typed()));
    });
  });
}

async function choose<
  Item extends QuickPickItem & { readonly refused?: string | undefined },
>(list: {
  readonly title: string;
  readonly placeholder: string;
  readonly items: readonly Item[];
  readonly isActive: (item: Item) => boolean;
}): Promise<Item | Left> {
  const pick = window.createQuickPick<Item>();
  pick.title = list.title;
  pick.placeholder = list.placeholder;
  pick.items = list.items;
  const active = list.items.find(list.isActive);
  // No active row at all is what an empty list would ask for.
  if (active) pick.activeItems = [active];
  return show(pick, (settle) => {
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      if (item && item.refused === undefined) settle(item);
    });
  });
}

/** Shows one step with a Back button until it is settled, left or escaped. */
function show<Answer>(
  step: InputBox | QuickPick<QuickPickItem>,
  listen: (settle: (answer: Answer) => void) => void,
): Promise<Answer | Left> {
  step.ignoreFocusOut = true;
  step.buttons = [QuickInputButtons.Back];
  return new Promise((resolve) => {
    const settle = (answer: Answer | Left) => {
      resolve(answer);
      step.hide();
    };
    step.onDidTriggerButton(() => settle('back'));
    step.onDidHide(() => {
      resolve(undefined);
      step.dispose();
    });
    listen(settle);
    step.show();
  });
}
