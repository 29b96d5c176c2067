// Takes the threshold of a comparison; draws the controls of the mode Difference and its map, and tells what is done with them.
import type { Comparison } from '../compare/protocol';
import { elements } from './elements';
import type { HeatMap } from './heatMap';
import { autoThreshold, positionOf, thresholdAt, thresholdInWords } from './thresholdSlider';
import type { ViewState } from './viewState';

/** The host compares anew when a slider has come to rest; in milliseconds. */
const rest = 200;

export interface DifferenceActions {
  threshold(threshold: number): void;
  /** The raw map is wanted, or the measured one again. */
  raw(on: boolean): void;
}

export class DifferenceOptions {
  private atRest: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { raw }: Pick<ViewState, 'raw'>,
    private readonly heat: HeatMap,
    private readonly actions: DifferenceActions,
  ) {
    const { threshold, rawHeat } = elements;
    threshold.addEventListener('input', () => this.change(thresholdAt(threshold.valueAsNumber)));
    // It is one step among a hundred, which a pointer hardly finds again.
    threshold.addEventListener('dblclick', () => this.change(autoThreshold));
    rawHeat.checked = raw;
    heat.setRaw(raw);
    rawHeat.addEventListener('change', () => {
      heat.setRaw(rawHeat.checked);
      actions.raw(rawHeat.checked);
    });
  }

  draw(comparison: Comparison | undefined, disabled: boolean): void {
    elements.threshold.disabled = comparison === undefined || disabled;
    if (comparison && this.atRest === undefined) this.drawThreshold(comparison.threshold);
  }

  private change(threshold: number): void {
    this.drawThreshold(threshold);
    clearTimeout(this.atRest);
    this.atRest = setTimeout(() => {
      this.atRest = undefined;
      this.actions.threshold(threshold);
    }, rest);
  }

  private drawThreshold(threshold: number): void {
    const words = thresholdInWords(threshold);
    elements.threshold.value = String(positionOf(threshold));
    elements.threshold.setAttribute('aria-valuetext', words);
    elements.thresholdValue.textContent = words;
    this.heat.setThreshold(threshold);
  }
}
