// The body of POST /v1/images/edits comes in, JSON or multipart; GPT Image's answer goes out.
import sharp from 'sharp';
import { findModel, type CatalogModel } from './catalog';
import { missing, Refusal, unknownParameter, wrongType, wrongValue } from './errors';
import { EventStream, type EditContext } from './exchange';
import { refuseUnsafe } from './moderation';
import { glimpse, nearestShape, paint, type OutputFormat, type PixelSize } from './paint';
import { readPictureFile, readPictureUrl, type InputPicture } from './pictureLinks';
import { isObject, requiredText, type Form, type JsonObject } from './requestBody';

const dollarsPerPicture = 0.012;
const maxPromptCharacters = 32_000;
const maxMaskBytes = 4 * 1024 * 1024;

/** Optional fields whose values are a short list. */
const choices = new Map<string, readonly string[]>(
  Object.entries({
    quality: ['auto', 'low', 'medium', 'high'],
    background: ['auto', 'transparent', 'opaque'],
    output_format: ['png', 'jpeg', 'webp'],
    moderation: ['auto', 'low'],
    input_fidelity: ['high', 'low'],
    resolution: ['1k', '2k', '4k'],
  }),
);

/** Optional whole numbers, with their bounds. */
const numbers = new Map<string, readonly [low: number, high: number]>([
  ['n', [1, 10]],
  ['output_compression', [0, 100]],
  ['partial_images', [0, 3]],
]);

const texts = ['user', 'safety_identifier'];

const ownSizes: readonly PixelSize[] = [
  { width: 1024, height: 1024 },
  { width: 1536, height: 1024 },
  { width: 1024, height: 1536 },
];

/** What both forms come down to. */
interface EditFields {
  options: JsonObject;
  pictures: () => Promise<InputPicture[]>;
  mask: (() => Promise<InputPicture>) | undefined;
}

/** Answers a JSON edit. @throws Refusal */
export function editFromJson(body: JsonObject, context: EditContext) {
  const { images, mask, ...options } = body;
  return answerEdit(
    {
      options,
      pictures: () => {
        if (images === undefined) throw missing('images');
        if (!Array.isArray(images)) throw wrongType('images', 'an array of objects');
        return Promise.all(images.map((item, index) => readPictureItem(item, `images[${index}]`)));
      },
      mask: mask === undefined ? undefined : () => readPictureItem(mask, 'mask'),
    },
    context,
  );
}

/** Answers a multipart edit: one `image` or repeated `image[]`, perhaps a `mask`. @throws Refusal */
export function editFromForm(form: Form, context: EditContext) {
  const options: JsonObject = {};
  for (const [name, value] of form.fields) {
    if (Object.hasOwn(options, name)) throw duplicate(name);
    options[name] = readFormValue(name, value);
  }
  const files = form.files.filter(({ field }) => field === 'image' || field === 'image[]');
  const masks = form.files.filter(({ field }) => field === 'mask');
  const [mask] = masks;
  return answerEdit(
    {
      options,
      pictures: () => {
        const other = form.files.find((file) => ![...files, ...masks].includes(file));
        if (other) throw unknownParameter(other.field);
        if (files.length === 0) throw missing('image');
        if (files.length > 1 && files.some(({ field }) => field === 'image')) {
          throw duplicate('image');
        }
        if (masks.length > 1) throw duplicate('mask');
        return Promise.all(files.map(readPictureFile));
      },
      mask: mask && (() => readPictureFile(mask)),
    },
    context,
  );
}

/** A form has only text: whole numbers and truth are read as what they look like. */
function readFormValue(name: string, value: string): unknown {
  if (numbers.has(name) && /^\d+$/.test(value)) return Number(value);
  return name === 'stream' && /^(true|false)$/.test(value) ? value === 'true' : value;
}

const duplicate = (param: string) =>
  new Refusal(
    400,
    `Duplicate parameter: '${param}'. You provided multiple values for this parameter, whereas only one is allowed. If you are trying to provide a list of values, use the array syntax instead e.g. '${param}[]=<value>'.`,
    { param, code: 'duplicate_parameter' },
  );

