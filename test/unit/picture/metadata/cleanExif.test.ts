// EXIF blocks as cameras write them are made another picture's; what is in them is read by ExifReader and by hand.
import assert from 'node:assert/strict';
import { load as readTags } from 'exifreader';
import fc from 'fast-check';
import sharp from 'sharp';
import { cleanExif } from '../../../../src/picture/metadata/cleanExif';
import { writeBlocks } from '../../../../src/picture/metadata/metadata';
import { tries } from '../../../support/properties';
import { paint } from '../support/photographs';

interface Block {
  readonly bytes: Buffer;
  /** Where the camera's own note stands, which points into the block itself. */
  readonly noteStart: number;
}

const size = { width: 800, height: 600 };

describe('cleanExif', () => {
  for (const little of [true, false]) {
    const order = little ? 'little' : 'big';

    it(`takes place and thumbnail out of a ${order}-endian block, and says the new size`, async () => {
      const { bytes } = cameraBlock(little);
      const before = await tagsOf(bytes);
      assert.ok(before['GPSLatitudeRef'] && before['Make'], 'the test’s block is one');
      const cleaned = cleanExif(bytes, size)!;
      const tags = await tagsOf(cleaned);
      assert.equal(tags['Make'], 'Camera & Co');
      assert.equal(tags['Orientation'], 1);
      assert.deepEqual([tags['ImageWidth'], tags['ImageLength']], [800, 600]);
      assert.deepEqual([tags['PixelXDimension'], tags['PixelYDimension']], [800, 600]);
      assert.deepEqual(tags['FNumber'], [28, 10]);
      assert.deepEqual(
        Object.keys(tags).filter((name) => name.startsWith('GPS')),
        [],
      );
      for (const gone of ['THUMBNAIL', '51.5', 'IPTC-IIM', 'NW']) {
        assert.ok(bytes.includes(gone), `the test hides ${gone}`);
        assert.ok(!Buffer.from(cleaned).includes(gone), gone);
      }
      assert.ok(cleaned.length < bytes.length - 1000, 'the room of the thumbnail is given back');
    });

    it(`leaves what the maker of the camera notes where it was, ${order}-endian`, () => {
      const { bytes, noteStart } = cameraBlock(little);
      const cleaned = Buffer.from(cleanExif(bytes, size)!);
      const note = (block: Buffer) => block.subarray(noteStart, noteStart + 16);
      assert.deepEqual(note(cleaned), note(bytes));
      assert.equal(note(cleaned).toString(), 'MAKERNOTE-------');
    });

    it(`cleans a ${order}-endian block once`, () => {
      const once = cleanExif(cameraBlock(little).bytes, size)!;
      assert.deepEqual(Buffer.from(cleanExif(once, size)!), Buffer.from(once));
      const marked = Buffer.concat([Buffer.from('Exif\0\0'), cameraBlock(little).bytes]);
      assert.deepEqual(Buffer.from(cleanExif(marked, size)!), Buffer.from(once));
    });
  }

  it('says sides of more than 65,535 pixels', async () => {
    const tags = await tagsOf(cleanExif(cameraBlock(true).bytes, { width: 70_000, height: 100 })!);
    assert.deepEqual([tags['ImageWidth'], tags['PixelXDimension']], [70_000, 70_000]);
  });

  it('does not touch the block that it is given', () => {
    const { bytes } = cameraBlock(true);
    const before = Buffer.from(bytes);
    cleanExif(bytes, size);
    assert.deepEqual(bytes, before);
  });

  it('sees no sense in anything else', () => {
    for (const bytes of [
      '',
      'Exif\0\0',
      'II*\0\x08\0\0\0',
      'MM\0*\xff\xff\xff\xff------',
      'hello, world -----',
    ]) {
      assert.equal(cleanExif(Buffer.from(bytes, 'latin1'), size), undefined);
    }
  });

  it('ends, whatever the block points to', () => {
    const whole = cameraBlock(true).bytes;
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 500 }), fc.uint8Array({ minLength: 1, maxLength: 4 })),
          {
            maxLength: 6,
          },
        ),
        fc.integer({ min: 0, max: whole.length }),
        (edits, length) => {
          const broken = new Uint8Array(whole.subarray(0, length));
          for (const [at, wrong] of edits) {
            if (at + wrong.length <= broken.length) broken.set(wrong, at);
          }
          const cleaned = cleanExif(broken, size);
          if (cleaned) cleanExif(cleaned, size);
        },
      ),
      tries(500),
    );
  });
});

