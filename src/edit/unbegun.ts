// Images of a batch that have not begun go in while it is under way; those of windows that have gone come out. VS Code keeps
// them with the workspace: nothing was paid for them, so that the journal has none of them.
import type { Memento } from 'vscode';
import * as v from 'valibot';

const Unbegun = v.object({
  /** Of the batch. */
  id: v.string(),
  /** The window's name in the journal, which tells whether it has gone. */
  window: v.string(),
  /** Milliseconds since the epoch. */
  changedAt: v.number(),
  instruction: v.string(),
  model: v.object({ id: v.string() }),
  /** Set for the model; checked where they are used. */
  options: v.exactOptional(v.record(v.string(), v.unknown())),
  /** How many images the batch has, those that have begun included. */
  count: v.number(),
  /** Of the images that have not begun, or not again where they are tried once more. */
  uris: v.array(v.string()),
});

export type Unbegun = v.InferOutput<typeof Unbegun>;

const key = 'unbegun';

/** In the place of what was kept for the batch before; nothing is kept where none is left. */
export async function keepUnbegun(state: Memento, batch: Unbegun): Promise<void> {
  const others = listUnbegun(state).filter(({ id }) => id !== batch.id);
  await state.update(key, batch.uris.length > 0 ? [...others, batch] : others);
}

export async function forgetUnbegun(state: Memento, { id }: Pick<Unbegun, 'id'>): Promise<void> {
  await state.update(
    key,
    listUnbegun(state).filter((one) => one.id !== id),
  );
}

/** Of all windows; what another version of Retouch kept and nobody understands is left out. */
export function listUnbegun(state: Memento): Unbegun[] {
  const kept = state.get<unknown>(key);
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one: unknown) => {
    const { success, output } = v.safeParse(Unbegun, one);
    return success ? [output] : [];
  });
}

/** `Editing 12 images was interrupted: 5 had not begun.` One that was tried before may have been sent then: it had not begun again. */
export function unbegunInWords({ count, uris }: Unbegun): string {
  return `Editing ${count} images was interrupted: ${uris.length} had not begun.`;
}
