// Takes a share of a picture; gives it in words. Numbers follow the reader's language.

/** A share from 0 to 1: `3.2 %`, `100 %`, `less than 0.1 %`. */
export function shareInWords(share: number): string {
  const percent = share * 100;
  const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
  if (percent > 0 && percent < 0.1) return `less than ${format.format(0.1)} %`;
  // Nearly all is not all.
  return `${format.format(percent < 100 ? Math.min(percent, 99.9) : 100)} %`;
}
