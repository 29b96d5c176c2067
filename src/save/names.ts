// The original's name goes in; the names that the edited picture may have beside it come out, the nicest first.

/** After so many taken names something else is wrong. */
const attempts = 10_000;

/** In UTF-8 bytes, on most file systems. Windows counts UTF-16 units, which are never more. */
const longestName = 255;

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
  const room = longestName - Buffer.byteLength(`-${attempts}.${extension}`);
  const stem = fileStem(template, name, room) ?? fileStem('${name}.edited', name, room) ?? 'edited';
  yield `${stem}.${extension}`;
  for (let number = 2; number <= attempts; number++) yield `${stem}-${number}.${extension}`;
}

/**
 * Undefined where the template gives no usable name.
 * @param room in UTF-8 bytes
 */
function fileStem(template: string, name: string, room: number): string | undefined {
  const stem = fillIn(template, name);
  if (stem === undefined || Buffer.byteLength(stem) <= room) return stem;
  // The original's name gives way before what the template adds to it, a whole character at a time.
  const kept = Array.from(name);
  while (kept.pop() !== undefined) {
    const shorter = fillIn(template, kept.join(''));
    if (shorter !== undefined && Buffer.byteLength(shorter) <= room) return shorter;
  }
  const characters = Array.from(stem);
  while (Buffer.byteLength(characters.join('')) > room) characters.pop();
  return characters.join('');
}

function fillIn(template: string, name: string): string | undefined {
  // A workspace may set the template: it must not lead out of the folder. The original's own name exists
  // here already, so its characters are fine as they are.
  const safe = template.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, '-');
  const stem = safe
    .replaceAll('${name}', () => name)
    .replace(/^[\s.]+$/, '')
    .trim();
  if (stem === '') return undefined;
  // Names of devices on Windows, with any extension, which blanks may stand before.
  return /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(\.|$)/i.test(stem)
    ? `_${stem}`
    : stem;
}
