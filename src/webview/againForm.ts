// Takes the state; draws the line in which a further edit is asked for, and tells what the user asks.
import type { FromWebview, PanelState } from '../compare/protocol';
import { elements } from './elements';
import type { ViewState } from './viewState';
import { roundOf } from './words';

type Again = Extract<FromWebview, { type: 'again' }>;

export class AgainForm {
  private shown = 0;
  /** How many versions there were when it was asked last; undefined until then. */
  private askedAt: number | undefined;
  /** Until the user has chosen one, it is the model of the version that is shown. */
  private chosenModel: string | undefined;

  /** @param view keeps what is typed, which a reload must not lose */
  constructor(
    private readonly view: Pick<ViewState, 'typed'>,
    handlers: { typed(): void; ask(again: Again): void },
  ) {
    const { again, againInstruction, againModel, againFrom } = elements;
    againInstruction.value = view.typed;
    againInstruction.addEventListener('input', () => {
      view.typed = againInstruction.value;
      this.drawButton();
      handlers.typed();
    });
    againModel.addEventListener('change', () => (this.chosenModel = againModel.value));
    again.addEventListener('submit', (event) => {
      event.preventDefault();
      const instruction = againInstruction.value.trim();
      if (instruction === '' || elements.againButton.disabled) return;
      elements.againButton.disabled = true;
      handlers.ask({
        type: 'again',
        instruction,
        model: againModel.value,
        ...(againFrom.value === 'shown' && { version: this.shown }),
      });
    });
  }

  draw(state: PanelState): void {
    const { again, againInstruction, againModel, againFrom } = elements;
    const { phase, models = [], versions, shown, readOnly } = state;
    this.shown = shown;
    again.hidden =
      models.length === 0 || readOnly !== undefined || !['review', 'saving'].includes(phase);
    if (phase === 'editing') this.askedAt ??= versions.length;
    // What came is the answer to it; else it stays, to be asked once more.
    else if (phase === 'review') {
      if (this.askedAt !== undefined && versions.length > this.askedAt) {
        this.type('');
        againFrom.value = 'shown';
      }
      this.askedAt = undefined;
    }
    if (again.hidden) return;
    const model = this.chosenModel ?? roundOf(state)?.model;
    const names = models.map(({ id, lastCost }) => [
      id,
      lastCost === undefined ? id : `${id} · last edit ${lastCost}`,
    ]);
    const isSame =
      againModel.options.length === names.length &&
      names.every(([id, name], at) => {
        const option = againModel.options[at];
        return option?.value === id && option?.text === name;
      });
    // An open list must not jump under the pointer.
    if (!isSame) againModel.replaceChildren(...names.map(([id, name]) => new Option(name, id)));
    if (models.some(({ id }) => id === model)) againModel.value = model ?? '';
    againInstruction.disabled = againModel.disabled = againFrom.disabled = phase === 'saving';
    this.drawButton(phase === 'saving');
  }

  focus(): void {
    if (!elements.again.hidden) elements.againInstruction.focus();
  }

  private type(text: string): void {
    this.view.typed = text;
    elements.againInstruction.value = text;
  }

  private drawButton(disabled = false): void {
    elements.againButton.disabled = disabled || elements.againInstruction.value.trim() === '';
  }
}
