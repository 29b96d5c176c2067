// The original's name goes in; the names that the edited picture may have beside it come out, the nicest first.

/** After so many taken names something else is wrong. */
const attempts = 10_000;

/**
 * `photo.edited.png`, then `photo.edited-2.png`, `photo.edited-3.png`…
 * @param original the file name, without its folder
 * @param extension of the edited picture's own format, without the dot
 * @param template the setting `retouch.saveName`: `${name}` is the original's name without extension
 */
export function* namesBeside(
  original: string,
  extension: string,
  template: string,
): Generator<string> {
  const dot = original.lastIndexOf('.');
  const name = dot > 0 ? original.slice(0, dot) : original;
  const stem = fileStem(template, name) ?? fileStem('${name}.edited', name) ?? 'edited';
  yield `${stem}.${extension}`;
  for (let number = 2; number <= attempts; number++) yield `${stem}-${number}.${extension}`;
}

/** Undefined where the template gives no usable name. */
function fileStem(template: string, name: string): string | undefined {
  // A workspace may set the template: it must not lead out of the folder. The original's own name exists
  // here already, so its characters are fine as they are.
  const safe = template.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, '-');
  const stem = safe
    .replaceAll('${name}', () => name)
    .replace(/^[\s.]+$/, '')
    .trim();
  if (stem === '') return undefined;
  // Names of devices on Windows, with any extension.
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(stem) ? `_${stem}` : stem;
}
