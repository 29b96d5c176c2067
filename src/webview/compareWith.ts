// Takes the versions of an edit; draws the choice of what stands in the original's place.
import type { PanelState } from '../compare/protocol';
import { elements } from './elements';
import { versionName } from './words';

export class CompareWith {
  /** The names that it offers, to tell when there are others. */
  private names = '';

  /** @param chosen hears a version, from 0; undefined is the original */
  constructor(chosen: (version: number | undefined) => void) {
    const { compareWith } = elements;
    compareWith.addEventListener('change', () =>
      chosen(compareWith.value === '' ? undefined : Number(compareWith.value)),
    );
  }

  /** @param before what stands there now; the version that is shown cannot be compared with itself */
  draw(state: PanelState, before: number | undefined): void {
    const { compareWith, original } = elements;
    const { versions, shown } = state;
    const offered = versions.flatMap(({ deleted }, at) => (deleted === true ? [] : [at]));
    compareWith.hidden = offered.length < 2;
    original.name.hidden = !compareWith.hidden;
    if (compareWith.hidden) return;
    const names = offered.map((at) => [versionName(state, at), String(at)] as const);
    if (names.join() !== this.names) {
      this.names = names.join();
      compareWith.replaceChildren(
        new Option('Original', ''),
        ...names.map(([name, value]) => new Option(name, value)),
      );
    }
    for (const option of compareWith.options) option.disabled = option.value === String(shown);
    compareWith.value = before === undefined ? '' : String(before);
  }
}
