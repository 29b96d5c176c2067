// Pixels and a kind of BMP go in, a BMP of that kind comes out: written from the format's description.

export interface BitmapKind {
  readonly name: string;
  /** Red, green and blue of the pixel in column x and row y, as the kind can store them. */
  colour(x: number, y: number): readonly number[];
  encode(width: number, height: number): Buffer;
}

/** Sixteen of them: a grey and a blue ramp. */
const palette = Array.from({ length: 16 }, (_, index) => [
  index * 17,
  index * 17,
  255 - index * 17,
]);
const indexOf = (x: number, y: number) => (x * 3 + y * 5) % 16;
const indexed = (x: number, y: number) => palette[indexOf(x, y)]!;
const blackOrWhite = (x: number, y: number) => palette[indexOf(x, y) % 2]!;
const trueColour = (x: number, y: number) => [(x * 19) % 256, (y * 31) % 256, (x * y) % 256];
/** Five bits of red and blue, six of green. */
const highColour = (x: number, y: number) => [x % 32, y % 64, (x + y) % 32] as const;

export const bitmapKinds: readonly BitmapKind[] = [
  {
    name: '1 bit',
    colour: blackOrWhite,
    encode: (width, height) =>
      file({ width, height, bits: 1, colours: palette.slice(0, 2) }, packed(width, height, 1, 2)),
  },
  {
    name: '4 bit',
    colour: indexed,
    encode: (width, height) =>
      file({ width, height, bits: 4, colours: palette }, packed(width, height, 4, 16)),
  },
  {
    name: '8 bit',
    colour: indexed,
    encode: (width, height) =>
      file({ width, height, bits: 8, colours: palette }, packed(width, height, 8, 16)),
  },
  {
    name: '8 bit, run-length encoded',
    colour: indexed,
    encode: (width, height) =>
      file({ width, height, bits: 8, compression: 1, colours: palette }, runs(width, height)),
  },
  {
    name: '4 bit, run-length encoded',
    colour: (_x, y) => palette[y % 16]!,
    encode: (width, height) =>
      file({ width, height, bits: 4, compression: 2, colours: palette }, stripes(width, height)),
  },
  {
    name: '24 bit',
    colour: trueColour,
    encode: (width, height) => file({ width, height, bits: 24 }, rows(width, height, 3, bgr)),
  },
  {
    name: '24 bit, from the top down',
    colour: trueColour,
    encode: (width, height) =>
      file({ width, height: -height, bits: 24 }, rows(width, height, 3, bgr, true)),
  },
  {
    name: '24 bit of OS/2',
    colour: trueColour,
    encode: (width, height) => {
      const header = Buffer.alloc(26);
      header.write('BM');
      header.writeUInt32LE(26, 10);
      header.writeUInt32LE(12, 14);
      header.writeUInt16LE(width, 18);
      header.writeUInt16LE(height, 20);
      header.writeUInt16LE(1, 22);
      header.writeUInt16LE(24, 24);
      return Buffer.concat([header, rows(width, height, 3, bgr)]);
    },
  },
  {
    name: '32 bit without alpha',
    colour: trueColour,
    encode: (width, height) =>
      file(
        { width, height, bits: 32 },
        rows(width, height, 4, (x, y) => [...bgr(x, y), 0]),
      ),
  },
  {
    name: '16 bit with masks',
    colour: (x, y) => {
      const [red, green, blue] = highColour(x, y);
      return [(red * 255) / 31, (green * 255) / 63, (blue * 255) / 31].map(Math.round);
    },
    encode: (width, height) =>
      file(
        { width, height, bits: 16, compression: 3, masks: [0xf800, 0x07e0, 0x001f] },
        rows(width, height, 2, (x, y) => {
          const [red, green, blue] = highColour(x, y);
          const pixel = (red << 11) | (green << 5) | blue;
          return [pixel & 255, pixel >> 8];
        }),
      ),
  },
];

/** 32 bit with an alpha mask; alpha grows with x. */
export function bitmapWithAlpha(width: number, height: number): Buffer {
  const pixels = rows(width, height, 4, (x, y) => [...bgr(x, y), x]);
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  return file({ width, height, bits: 32, compression: 3, masks, headerSize: 56 }, pixels);
}

function bgr(x: number, y: number): number[] {
  return trueColour(x, y).toReversed();
}

function file(
  about: {
    width: number;
    height: number;
    bits: number;
    compression?: number;
    colours?: readonly (readonly number[])[];
    masks?: readonly number[];
    headerSize?: number;
  },
  pixels: Buffer,
): Buffer {
  const { colours = [], masks = [], headerSize = 40 } = about;
  const behind = Buffer.concat([
    ...masks.map((mask) => Buffer.from(Uint32Array.of(mask).buffer)),
    ...colours.map(([red = 0, green = 0, blue = 0]) => Buffer.from([blue, green, red, 0])),
  ]);
  const header = Buffer.alloc(54);
  const start = 54 + behind.length;
  header.write('BM');
  header.writeUInt32LE(start + pixels.length, 2);
  header.writeUInt32LE(start, 10);
  header.writeUInt32LE(headerSize, 14);
  header.writeInt32LE(about.width, 18);
  header.writeInt32LE(about.height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(about.bits, 28);
  header.writeUInt32LE(about.compression ?? 0, 30);
  header.writeUInt32LE(pixels.length, 34);
  header.writeUInt32LE(colours.length, 46);
  return Buffer.concat([header, behind, pixels]);
}

function rows(
  width: number,
  height: number,
  length: number,
  pixel: (x: number, y: number) => readonly number[],
  topDown = false,
): Buffer {
  const stride = Math.ceil((width * length) / 4) * 4;
  const bytes = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row++) {
    const y = topDown ? row : height - 1 - row;
    for (let x = 0; x < width; x++) bytes.set(pixel(x, y), row * stride + x * length);
  }
  return bytes;
}

function packed(width: number, height: number, bits: number, count: number): Buffer {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const bytes = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const at = row * stride + Math.floor((x * bits) / 8);
      const shift = 8 - bits - ((x * bits) % 8);
      bytes[at]! |= (indexOf(x, height - 1 - row) % count) << shift;
    }
  }
  return bytes;
}

/** Some as runs of one, some as they are: both ways to write them. */
function runs(width: number, height: number): Buffer {
  const bytes: number[] = [];
  for (let y = height - 1; y >= 0; y--) {
    const line = Array.from({ length: width }, (_, x) => indexOf(x, y));
    if (y % 2 === 0) for (const index of line) bytes.push(1, index);
    else bytes.push(0, width, ...line, ...(width % 2 === 1 ? [0] : []));
    bytes.push(0, 0);
  }
  return Buffer.from([...bytes, 0, 1]);
}

function stripes(width: number, height: number): Buffer {
  const bytes: number[] = [];
  for (let y = height - 1; y >= 0; y--) bytes.push(width, (y % 16) * 17, 0, 0);
  return Buffer.from([...bytes, 0, 1]);
}
