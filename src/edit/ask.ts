// What to change and which model: the user is asked in two steps, and the two answers come out.
import { QuickInputButtons, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { routes, type Model } from '../gateway/models';
import { rememberRoute, type ListedModel } from './catalogue';
import type { Services } from './services';
import { plain } from './showName';

export interface Asked {
  readonly instruction: string;
  readonly model: Model;
}

export interface Offer {
  /** As shown to people. */
  readonly fileName: string;
  /** The models now; called again once `refreshed` resolves. */
  readonly models: () => readonly ListedModel[];
  readonly refreshed: Promise<void>;
  /** The setting `retouch.model`. */
  readonly defaultModel: string;
  /** Filled in, to be sent again or changed. */
  readonly previous?: Asked | undefined;
}

const recentLimit = 50;

/** Undefined when the user escapes at any step: then nothing is sent. */
export async function ask(services: Services, offer: Offer): Promise<Asked | undefined> {
  let typed = offer.previous?.instruction ?? '';
  for (;;) {
    const instruction = await askInstruction(services, offer.fileName, typed);
    if (instruction === undefined) return undefined;
    typed = instruction;
    // Kept at once: whatever happens from here on, the words are not lost.
    await rememberInstruction(services, instruction);
    const model = await askModel(services, offer);
    if (model === 'back') continue;
    if (model === undefined) return undefined;
    await services.context.globalState.update('lastModel', model.id);
    return { instruction, model };
  }
}

interface InstructionItem extends QuickPickItem {
  /** Absent on the row that repeats what is being typed. */
  readonly recent?: string;
}

async function askInstruction(
  services: Services,
  fileName: string,
  typed: string,
): Promise<string | undefined> {
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
    pick.items = text
      ? [{ label: plain(text), alwaysShow: true, iconPath: new ThemeIcon('edit') }, ...rows]
      : rows;
  };
  list();
  return new Promise((resolve) => {
    pick.onDidChangeValue(list);
    pick.onDidChangeActive(() => (settled = true));
    pick.onDidAccept(() => {
      const typed = pick.value.trim();
      const recent = pick.activeItems[0]?.recent;
      const chosen = typed === '' || settled ? (recent ?? typed) : typed;
      if (chosen === '') return;
      resolve(chosen);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

interface ModelItem extends QuickPickItem {
  readonly model: ListedModel;
}

async function askModel(services: Services, offer: Offer): Promise<Model | 'back' | undefined> {
  const pick = window.createQuickPick<ModelItem>();
  pick.title = 'Choose a model';
  pick.placeholder = `The model that edits ${offer.fileName}`;
  pick.ignoreFocusOut = true;
  pick.buttons = [QuickInputButtons.Back];
  const { globalState } = services.context;
  const wanted = [
    offer.previous?.model.id,
    globalState.get<string>('lastModel'),
    offer.defaultModel,
  ];
  const list = (active?: string) => {
    pick.items = offer.models().map((model) => ({
      label: plain(model.id),
      description: model.route ?? 'route not known yet: asks which',
      model,
    }));
    const item = [active, ...wanted]
      .map((id) => pick.items.find(({ model }) => model.id === id))
      .find((found) => found !== undefined);
    if (item) pick.activeItems = [item];
  };
  list();
  const chosen = await new Promise<ListedModel | 'back' | undefined>((resolve) => {
    let open = true;
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
      resolve(model);
      pick.hide();
    });
    pick.onDidTriggerButton(() => {
      resolve('back');
      pick.hide();
    });
    pick.onDidHide(() => {
      open = false;
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
  if (chosen === undefined || chosen === 'back') return chosen;
  return chosen.route ? { id: chosen.id, route: chosen.route } : askRoute(services, chosen.id);
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
