// Takes how the picture is saved; draws the choices beside Accept, and tells what is chosen.
import type { Fit, Matching, PanelState } from '../compare/protocol';
import { elements } from './elements';

export class SaveOptions {
  private matching: Matching | undefined;

  constructor(private readonly match: (matching: Matching) => void) {
    const { match: checkbox, fitRadios } = elements;
    checkbox.addEventListener('change', () => this.choose());
    for (const radio of fitRadios) radio.addEventListener('change', () => this.choose());
  }

  draw({ matching, saves }: Pick<PanelState, 'matching' | 'saves'>, disabled: boolean): void {
    const { saveOptions, matchLabel, match, fits, fitRadios } = elements;
    this.matching = matching;
    saveOptions.hidden = matching === undefined && saves === undefined;
    matchLabel.hidden = matching === undefined;
    match.checked = matching?.on === true;
    match.disabled = disabled;
    fits.hidden = matching?.fit === undefined || !matching.on;
    for (const radio of fitRadios) {
      radio.checked = radio.value === matching?.fit;
      radio.disabled = disabled;
    }
    elements.saves.textContent = saves ?? '';
  }

  private choose(): void {
    const fit = elements.fitRadios.find(({ checked }) => checked)?.value as Fit | undefined;
    const { match } = elements;
    this.match(
      this.matching?.fit === undefined || fit === undefined
        ? { on: match.checked }
        : { on: match.checked, fit },
    );
  }
}