async function readPictureItem(item: unknown, param: string): Promise<InputPicture> {
  if (!isObject(item)) throw wrongType(param, 'an object with image_url');
  const unknown = Object.keys(item).find((key) => key !== 'image_url');
  if (unknown) throw unknownParameter(`${param}.${unknown}`);
  if (item['image_url'] === undefined) throw missing(`${param}.image_url`);
  if (typeof item['image_url'] !== 'string') throw wrongType(`${param}.image_url`, 'a string');
  return readPictureUrl(item['image_url'], `${param}.image_url`);
}

async function answerEdit({ options, pictures, mask }: EditFields, context: EditContext) {
  const { record } = context;
  const model = findModel((record.model = requiredText(options, 'model')));
  if (model.edits !== 'images/edits') throw wrongEndpoint(model);
  const instruction = (record.instruction = requiredText(options, 'prompt'));
  if (instruction.length > maxPromptCharacters) {
    throw wrongValue('prompt', `at most ${maxPromptCharacters} characters`);
  }
  checkOptions(options, model);
  const inputs = await pictures();
  const [first] = inputs;
  if (!first) throw missing('images');
  if (inputs.length > model.maxPictures) {
    throw wrongValue('images', `at most ${model.maxPictures} pictures`);
  }
  record.pictures = inputs.length;
  record.inputs = inputs.map(({ bytes }) => bytes);
  const maskPicture = mask && (await mask());
  if (maskPicture) checkMask(maskPicture, first);
  refuseUnsafe(instruction);

  const asked = (options['n'] as number | undefined) ?? 1;
  const count = context.pictureCount ?? asked;
  const format = (options['output_format'] as OutputFormat | undefined) ?? 'png';
  const size = parseSize(options['size']);
  const paintOne = (variant: number) =>
    paint(first, instruction, {
      chooseSize: (painted) => size ?? context.pictureSize ?? nearestShape(ownSizes, painted),
      format,
      mask: maskPicture,
      variant,
      redraws: context.redraws ? 'gpt' : undefined,
    });
  const dollars = dollarsPerPicture * asked;
  const textTokens = Math.ceil(instruction.length / 4);
  const imageTokens = 700 * inputs.length;
  const usageOf = (pictures: number) => ({
    input_tokens: textTokens + imageTokens,
    output_tokens: 1372 * pictures,
    total_tokens: textTokens + imageTokens + 1372 * pictures,
    input_tokens_details: { text_tokens: textTokens, image_tokens: imageTokens },
    ...(context.tellsCost && { cost_usd: Number(dollars.toFixed(6)) }),
  });
  context.charge(dollars);
  const isStreamed = options['stream'] === true || context.unaskedPartials !== undefined;
  if (isStreamed) {
    const partials = context.unaskedPartials ?? (options['partial_images'] as number | undefined);
    return new EventStream(
      streamEdit({ count, partials: partials ?? 0, format, options, paintOne, usageOf }, context),
    );
  }
  await context.work();
  const painted = await Promise.all(
    Array.from({ length: count }, async (_, at) => context.spoil(await paintOne(at), at)),
  );
  record.answered = painted;
  return {
    created: now(),
    data: painted.map((bytes) =>
      context.publish
        ? { url: context.publish(bytes, `image/${format}`) }
        : { b64_json: bytes.toString('base64') },
    ),
    usage: usageOf(count),
  };
}

const now = () => Math.floor(Date.now() / 1000);

interface StreamedEdit {
  count: number;
  /** Partial pictures before each picture, 0 to 3. */
  partials: number;
  format: OutputFormat;
  options: JsonObject;
  paintOne: (variant: number) => Promise<Buffer>;
  /** Of so many pictures together. */
  usageOf: (pictures: number) => object;
}

/** Each picture's partial ones, with a wait after each, then the picture itself. */
async function* streamEdit(
  { count, partials, format, options, paintOne, usageOf }: StreamedEdit,
  context: EditContext,
) {
  if (partials === 0) await context.work();
  for (let index = 0; index < count; index++) {
    const bytes = await paintOne(index);
    const { width, height } = await sharp(bytes).metadata();
    const about = (picture: Buffer) => ({
      b64_json: picture.toString('base64'),
      created_at: now(),
      size: `${width}x${height}`,
      quality: options['quality'] ?? 'auto',
      background: options['background'] ?? 'auto',
      output_format: format,
    });
    for (let partial = 0; partial < partials; partial++) {
      yield {
        type: 'image_edit.partial_image',
        ...about(await glimpse(bytes, format, (partial + 1) / (partials + 1))),
        partial_image_index: partial,
      };
      await context.work();
    }
    context.record.answered.push(bytes);
    yield { type: 'image_edit.completed', ...about(bytes), usage: usageOf(index + 1) };
  }
}

