// Pictures are marked as edited by a model; ExifReader and sharp, which know nothing of our code, read the marks.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { load as readTags } from 'exifreader';
import fc from 'fast-check';
import sharp from 'sharp';
import { markProvenance } from '../../../../src/picture/metadata/markProvenance';
import { holdsManifest, readBlocks } from '../../../../src/picture/metadata/metadata';
import { addToXmp, moveXmp, type Provenance } from '../../../../src/picture/metadata/provenance';
import { PictureError } from '../../../../src/picture/pictureError';
import { tries } from '../../../support/properties';
import {
  compressed,
  jpegSegment,
  paint,
  photograph,
  pngChunk,
  type Format,
  webpChunk,
} from '../support/photographs';

const formats: readonly Format[] = ['jpeg', 'png', 'webp'];

const provenance: Provenance = {
  model: 'openai/gpt-image-2',
  time: new Date('2026-11-25T08:30:15.250Z'),
  program: 'Retouch 0.1.0',
};
const composite =
  'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia';

describe('markProvenance', () => {
  for (const format of formats) {
    const plain = () =>
      paint(61, 40, format === 'jpeg' ? 3 : 4)
        .toFormat(format)
        .toBuffer();

    it(`says in a ${format} what kind of picture it is, the model and the time`, async () => {
      for (const bytes of [await plain(), await photograph(format)]) {
        const marked = markProvenance(bytes, provenance);
        assert.equal(marked.isMarked, true);
        const tags = await tagsOf(marked.bytes);
        assert.equal(tags['DigitalSourceType'], composite);
        assert.equal(tags['AISystemUsed'], 'openai/gpt-image-2');
        assert.equal(tags['CreatorTool'], 'Retouch 0.1.0');
        assert.equal(tags['ModifyDate'], '2026-11-25T08:30:15Z');
        assert.equal(tags['MetadataDate'], '2026-11-25T08:30:15Z');
        assert.equal(tags['AIPromptInformation'], undefined);
        const { xmp } = await sharp(marked.bytes).metadata();
        assert.ok(xmp?.includes(composite), 'libvips finds it as well');
      }
    });

    it(`tells the instruction in a ${format} only where it may, whatever it is`, async () => {
      const instruction = 'Make it "warm" & <bold>, with 日本 and 👍\n\0 done';
      const marked = markProvenance(await plain(), { ...provenance, instruction });
      const tags = await tagsOf(marked.bytes);
      assert.match(
        String(tags['AIPromptInformation']),
        /^Make it "warm" & <bold>, with 日本 and 👍\s+� done$/,
      );
      const again = markProvenance(marked.bytes, provenance);
      assert.equal((await tagsOf(again.bytes))['AIPromptInformation'], undefined);
    });

    it(`leaves compressed pixels, profile, EXIF and the rest of a ${format}`, async () => {
      const before = await photograph(format, 6);
      const { bytes: after } = markProvenance(before, provenance);
      assert.deepEqual(compressed(format, after), compressed(format, before));
      const [one, other] = [await sharp(before).metadata(), await sharp(after).metadata()];
      assert.deepEqual([other.icc, other.exif], [one.icc, one.exif]);
      assert.deepEqual(await pixelsOf(after), await pixelsOf(before));
      assert.equal((await tagsOf(after))['title'], 'secret caption', 'of the XMP that was there');
      for (const kept of ['secret trailer', 'secret caption']) {
        assert.ok(Buffer.from(after).includes(kept), kept);
      }
    });

    it(`marks a ${format} once, however often`, async () => {
      const once = markProvenance(await photograph(format), provenance).bytes;
      const later = {
        ...provenance,
        model: 'google/other',
        time: new Date('2027-01-01T00:00:00Z'),
      };
      const twice = markProvenance(once, later).bytes;
      const text = Buffer.from(twice).toString('latin1');
      assert.equal(text.split(composite).length, 2);
      assert.ok(!text.includes('openai/gpt-image-2'));
      assert.deepEqual(Buffer.from(markProvenance(twice, later).bytes), Buffer.from(twice));
    });

    it(`takes the manifest out of a ${format}, which would be wrong now, and says so`, async () => {
      const bytes = await withManifest(format, await plain());
      assert.equal(holdsManifest(bytes), true);
      const marked = markProvenance(bytes, provenance);
      assert.equal(marked.lostManifest, true);
      assert.equal(holdsManifest(marked.bytes), false);
      assert.ok(!Buffer.from(marked.bytes).includes('c2pa'));
      assert.equal(markProvenance(await plain(), provenance).lostManifest, false);
      assert.deepEqual(await pixelsOf(marked.bytes), await pixelsOf(bytes));
    });

    it(`survives a ${format} cut off anywhere, or with any bytes changed`, async () => {
      const whole = await photograph(format, 6);
      for (let length = 0; length < whole.length; length += 7) tryOn(whole.subarray(0, length));
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: whole.length - 1 }),
          fc.uint8Array({ minLength: 1, maxLength: 8 }),
          (at, wrong) => {
            const broken = new Uint8Array(whole);
            broken.set(wrong.subarray(0, broken.length - at), at);
            tryOn(broken);
          },
        ),
        tries(200),
      );
    });
  }

  it('makes a simple WebP an extended one that says what it is', async () => {
    for (const [name, picture] of [
      ['VP8 ', paint(61, 40).webp()],
      ['VP8L', paint(61, 40).webp({ lossless: true })],
      ['VP8L', paint(61, 40, 4).webp({ lossless: true })],
    ] as const) {
      const before = await picture.toBuffer();
      assert.equal(before.toString('latin1', 12, 16), name);
      const after = Buffer.from(markProvenance(before, provenance).bytes);
      assert.equal(after.toString('latin1', 12, 16), 'VP8X');
      assert.equal(after.readUInt32LE(4), after.length - 8);
      assert.equal(after.readUIntLE(24, 3), 60);
      assert.equal(after.readUIntLE(27, 3), 39);
      const { hasAlpha } = await sharp(before).metadata();
      assert.equal(after[20]! & 0x10, hasAlpha ? 0x10 : 0);
      assert.equal(after.length % 2, 0);
      assert.ok(after.includes(before.subarray(12)), 'the chunk of pixels as it was');
    }
  });

  it('merges with XMP that is compressed in a PNG', async () => {
    const packet = Buffer.from(packetOf('dc:rights="mine"'));
    const plain = await paint().png().toBuffer();
    const chunk = Buffer.concat([
      Buffer.from('XML:com.adobe.xmp\0\x01\0en\0XMP\0'),
      deflateSync(packet),
    ]);
    const bytes = Buffer.concat([
      plain.subarray(0, 33),
      pngChunk('iTXt', chunk),
      plain.subarray(33),
    ]);
    assert.equal(readBlocks(bytes).xmp, packet.toString());
    const tags = await tagsOf(markProvenance(bytes, provenance).bytes);
    assert.deepEqual([tags['rights'], tags['DigitalSourceType']], ['mine', composite]);
  });

  it('merges with XMP as libvips and ImageMagick write it into a PNG, and leaves one of them', async () => {
    const packet = packetOf('dc:rights="mine"');
    const digits = Buffer.from(packet).toString('hex').replace(/.{72}/g, '$&\n');
    const profile = deflateSync(Buffer.from(`\nxmp\n    ${packet.length}\n${digits}\n`));
    const plain = await paint().png().toBuffer();
    const raw = pngChunk('zTXt', Buffer.concat([Buffer.from('Raw profile type xmp\0\0'), profile]));
    for (const bytes of [
      await paint().withXmp(packet).png().toBuffer(),
      Buffer.concat([plain.subarray(0, 33), raw, plain.subarray(33)]),
    ]) {
      assert.ok(bytes.includes('zTXt'));
      const marked = markProvenance(bytes, provenance).bytes;
      const tags = await tagsOf(marked);
      assert.deepEqual([tags['rights'], tags['DigitalSourceType']], ['mine', composite]);
      assert.ok(!Buffer.from(marked).includes('zTXt'));
    }
  });

  it('keeps what other programs wrote before its own where a JPEG has no room for both', async () => {
    const long = (length: number, blanks: number) =>
      packetOf(`dc:rights="${'x'.repeat(length)}"`, ' '.repeat(blanks));
    const jpeg = async (packet: string) => {
      const plain = await paint().jpeg().toBuffer();
      const segment = jpegSegment(0xe1, `http://ns.adobe.com/xap/1.0/\0${packet}`);
      return Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)]);
    };
    const padded = await tagsOf(markProvenance(await jpeg(long(61_500, 2000)), provenance).bytes);
    assert.deepEqual([padded['rights']?.length, padded['DigitalSourceType']], [61_500, composite]);
    const full = await tagsOf(markProvenance(await jpeg(long(64_700, 0)), provenance).bytes);
    assert.deepEqual([full['rights']?.length, full['DigitalSourceType']], [undefined, composite]);
  });

  it('leaves formats alone that it does not write into', async () => {
    for (const bytes of [await paint().gif().toBuffer(), await paint().tiff().toBuffer()]) {
      const marked = markProvenance(bytes, provenance);
      assert.deepEqual([marked.bytes === bytes, marked.isMarked], [true, false]);
    }
  });
});

