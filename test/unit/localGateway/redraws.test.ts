// Models of the local gateway draw all of a picture anew where they are told to, as real ones do, and the same way each time.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import {
  bytesOfUrl,
  chat,
  colourAt,
  dataUrl,
  edit,
  pictureOf,
  useGateway,
} from './support/gatewayInUse';

/** Of the frame's sides: where it begins, and how long it is. */
const margin = 0.15;
const length = 1 - 2 * margin;

const size = { width: 480, height: 320 };

/** A white sheet on a dark table: how large it is and where it lies can be measured. */
function sheet(): Promise<Buffer> {
  const { width, height } = size;
  const white = {
    create: {
      width: Math.round(length * width),
      height: Math.round(length * height),
      channels: 3 as const,
      background: '#ffffff',
    },
  };
  return sharp({ create: { ...size, channels: 3, background: '#202428' } })
    .composite([{ input: white }])
    .removeAlpha()
    .png()
    .toBuffer();
}

/** The sides of the sheet in an answer, as parts of what they were. */
async function growthOf(answer: Buffer): Promise<{ across: number; down: number }> {
  const { data, info } = await sharp(answer)
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  let [across, down] = [0, 0];
  for (let x = 0; x < width; x++) if (data[(height >> 1) * width + x]! > 128) across++;
  for (let y = 0; y < height; y++) if (data[y * width + (width >> 1)]! > 128) down++;
  return { across: across / width / length, down: down / height / length };
}

/** Of the pixels, the part that is exactly what it was. */
async function shareUntouched(answer: Buffer, exact: Buffer): Promise<number> {
  const [one, other] = await Promise.all(
    [answer, exact].map((bytes) => sharp(bytes).removeAlpha().raw().toBuffer()),
  );
  let same = 0;
  for (let at = 0; at < one!.length; at += 3) {
    if (one!.subarray(at, at + 3).equals(other!.subarray(at, at + 3))) same++;
  }
  return (3 * same) / one!.length;
}

describe('Models of the local gateway', () => {
  const local = useGateway();
  let picture: Buffer;

  before(async () => (picture = await sheet()));
  beforeEach(() => {
    local.gateway.redraws = true;
    local.gateway.pictureSize = size;
  });

  const gpt = async (instruction: string, more: object = {}) =>
    pictureOf(await edit(local, instruction, picture, more));

  const gemini = async (instruction: string) => {
    const answer = await chat(local, instruction, dataUrl(picture));
    return bytesOfUrl(answer.choices![0]!.message.images![0]!.image_url.url);
  };

  it('keep every pixel that nobody asked to change where they are not told to redraw', async () => {
    local.gateway.redraws = false;
    const answer = await gpt('add a cat');
    assert.ok((await shareUntouched(answer, picture)) > 0.8);
  });

  it('give the same bytes for the same instruction and picture, and others for another', async () => {
    const [first, again, other] = [await gpt('a hat'), await gpt('a hat'), await gpt('a scarf')];
    assert.ok(first.equals(again));
    const [one, another] = [await growthOf(first), await growthOf(other)];
    assert.notDeepEqual(one, another);
  });

  it('of GPT Image scale it by 2 to 8 %, differently along its sides, and turn white to cream', async () => {
    for (const instruction of ['make it blurred', 'a blur', 'blurry please']) {
      const answer = await gpt(instruction);
      const { across, down } = await growthOf(answer);
      for (const growth of [across, down]) {
        // A warp of a few pixels comes with it.
        assert.ok(growth > 1.01 && growth < 1.095, `${growth}`);
      }
      assert.notEqual(across, down);
      const [red = 0, , blue = 0] = await colourAt(answer, 0.5, 0.5);
      assert.ok(red > 225 && blue < 250 && red - blue > 5, `${red}, ${blue}`);
    }
  });

  it('of Gemini scale it by up to 3 %, the same along its sides, and keep the colours', async () => {
    let scaled = 0;
    for (const instruction of ['blur', 'a blur', 'blur it', 'blurry']) {
      const { across, down } = await growthOf(await gemini(instruction));
      for (const growth of [across, down]) assert.ok(Math.abs(growth - 1) < 0.04, `${growth}`);
      assert.ok(Math.abs(across - down) < 0.015, `${across}, ${down}`);
      if (Math.abs(across - 1) > 0.005) scaled++;
    }
    assert.ok(scaled > 0);
    const [red = 0, , blue = 0] = await colourAt(await gemini('blur'), 0.5, 0.5);
    assert.ok(red > 250 && blue > 250);
  });

  it('draw what was asked for where it belongs, as it is', async () => {
    for (const answer of [await gpt('add a cat'), await gemini('add a cat')]) {
      const [red = 0, green = 0, blue = 0] = await colourAt(answer, 0.4, 0.87);
      assert.ok(red > green + 40 && green > blue + 20, `fur is ${red} ${green} ${blue}`);
    }
  });

  it('add no cast where colours were asked for', async () => {
    for (const place of [0.05, 0.5]) {
      const [red, green, blue] = await colourAt(await gpt('black and white'), place, 0.5);
      assert.ok(red === green && green === blue);
    }
  });

  it('answer in sizes of their own', async () => {
    local.gateway.pictureSize = undefined;
    const { width, height, channels } = await sharp(await gpt('blur it')).metadata();
    assert.deepEqual([width, height, channels], [1536, 1024, 3]);
  });

  it('draw what lies outside of a mask anew as well, without what was asked for', async () => {
    const opaque = { create: { ...size, channels: 4 as const, background: '#000000ff' } };
    const mask = await sharp(opaque).png().toBuffer();
    const answer = await gpt('invert it', { mask: { image_url: dataUrl(mask) } });
    const [middle = 0] = await colourAt(answer, 0.5, 0.5);
    assert.ok(middle > 200, 'the sheet is white');
    assert.ok((await shareUntouched(answer, picture)) < 0.99);
    const { across, down } = await growthOf(answer);
    assert.ok(across > 1.01 && down > 1.01);
  });
});
