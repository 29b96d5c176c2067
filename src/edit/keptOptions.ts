// What was set and what edits have cost, kept by VS Code from one window to the next.
import type { Memento } from 'vscode';
import type { EditOptions } from '../gateway/capabilities';
import { isRecord } from '../gateway/json';
import type { Model } from '../gateway/models';
import { readOptions } from './options';

/** Costs that are remembered: the last ones. */
const costLimit = 100;

/** Options that change the form of an answer, not its price. */
const free = ['output_format', 'output_compression', 'moderation'];

/** The options of each model: as they were set last, in whatever window. */
export class ChosenOptions {
  private readonly again = new Map<string, unknown>();

  /** @param previous an edit that may be sent again: with its own options, until the user changes them */
  constructor(
    private readonly state: Memento,
    previous?: { readonly model: Pick<Model, 'id'>; readonly options?: unknown },
  ) {
    if (previous) this.again.set(previous.model.id, previous.options ?? {});
  }

  /** Only what may be sent. */
  of(model: Model): EditOptions {
    return readOptions(this.again.get(model.id) ?? this.read()[model.id], model);
  }

  async keep({ id }: Model, options: EditOptions): Promise<void> {
    this.again.delete(id);
    await this.state.update('options', { ...this.read(), [id]: options });
  }

  private read(): Record<string, unknown> {
    const kept = this.state.get<unknown>('options');
    return isRecord(kept) ? kept : {};
  }
}

/** What makes two edits cost the same, as far as anyone can know before. */
export interface Priced {
  readonly baseUrl: string;
  readonly model: Model;
  readonly options?: EditOptions | undefined;
  /** Input pictures, the original included. */
  readonly pictureCount: number;
}

/** US dollars that the last such edit cost; undefined where none has. */
export function lastCost(state: Memento, edit: Priced): number | undefined {
  return readCosts(state).find(([name]) => name === nameOf(edit))?.[1];
}

export async function keepCost(state: Memento, edit: Priced, dollars: number): Promise<void> {
  const others = readCosts(state).filter(([name]) => name !== nameOf(edit));
  await state.update('lastCosts', [[nameOf(edit), dollars], ...others].slice(0, costLimit));
}

function nameOf({ baseUrl, model, options = {}, pictureCount }: Priced): string {
  const priced = Object.entries(options)
    .filter(([name]) => !free.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return [baseUrl, model.id, pictureCount, ...priced].join(' ');
}

/** What an older or newer Retouch kept may look different. */
function readCosts(state: Memento): (readonly [string, number])[] {
  const kept = state.get<unknown>('lastCosts');
  return (Array.isArray(kept) ? (kept as unknown[]) : []).flatMap((entry) => {
    const [name, dollars] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return typeof name === 'string' && typeof dollars === 'number'
      ? [[name, dollars] as const]
      : [];
  });
}
