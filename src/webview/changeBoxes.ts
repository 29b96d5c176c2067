// Takes the changes and which of them is pointed at; draws their boxes over the pictures, in every mode.
import type { ChangeFacts } from '../compare/protocol';
import type { Pointed } from './changesList';
import { elements } from './elements';

export class ChangeBoxes {
  private readonly planes = [
    elements.original.boxes,
    elements.edited.boxes,
    elements.bothBoxes,
  ] as const;
  private changes: readonly ChangeFacts[] = [];
  private built: readonly ChangeFacts[] | undefined;

  set(changes: readonly ChangeFacts[]): void {
    this.changes = changes;
    if (!this.planes[0].hidden) this.build();
  }

  /** @param pointed which one is marked among the others; undefined hides all of them */
  show(pointed: Pointed | undefined): void {
    if (pointed) this.build();
    for (const plane of this.planes) {
      plane.hidden = pointed === undefined;
      plane.classList.toggle('withoutMinor', pointed?.minor !== true);
      plane.querySelector('.pointed')?.classList.remove('pointed');
      if (pointed?.change !== undefined) plane.children[pointed.change]?.classList.add('pointed');
    }
  }

  private build(): void {
    if (this.built === this.changes) return;
    const pointed = [...this.planes[0].children].findIndex((box) =>
      box.classList.contains('pointed'),
    );
    this.built = this.changes;
    for (const plane of this.planes) {
      plane.replaceChildren(
        ...this.changes.map(({ box, kept, minor }, change) => {
          const drawn = document.createElement('div');
          drawn.className = 'box';
          drawn.classList.toggle('rejected', !kept);
          drawn.classList.toggle('minor', minor);
          drawn.classList.toggle('pointed', change === pointed);
          drawn.style.setProperty('--x', String(box.x));
          drawn.style.setProperty('--y', String(box.y));
          drawn.style.setProperty('--width', String(box.width));
          drawn.style.setProperty('--height', String(box.height));
          return drawn;
        }),
      );
    }
  }
}
