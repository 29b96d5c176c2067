// What to change and which model: the user is asked in two steps, and the two answers come out.
import {
  QuickInputButtons,
  QuickPickItemKind,
  ThemeIcon,
  window,
  type QuickInputButton,
  type QuickPickItem,
} from 'vscode';
import { shareMarked, type MarkedRegion } from '../compare/protocol';
import { capabilitiesOf, type EditOptions } from '../gateway/capabilities';
import { routes, type Model } from '../gateway/models';
import { askOptions } from './askOptions';
import { costInWords } from './balanceInWords';
import { rememberRoute, type ListedModel } from './catalogue';
import { ChosenOptions } from './keptOptions';
import type { Marking } from './marking';
import { optionsInWords } from './options';
import type { Services } from './services';
import { plain } from './showName';

export interface Asked {
  readonly instruction: string;
  readonly model: Model;
  /** Those that the user set for the model; absent where they set none. */
  readonly options?: EditOptions;
  /** Where the edit may happen; absent where that is anywhere. */
  readonly region?: MarkedRegion;
}

/** What was asked before, to be filled in. */
export interface AskedBefore extends Pick<Asked, 'instruction' | 'region'> {
  readonly model: Pick<Model, 'id'>;
  /** Checked where they are used. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Offer {
  /** As shown to people. */
  readonly fileName: string;
  /** How many pictures the edit has, the original included. */
  readonly pictures: number;
  /** The models now; called again once `refreshed` resolves. */
  readonly models: () => readonly ListedModel[];
  readonly refreshed: Promise<void>;
  /** The setting `retouch.model`. */
  readonly defaultModel: string;
  /** Called when the model is asked for: then the edit is near. */
  readonly onModel?: (() => void) | undefined;
  /** US dollars that the last such edit cost, where one has. */
  readonly lastCost?: ((model: Model, options: EditOptions) => number | undefined) | undefined;
  /** Where the edit may happen, and how the user marks that; absent where it is about several originals. */
  readonly marking?: Pick<Marking, 'region' | 'mark'> | undefined;
  /** Filled in, to be sent again or changed. */
  readonly previous?: AskedBefore | undefined;
}

const recentLimit = 50;

/** Undefined when the user escapes at any step: then nothing is sent. */
export async function ask(services: Services, offer: Offer): Promise<Asked | undefined> {
  let typed = offer.previous?.instruction ?? '';
  const options = new ChosenOptions(services.context.globalState, offer.previous);
  for (;;) {
    const answer = await askInstruction(services, offer, typed);
    if (answer === undefined) return undefined;
    const { instruction } = answer;
    typed = instruction;
    if (answer.wants === 'region') {
      if (instruction !== '') await rememberInstruction(services, instruction);
      await offer.marking?.mark().catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        void window.showWarningMessage(`${offer.fileName}: ${why}`);
      });
      continue;
    }
    // Kept at once: whatever happens from here on, the words are not lost.
    await rememberInstruction(services, instruction);
    offer.onModel?.();
    const model = await askModel(services, offer, options);
    if (model === 'back') continue;
    if (model === undefined) return undefined;
    await services.context.globalState.update('lastModel', model.id);
    const chosen = options.of(model);
    const region = offer.marking?.region;
    return {
      instruction,
      model,
      ...(Object.keys(chosen).length > 0 && { options: chosen }),
      ...(region && { region }),
    };
  }
}

/**
 * The same without the two steps: somebody else has asked what to do, and which model.
 * @param before what was asked earlier: its options go along where its model is the same
 * @returns undefined when the user escapes
 */
export async function askedAgain(
  services: Services,
  instruction: string,
  { id, route, capabilities }: ListedModel,
  before: readonly Asked[],
): Promise<Asked | undefined> {
  await rememberInstruction(services, instruction);
  const model = route
    ? { id, route, ...(capabilities && { capabilities }) }
    : await askRoute(services, id);
  if (!model) return undefined;
  await services.context.globalState.update('lastModel', id);
  const last = before.findLast((asked) => asked.model.id === id);
  const options = new ChosenOptions(services.context.globalState, last).of(model);
  return { instruction, model, ...(Object.keys(options).length > 0 && { options }) };
}

