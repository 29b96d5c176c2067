// A model goes in; what it can do comes out, and whether an edit keeps to it. All of it is data in one table.
import { EditError } from './errors';
import type { Model, Route } from './models';

export const optionNames = [
  'n',
  'size',
  'quality',
  'background',
  'output_format',
  'output_compression',
  'input_fidelity',
  'moderation',
  'partial_images',
  'aspect_ratio',
  'image_size',
] as const;

export type OptionName = (typeof optionNames)[number];

/** Names and values as they go over the wire: only what the user set. */
export type EditOptions = Readonly<Partial<Record<OptionName, string | number>>>;

/** The values of one option: names, a range of whole numbers, or both names and free sizes. */
export interface OptionRule {
  readonly values?: readonly string[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** Any `WIDTHxHEIGHT` that keeps to GPT Image's rules, see `refuseSize`. */
  readonly freeSizes?: boolean | undefined;
}

export interface Capabilities {
  /** An option that is not here is not sent. */
  readonly options: Readonly<Partial<Record<OptionName, OptionRule | undefined>>>;
  /** Input pictures of one edit, the original included. */
  readonly maxPictures: number;
  /** Bytes of one input picture, encoded. */
  readonly maxPictureBytes: number;
  /** Pixels of one input picture, where a limit is known. */
  readonly maxPixels?: number | undefined;
  /** Pixels of an input picture's longer side, where a limit is known. */
  readonly maxSide?: number | undefined;
  /** What it takes: `image/png`. */
  readonly inputMimes: readonly string[];
  readonly mask: boolean;
  /** Whether `stream` with `partial_images` brings pictures before the last one. */
  readonly partialImages: boolean;
}

/** What a user may say of a model in `retouch.models`, over what the table says. */
export type OwnCapabilities = Partial<Omit<Capabilities, 'maxPixels' | 'maxSide'>> &
  Pick<Capabilities, 'maxPixels' | 'maxSide'>;

const megabyte = 1024 * 1024;

const gptImage: Capabilities = {
  options: {
    n: { minimum: 1, maximum: 10 },
    size: { values: ['auto', '1024x1024', '1536x1024', '1024x1536'] },
    quality: { values: ['auto', 'low', 'medium', 'high'] },
    background: { values: ['auto', 'transparent', 'opaque'] },
    output_format: { values: ['png', 'jpeg', 'webp'] },
    output_compression: { minimum: 0, maximum: 100 },
    moderation: { values: ['auto', 'low'] },
    partial_images: { minimum: 0, maximum: 3 },
  },
  maxPictures: 16,
  maxPictureBytes: 50 * megabyte,
  inputMimes: ['image/png', 'image/jpeg', 'image/webp'],
  mask: true,
  partialImages: true,
};

const freeSize: OptionRule = { ...gptImage.options.size, freeSizes: true };

const shapes = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

const gemini: Capabilities = {
  options: {
    // One call for each: a bound on what one click may cost.
    n: { minimum: 1, maximum: 4 },
    aspect_ratio: { values: shapes },
    image_size: { values: ['1K', '2K', '4K'] },
  },
  maxPictures: 3,
  maxPictureBytes: 7 * megabyte,
  inputMimes: ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'],
  mask: false,
  partialImages: false,
};

/**
 * The first row that fits holds. A new model is a new row; what a row does not say is as in `like`.
 * @see https://platform.openai.com/docs/api-reference/images/createEdit
 * @see https://ai.google.dev/gemini-api/docs/image-generation
 */
const table: readonly {
  readonly fits: RegExp;
  readonly like: Capabilities;
  readonly but?: OwnCapabilities;
}[] = [
  {
    fits: /gpt-image-1-mini/i,
    like: gptImage,
    but: { options: { input_fidelity: { values: ['low'] } } },
  },
  {
    fits: /gpt-image-1|chatgpt-image/i,
    like: gptImage,
    but: { options: { input_fidelity: { values: ['high', 'low'] } } },
  },
  {
    fits: /gpt-image-2\.[5-9]/i,
    like: gptImage,
    but: {
      options: {
        size: freeSize,
        quality: { values: ['auto', 'low', 'medium', 'high', 'xhigh', 'max'] },
      },
    },
  },
  // No input_fidelity: these models refuse it.
  { fits: /gpt-image/i, like: gptImage, but: { options: { size: freeSize } } },
  {
    fits: /gemini-2.*image/i,
    like: gemini,
    but: { options: { image_size: undefined } },
  },
  {
    fits: /gemini.*flash.*image/i,
    like: gemini,
    but: {
      maxPictures: 14,
      options: {
        aspect_ratio: { values: [...shapes, '1:4', '4:1', '1:8', '8:1'] },
        image_size: { values: ['512', '1K', '2K', '4K'] },
      },
    },
  },
  // Google says 14, a client of AIGate's was cut off at 11.
  { fits: /gemini.*image/i, like: gemini, but: { maxPictures: 11 } },
];

/** Of a model that nobody knows: what its route surely has. */
const unknown: Readonly<Record<Route, Capabilities>> = {
  'images/edits': { ...gptImage, options: {}, mask: false, partialImages: false },
  'chat/completions': { ...gemini, options: {} },
};

export function capabilitiesOf(model: Model): Capabilities {
  const row = table.find(({ fits }) => fits.test(model.id));
  const known = row ? overrule(row.like, row.but) : unknown[model.route];
  return overrule(known, model.capabilities);
}

function overrule(known: Capabilities, own: OwnCapabilities = {}): Capabilities {
  return { ...known, ...own, options: { ...known.options, ...own.options } };
}

/** What is known of an input picture before it is sent. */
export interface PictureToSend {
  readonly byteLength: number;
  readonly mime: string;
}

/**
 * The last look before anything is sent.
 * @param pictures those whose bytes are sent: of links nothing is known
 * @param count of all pictures, links included
 * @throws EditError (`options`, nothing charged) naming the option, its value and what is allowed
 */
export function checkEdit(
  model: Model,
  options: EditOptions,
  pictures: readonly PictureToSend[],
  count: number,
): void {
  const can = capabilitiesOf(model);
  for (const [name, value] of Object.entries(options)) {
    const why = refuseOption(name as OptionName, value, can);
    if (why) throw refuse(`${model.id}: ${why}`);
  }
  const combined = refuseCombination(options);
  if (combined) throw refuse(`${model.id}: ${combined}`);
  if (count > can.maxPictures) {
    throw refuse(
      `${model.id} takes at most ${can.maxPictures} pictures: these are ${count}. Choose fewer, or another model.`,
    );
  }
  for (const { byteLength, mime } of pictures) {
    if (!can.inputMimes.includes(mime)) {
      throw refuse(`${model.id} does not take ${mime}, only ${inWords(can.inputMimes)}.`);
    }
    if (byteLength > can.maxPictureBytes) {
      throw refuse(
        `${model.id} takes pictures of at most ${megabytes(can.maxPictureBytes)}: this one has ${megabytes(byteLength)}.`,
      );
    }
  }
}

/** Why a model cannot take an option's value, as a sentence; undefined where it can. */
export function refuseOption(
  name: OptionName,
  value: string | number,
  { options }: Capabilities,
): string | undefined {
  const rule = options[name];
  if (!rule) return `there is no option ${name}.`;
  if (name === 'size' && rule.freeSizes && !rule.values?.includes(String(value)))
    return refuseSize(String(value), rule);
  const { values, minimum = -Infinity, maximum = Infinity } = rule;
  if (values) {
    return values.includes(String(value))
      ? undefined
      : `${name} cannot be ${quoted(value)}, only ${inWords(values)}.`;
  }
  const number = Number(value);
  return /^\d+$/.test(String(value)) && number >= minimum && number <= maximum
    ? undefined
    : `${name} must be a whole number from ${minimum} to ${maximum}, not ${quoted(value)}.`;
}

/**
 * GPT Image's rules: sides of a multiple of 16, at most three times as long as wide, at most 3840 pixels, in all
 * at least 655,360 and at most 8,294,400.
 */
function refuseSize(value: string, { values = [] }: OptionRule): string | undefined {
  const [, width = 0, height = 0] = (/^(\d{1,5})x(\d{1,5})$/.exec(value) ?? []).map(Number);
  const why =
    width === 0 || height === 0
      ? /^\d+\s*[×X*]\s*\d+$/.test(value)
        ? 'must be written with a small x, such as 1024x1024'
        : `must be ${inWords(values)} or WIDTHxHEIGHT`
      : width % 16 !== 0 || height % 16 !== 0
        ? 'must have sides that are multiples of 16'
        : Math.max(width, height) > 3 * Math.min(width, height)
          ? 'must not be more than three times as long as wide'
          : Math.max(width, height) > 3840
            ? 'must have sides of at most 3840 pixels'
            : width * height > 8_294_400
              ? 'must have at most 8,294,400 pixels (3840x2160)'
              : width * height < 655_360
                ? 'must have at least 655,360 pixels (1024x640)'
                : undefined;
  return why && `size ${why}, not ${quoted(value)}.`;
}

/** Why options do not go together, as a sentence; undefined where they do. */
export function refuseCombination(options: EditOptions): string | undefined {
  const format = options.output_format ?? 'png';
  if (options.background === 'transparent' && format === 'jpeg')
    return 'background transparent needs output_format png or webp.';
  if (options.output_compression !== undefined && format === 'png')
    return 'output_compression needs output_format jpeg or webp.';
  return undefined;
}

function refuse(message: string): EditError {
  return new EditError(message, { reason: 'options', charge: 'none' });
}

function quoted(value: string | number): string {
  return `“${String(value).slice(0, 40)}”`;
}

function megabytes(byteLength: number): string {
  return `${Math.ceil((byteLength / megabyte) * 10) / 10} MB`;
}

/** `a`, `a or b`, `a, b or c`. */
function inWords(values: readonly string[]): string {
  const last = values.at(-1) ?? 'nothing';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}
