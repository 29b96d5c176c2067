// Takes how the picture is saved; draws the choices beside Accept, and tells what is chosen.
import type { Fit, Matching, PanelState } from '../compare/protocol';
import { elements } from './elements';

export class SaveOptions {
  constructor(match: (matching: Matching) => void) {
    const { match: checkbox, fitRadios } = elements;
    // Nobody has chosen what was found: only a radio button says how the picture is to lie.
    checkbox.addEventListener('change', () => match({ on: checkbox.checked }));
    for (const radio of fitRadios)
      radio.addEventListener('change', () =>
        match({ on: checkbox.checked, fit: radio.value as Fit }),
      );
  }

  draw(
    { matching, saves, losses = [] }: Pick<PanelState, 'matching' | 'saves' | 'losses'>,
    disabled: boolean,
  ): void {
    const { saveOptions, matchLabel, match, fits, fitRadios } = elements;
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
    elements.losses.textContent = losses.join(' ');
  }
}