describe('XMP', () => {
  it('stays byte for byte but for what is set', () => {
    const packet = `<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<!-- <xmp:ModifyDate/> --><x:xmpmeta xmlns:x='adobe:ns:meta/'><RDF:RDF xmlns:RDF="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<RDF:Description RDF:about='uuid:1' xmlns:b='http://ns.adobe.com/xap/1.0/' b:ModifyDate='2001' b:Label="a > b">
<b:CreatorTool><![CDATA[<Other>]]></b:CreatorTool><b:CreateDate>2000</b:CreateDate></RDF:Description></RDF:RDF></x:xmpmeta><?xpacket end='w'?>`;
    const edited = addToXmp(packet, provenance);
    const rest = packet
      .replace(" b:ModifyDate='2001'", '')
      .replace('<b:CreatorTool><![CDATA[<Other>]]></b:CreatorTool>', '');
    const end = rest.indexOf('</RDF:RDF>');
    assert.ok(edited.startsWith(rest.slice(0, end)), edited);
    assert.ok(edited.endsWith(rest.slice(end)), edited);
    assert.ok(edited.includes('rdf:about="uuid:1"'));
  });

  it('is written anew where it cannot be understood', () => {
    for (const packet of [
      '',
      'no XML',
      '<a><b></a>',
      '<x:xmpmeta/>',
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      packetOf('undeclared:a="b"'),
      '<a>'.repeat(100_000),
      packetOf('').replace('</rdf:RDF>', ''),
      packetOf('') + packetOf(''),
    ]) {
      const edited = addToXmp(packet, provenance);
      assert.ok(edited.startsWith('<?xpacket begin='), packet.slice(0, 80));
      assert.equal(edited.split(composite).length, 2);
    }
  });

  it('of the original loses place, sizes, thumbnails, and what is told of pictures that are gone', () => {
    const packet = packetOf(
      `exif:GPSLatitude="51,30N" exif:PixelXDimension="10" exif:FNumber="28/10" tiff:Orientation="6" tiff:Make="Cam"
       xmpNote:HasExtendedXMP="ABC" hdrgm:Version="1.0" dc:rights="mine"`,
      `<xmp:Thumbnails><rdf:Alt><rdf:li xmpGImg:image="AAAA"/></rdf:Alt></xmp:Thumbnails>
       <ext:LocationCreated><rdf:Bag><rdf:li><rdf:Description ext:City="Oslo"><exif:GPSLongitude>1</exif:GPSLongitude></rdf:Description></rdf:li></rdf:Bag></ext:LocationCreated>`,
    );
    const moved = moveXmp(packet, undefined)!;
    for (const gone of [
      'GPS',
      'PixelXDimension',
      'Orientation',
      'Thumb',
      'AAAA',
      'ABC',
      'hdrgm:V',
    ]) {
      assert.ok(!moved.includes(gone), gone);
    }
    for (const kept of ['exif:FNumber="28/10"', 'tiff:Make="Cam"', 'dc:rights="mine"', 'Oslo']) {
      assert.ok(moved.includes(kept), kept);
    }
    assert.ok(!moved.includes(composite));
    assert.equal(moveXmp(undefined, undefined), undefined);
  });

  it('takes time in proportion to what it is given', () => {
    for (const packet of [
      '<'.repeat(1_000_000),
      `<a ${'b="c" '.repeat(200_000)}`,
      `<!--${'-'.repeat(1_000_000)}`,
      packetOf('', '<xmp:a/>'.repeat(100_000)),
    ]) {
      assert.ok(addToXmp(packet, provenance).includes(composite));
    }
  });
});