async function tagsOf(block: Uint8Array): Promise<Record<string, unknown>> {
  const picture = writeBlocks(await paint(40, 30).jpeg().toBuffer(), { exif: block });
  assert.ok((await sharp(picture).metadata()).exif);
  const { exif } = await readTags(Buffer.from(picture), { async: true, expanded: true });
  return Object.fromEntries(
    Object.entries(exif ?? {}).map(([name, tag]) => {
      const { value } = tag as { value: unknown };
      const only = Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value;
      return [name, only];
    }),
  );
}

type Value = number | string | readonly [number, number] | { readonly directory: Entries };
/** Tag, type, value; type 5 are two numbers, type 7 are bytes. */
type Entries = readonly (readonly [tag: number, type: number, value: Value])[];

function cameraBlock(little: boolean): Block {
  const bytes = Buffer.alloc(3000);
  let end = 8;
  const write16 = (value: number, at: number) =>
    little ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at);
  const write32 = (value: number, at: number) =>
    little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
  const writeDirectory = (entries: Entries): { start: number; link: number } => {
    const start = end;
    const link = start + 2 + 12 * entries.length;
    end = link + 4;
    write16(entries.length, start);
    entries.forEach(([tag, type, value], index) => {
      const at = start + 2 + 12 * index;
      write16(tag, at);
      write16(type, at + 2);
      write32(typeof value === 'string' ? value.length : 1, at + 4);
      if (typeof value === 'number') {
        if (type === 3) write16(value, at + 8);
        else write32(value, at + 8);
      } else if (typeof value === 'string') {
        if (value.length <= 4) bytes.write(value, at + 8, 'latin1');
        else {
          write32(end, at + 8);
          bytes.write(value, end, 'latin1');
          end += value.length + (value.length % 2);
        }
      } else if ('directory' in value) {
        write32(end, at + 8);
        writeDirectory(value.directory);
      } else {
        write32(end, at + 8);
        write32(value[0], end);
        write32(value[1], end + 4);
        end += 8;
      }
    });
    return { start, link };
  };
  bytes.write(little ? 'II*\0' : 'MM\0*', 'latin1');
  write32(8, 4);
  const { link } = writeDirectory([
    [0x0100, 3, 4000],
    [0x0101, 4, 3000],
    [0x010f, 2, 'Camera & Co\0'],
    [0x0112, 3, 6],
    [0x83bb, 7, 'IPTC-IIM caption'],
    [
      0x8769,
      4,
      {
        directory: [
          [0x829d, 5, [28, 10]],
          [0x927c, 7, 'MAKERNOTE-------'],
          [0xa002, 4, 4000],
          [0xa003, 3, 3000],
          [0xa005, 4, { directory: [[0x1001, 4, 4000]] }],
        ],
      },
    ],
    [
      0x8825,
      4,
      {
        directory: [
          [0x0001, 2, 'NW\0'],
          [0x0002, 2, '51.5 degrees and more'],
        ],
      },
    ],
  ]);
  write32(end, link);
  const thumbnailEntries = 2 + 12 * 2 + 4;
  writeDirectory([
    [0x0201, 4, end + thumbnailEntries],
    [0x0202, 4, 1500],
  ]);
  bytes.fill('THUMBNAIL', end, end + 1500);
  end += 1500;
  return { bytes: bytes.subarray(0, end), noteStart: bytes.indexOf('MAKERNOTE') };
}
