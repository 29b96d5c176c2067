// Takes the versions of an edit; draws the choice of what stands in the original's place.
import { elements } from './elements';

export class CompareWith {
  private count = 0;

  /** @param chosen hears a version, from 0; undefined is the original */
  constructor(chosen: (version: number | undefined) => void) {
    const { compareWith } = elements;
    compareWith.addEventListener('change', () =>
      chosen(compareWith.value === '' ? undefined : Number(compareWith.value)),
    );
  }

  /** @param shown which cannot be compared with itself */
  draw(count: number, shown: number, before: number | undefined): void {
    const { compareWith, original } = elements;
    compareWith.hidden = count < 2;
    original.name.hidden = !compareWith.hidden;
    if (compareWith.hidden) return;
    if (count !== this.count) {
      this.count = count;
      compareWith.replaceChildren(
        new Option('Original', ''),
        ...Array.from(
          { length: count },
          (_, at) => new Option(`${at + 1} of ${count}`, String(at)),
        ),
      );
    }
    [...compareWith.options].forEach(
      (option) => (option.disabled = option.value === String(shown)),
    );
    compareWith.value = before === undefined ? '' : String(before);
  }
}