interface InstructionItem extends QuickPickItem {
  /** Absent on the row that repeats what is being typed. */
  readonly recent?: string;
  /** The row that leads to the region. */
  readonly marks?: true;
}

/** What was typed by then, and whether the region is to be marked first. */
interface InstructionAnswer {
  readonly instruction: string;
  readonly wants: 'edit' | 'region';
}

async function askInstruction(
  services: Services,
  { fileName, marking }: Offer,
  typed: string,
): Promise<InstructionAnswer | undefined> {
  const recent = recentInstructions(services);
  const pick = window.createQuickPick<InstructionItem>();
  pick.title = `Edit ${fileName}`;
  pick.placeholder = 'Describe the edit';
  pick.ignoreFocusOut = true;
  pick.value = typed;
  // Whether the active row is one of those listed last: fast typing can be ahead of the list.
  let settled = false;
  const list = () => {
    settled = false;
    const text = pick.value.trim();
    const rows = recent
      .filter((instruction) => instruction !== text)
      .map((instruction) => ({
        label: plain(instruction),
        recent: instruction,
        iconPath: new ThemeIcon('history'),
      }));
    pick.items = [
      ...(text ? [{ label: plain(text), alwaysShow: true, iconPath: new ThemeIcon('edit') }] : []),
      ...rows,
      ...(marking ? regionRows(marking.region) : []),
    ];
  };
  list();
  return new Promise((resolve) => {
    pick.onDidChangeValue(list);
    pick.onDidChangeActive(() => (settled = true));
    pick.onDidAccept(() => {
      const typed = pick.value.trim();
      const recent = typed === '' || settled ? pick.activeItems[0]?.recent : undefined;
      const instruction = recent ?? typed;
      // A row that was clicked is meant, however fast.
      if (pick.selectedItems[0]?.marks) resolve({ instruction: typed, wants: 'region' });
      else if (instruction !== '') resolve({ instruction, wants: 'edit' });
      else return;
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function regionRows(region: MarkedRegion | undefined): InstructionItem[] {
  return [
    { label: '', kind: QuickPickItemKind.Separator },
    {
      label: region ? 'Change Region…' : 'Mark Region…',
      description: region
        ? `${Math.max(1, Math.round(100 * shareMarked(region)))} % of the picture may change`
        : 'where the edit may happen',
      alwaysShow: true,
      iconPath: new ThemeIcon('selection'),
      marks: true,
    },
  ];
}

/** The model that was chosen, or the one whose options are to be changed. */
type Choice = { readonly model: ListedModel; readonly wants: 'edit' | 'options' };

async function askModel(
  services: Services,
  offer: Offer,
  options: ChosenOptions,
): Promise<Model | 'back' | undefined> {
  let active: string | undefined;
  for (;;) {
    const chosen = await chooseModel(services, offer, options, active);
    if (chosen === undefined || chosen === 'back') return chosen;
    const { id, route, capabilities } = chosen.model;
    const model = route
      ? { id, route, ...(capabilities && { capabilities }) }
      : await askRoute(services, id);
    if (model === undefined || chosen.wants === 'edit') return model;
    active = id;
    const left = await askOptions(model, options.of(model), (changed) =>
      options.keep(model, changed),
    );
    if (left === undefined) return undefined;
  }
}

interface ModelItem extends QuickPickItem {
  readonly model: ListedModel;
}

/** @param active the id of the row to begin on, where there was one before */
async function chooseModel(
  services: Services,
  offer: Offer,
  options: ChosenOptions,
  active: string | undefined,
): Promise<Choice | 'back' | undefined> {
  const pick = window.createQuickPick<ModelItem>();
  pick.title = 'Choose a model';
  pick.placeholder = `The model that edits ${offer.fileName}`;
  pick.ignoreFocusOut = true;
  // Rows have no key for their own button: this one is for the active row.
  const optionsButton: QuickInputButton = { iconPath: new ThemeIcon('gear'), tooltip: 'Options…' };
  pick.buttons = [QuickInputButtons.Back, optionsButton];
  const wanted = [
    offer.previous?.model.id,
    services.context.globalState.get<string>('lastModel'),
    offer.defaultModel,
  ];
  const list = (active: string | undefined) => {
    pick.items = offer.models().map((model) => ({
      label: plain(model.id),
      description: model.route ?? 'route not known yet: asks which',
      ...describe(model, options, offer),
      buttons: [optionsButton],
      model,
    }));
    const item = [active, ...wanted]
      .map((id) => pick.items.find(({ model }) => model.id === id))
      .find((found) => found !== undefined);
    if (item) pick.activeItems = [item];
  };
  list(active);
  return new Promise((resolve) => {
    let open = true;
    const settle = (chosen: Choice | 'back') => {
      resolve(chosen);
      pick.hide();
    };
    void offer.refreshed.then(() => {
      const ids = pick.items.map(({ model }) => model.id).join();
      const now = offer
        .models()
        .map(({ id }) => id)
        .join();
      // Untouched where nothing is new: the list must not jump under the pointer.
      if (open && ids !== now) list(pick.activeItems[0]?.model.id);
    });
    pick.onDidAccept(() => {
      const model = pick.activeItems[0]?.model;
      if (!model) return;
      const problem = tooMany(model, offer.pictures);
      // The list stays: another model may take them.
      if (problem) void window.showWarningMessage(problem);
      else settle({ model, wants: 'edit' });
    });
    pick.onDidTriggerItemButton(({ item }) => settle({ model: item.model, wants: 'options' }));
    pick.onDidTriggerButton((button) => {
      if (button === QuickInputButtons.Back) {
        settle('back');
        return;
      }
      const model = pick.activeItems[0]?.model;
      if (model) settle({ model, wants: 'options' });
    });
    pick.onDidHide(() => {
      open = false;
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** `size 1536x1024 · last edit $0.0120` below a model; nothing where nothing is set or known. */
function describe(
  { id, route, capabilities }: ListedModel,
  options: ChosenOptions,
  { lastCost }: Offer,
): { detail?: string } {
  if (!route) return {};
  const model: Model = { id, route, capabilities };
  const chosen = options.of(model);
  const cost = lastCost?.(model, chosen);
  const words = [
    optionsInWords(chosen),
    cost === undefined ? '' : `last edit ${costInWords(cost)}`,
  ].filter((part) => part !== '');
  return words.length > 0 ? { detail: plain(words.join(' · ')) } : {};
}

/** Why a model cannot take so many pictures; undefined where it can, or where nobody knows. */
function tooMany({ id, route, capabilities }: ListedModel, pictures: number): string | undefined {
  if (!route) return undefined;
  const { maxPictures } = capabilitiesOf({ id, route, capabilities });
  return pictures > maxPictures
    ? `${id} takes at most ${maxPictures} pictures: these are ${pictures}. Choose another model, or select fewer. Nothing was sent.`
    : undefined;
}

/** Asked once for each model: a route is never guessed, since the wrong one may cost money. */
async function askRoute(services: Services, id: string): Promise<Model | undefined> {
  const route = await window.showQuickPick(routes, {
    title: `Which route does ${id} speak?`,
    placeHolder: 'See the gateway’s documentation of the model',
    ignoreFocusOut: true,
  });
  if (route === undefined) return undefined;
  const model: Model = { id, route: route === 'images/edits' ? route : 'chat/completions' };
  await rememberRoute(services, model);
  return model;
}

function recentInstructions({ context }: Services): readonly string[] {
  const kept = context.globalState.get<unknown>('recentInstructions');
  return Array.isArray(kept) ? kept.filter((instruction) => typeof instruction === 'string') : [];
}

async function rememberInstruction(services: Services, instruction: string): Promise<void> {
  const others = recentInstructions(services).filter((recent) => recent !== instruction);
  await services.context.globalState.update(
    'recentInstructions',
    [instruction, ...others].slice(0, recentLimit),
  );
}
