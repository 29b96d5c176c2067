// Primaries and a curve go in; an ICC profile that says the same comes out (ICC.1:2022, version 4).
import { bytesOf, joinBytes, viewOf } from './metadata/bytes';
import { toXyzUnderD50, type StatedColours } from './statedColours';

const headLength = 128;

/** @param isGrey whether it is of grey, which has a curve alone */
export function profileFor(
  { primaries, transfer }: StatedColours & { readonly transfer: 'sRGB' | number },
  isGrey: boolean,
): Uint8Array {
  const curve = curveOf(transfer);
  const text = (words: string) =>
    joinBytes(
      bytesOf('mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS'),
      numbers([2 * words.length, 28]),
      bytesOf(words.replace(/./g, '\0$&')),
    );
  const [x, y, z] = [0, 1, 2].map((column) =>
    toXyzUnderD50(primaries).map((row) => row[column]!),
  ) as [number[], number[], number[]];
  const tags: [name: string, content: Uint8Array][] = [
    ['desc', text('As the picture states')],
    ['cprt', text('No rights reserved')],
    ['wtpt', places([0.9642, 1, 0.8249])],
    ...(isGrey
      ? ([['kTRC', curve]] as [string, Uint8Array][])
      : ([
          ['rXYZ', places(x)],
          ['gXYZ', places(y)],
          ['bXYZ', places(z)],
          ['rTRC', curve],
          ['gTRC', curve],
          ['bTRC', curve],
        ] as [string, Uint8Array][])),
  ];
  let at = headLength + 4 + 12 * tags.length;
  const table: Uint8Array[] = [];
  const contents: Uint8Array[] = [];
  for (const [name, content] of tags) {
    const padded = joinBytes(content, new Uint8Array(-content.length & 3));
    table.push(bytesOf(name), numbers([at, content.length]));
    contents.push(padded);
    at += padded.length;
  }
  return joinBytes(head(at, isGrey), numbers([tags.length]), ...table, ...contents);
}

function head(length: number, isGrey: boolean): Uint8Array {
  const bytes = new Uint8Array(headLength);
  bytes.set(numbers([length]));
  bytes.set(Uint8Array.of(4, 0x40), 8);
  bytes.set(bytesOf(`mntr${isGrey ? 'GRAY' : 'RGB '}XYZ `), 12);
  // When it was made, which is the same day for the same profile.
  const view = viewOf(bytes);
  [2026, 1, 1].forEach((number, index) => view.setUint16(24 + 2 * index, number));
  bytes.set(bytesOf('acsp'), 36);
  bytes.set(fixed([0.9642, 1, 0.8249]), 68);
  return bytes;
}

function curveOf(transfer: 'sRGB' | number): Uint8Array {
  const isPower = typeof transfer === 'number';
  const parameters = isPower ? [transfer] : [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
  return joinBytes(
    bytesOf('para\0\0\0\0'),
    Uint8Array.of(0, isPower ? 0 : 3, 0, 0),
    fixed(parameters),
  );
}

function places(values: readonly number[]): Uint8Array {
  return joinBytes(bytesOf('XYZ \0\0\0\0'), fixed(values));
}

/** ICC's s15Fixed16Number. */
function fixed(values: readonly number[]): Uint8Array {
  return numbers(values.map((value) => Math.round(value * 65536)));
}

function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, index) => viewOf(bytes).setInt32(4 * index, value));
  return bytes;
}
