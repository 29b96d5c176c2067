// Takes facts, times and states; gives them in words. Numbers follow the reader's language.
import type { PanelState, PictureFacts } from '../compare/protocol';

/** `JPEG`, `1200 × 800`, `212 KB`. */
export function factsInWords(facts: PictureFacts): { format: string; size: string; bytes: string } {
  return { format: facts.format, size: sizeInWords(facts), bytes: bytesInWords(facts.byteLength) };
}

export function sizeInWords({ width, height }: { width: number; height: number }): string {
  // Without grouping: people write 1536 × 1024, not 1,536 × 1,024.
  const plain = new Intl.NumberFormat(undefined, { useGrouping: false });
  return `${plain.format(width)} × ${plain.format(height)}`;
}

/** Binary units under their short names, as VS Code's own image preview has them. */
export function bytesInWords(byteLength: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let amount = byteLength;
  let unit = 0;
  while (unit < units.length - 1 && Math.round(amount) >= 1024) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && amount < 10 ? 1 : 0;
  const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: digits });
  return `${format.format(amount)} ${units[unit]}`;
}

/** A clock that runs: `0:41`, `12:03`, `1:02:03`. */
export function clockInWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (amount: number) => String(amount).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** A time that has passed: `0.4 s`, `41 s`, `2 min 5 s`. */
export function durationInWords(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (Math.round(seconds) < 60) {
    const digits = seconds < 10 ? 1 : 0;
    return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(seconds)} s`;
  }
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The status line. The running clock is not in it: it would be read aloud every second. */
export function statusInWords(state: PanelState): string {
  if (state.phase === 'editing') return `Editing with ${state.model}…`;
  if (state.phase === 'saving') return 'Saving…';
  const { elapsed, edited, original, usage } = state;
  const parts = [elapsed === undefined ? 'Edited' : `Edited in ${durationInWords(elapsed)}`];
  if (edited) {
    const same = edited.width === original.width && edited.height === original.height;
    parts.push(
      `${sizeInWords(edited)}, ${same ? 'as the original' : `original ${sizeInWords(original)}`}`,
    );
  }
  if (usage) parts.push(usage);
  return parts.join(' · ');
}