function wrongEndpoint({ id, edits }: CatalogModel): Refusal {
  const message =
    edits === 'nowhere'
      ? `Model ${id} does not support image editing.`
      : `Model ${id} is not supported on /v1/images/edits. Use /v1/chat/completions.`;
  return new Refusal(400, message, { param: 'model', code: 'unsupported_endpoint' });
}

function checkOptions(options: JsonObject, model: CatalogModel): void {
  for (const [name, value] of Object.entries(options)) {
    if (name === 'model' || name === 'prompt') continue;
    const choice = choices.get(name);
    const bounds = numbers.get(name);
    if (name === 'size') {
      checkSize(value, model);
    } else if (choice) {
      if (typeof value !== 'string') throw wrongType(name, 'a string');
      if (!choice.includes(value)) throw wrongValue(name, choice.join(', '));
    } else if (bounds) {
      const [low, high] = bounds;
      if (typeof value !== 'number' || !Number.isInteger(value))
        throw wrongType(name, 'an integer');
      if (value < low || value > high) throw wrongValue(name, `${low} to ${high}`);
    } else if (name === 'stream') {
      if (typeof value !== 'boolean') throw wrongType(name, 'a boolean');
    } else if (texts.includes(name)) {
      if (typeof value !== 'string') throw wrongType(name, 'a string');
    } else {
      throw unknownParameter(name);
    }
  }
  if (options['input_fidelity'] !== undefined && model.id === 'openai/gpt-image-2') {
    throw new Refusal(400, `Model ${model.id} does not support 'input_fidelity'.`, {
      param: 'input_fidelity',
      code: 'unsupported_parameter',
    });
  }
  if (options['partial_images'] !== undefined && options['stream'] !== true) {
    throw wrongValue('partial_images', 'it with stream only');
  }
  const format = options['output_format'] ?? 'png';
  if (options['background'] === 'transparent' && format === 'jpeg') {
    throw wrongValue('background', 'png or webp for a transparent background');
  }
  if (options['output_compression'] !== undefined && format === 'png') {
    throw wrongValue('output_compression', 'jpeg or webp as output_format');
  }
}

/** `auto` gives undefined: the model chooses. */
function parseSize(value: unknown): PixelSize | undefined {
  const found = typeof value === 'string' ? /^(\d{2,4})x(\d{2,4})$/.exec(value) : null;
  return found ? { width: Number(found[1]), height: Number(found[2]) } : undefined;
}

function checkSize(value: unknown, model: CatalogModel): void {
  if (typeof value !== 'string') throw wrongType('size', 'a string');
  if (value === 'auto') return;
  const size = parseSize(value);
  if (!size) throw wrongValue('size', 'auto or WIDTHxHEIGHT');
  const { width, height } = size;
  if (ownSizes.some((own) => own.width === width && own.height === height)) return;
  const isFree =
    model.id === 'openai/gpt-image-2' &&
    width % 16 === 0 &&
    height % 16 === 0 &&
    Math.max(width, height) <= 3840 &&
    Math.max(width, height) <= 3 * Math.min(width, height) &&
    width * height >= 655_360 &&
    width * height <= 8_294_400;
  if (!isFree) throw wrongValue('size', 'a size that the model supports');
}

function checkMask(mask: InputPicture, first: InputPicture): void {
  if (mask.mimeType !== 'image/png' || !mask.hasAlpha) {
    throw new Refusal(400, 'Invalid mask image format - mask image missing alpha channel', {
      param: 'mask',
      code: 'invalid_image_file',
    });
  }
  if (mask.bytes.length > maxMaskBytes) throw wrongValue('mask', 'less than 4 MB');
  if (mask.width !== first.width || mask.height !== first.height) {
    throw wrongValue('mask', 'the same size as the first image');
  }
}