function tryOn(bytes: Uint8Array): void {
  try {
    markProvenance(bytes, provenance);
  } catch (error) {
    assert.ok(error instanceof PictureError, String(error));
  }
}

async function tagsOf(bytes: Uint8Array): Promise<Record<string, string | undefined>> {
  const { xmp } = await readTags(Buffer.from(bytes), { async: true, expanded: true });
  return Object.fromEntries(
    Object.entries(xmp ?? {}).map(([name, tag]) => [
      name,
      String((tag as { value: unknown }).value),
    ]),
  );
}

function pixelsOf(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).raw().toBuffer();
}

async function withManifest(format: Format, bytes: Buffer): Promise<Buffer> {
  const box = '\0\0\0\x30jumb\0\0\0\x1ejumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0';
  switch (format) {
    case 'jpeg': {
      const segment = jpegSegment(0xeb, `JP\0\x01\0\0\0\x01${box}`);
      return Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)]);
    }
    case 'png':
      return Buffer.concat([bytes.subarray(0, 33), pngChunk('caBX', box), bytes.subarray(33)]);
    case 'webp': {
      const extended = await sharp(bytes).withIccProfile('p3').webp().toBuffer();
      const whole = Buffer.concat([extended, webpChunk('C2PA', box)]);
      whole.writeUInt32LE(whole.length - 8, 4);
      return whole;
    }
  }
}

function packetOf(attributes: string, content = ''): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/"
 xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"
 xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" ${attributes}>${content.trim()}</rdf:Description></rdf:RDF></x:xmpmeta>${content.trim() === '' ? content : ''}<?xpacket end="w"?>`;
}
