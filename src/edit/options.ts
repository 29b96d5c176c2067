// The options of a model as the user set them: what was kept goes in, what may be sent comes out, and their words.
import {
  capabilitiesOf,
  optionNames,
  refuseCombination,
  refuseOption,
  type Capabilities,
  type EditOptions,
  type OptionName,
} from '../gateway/capabilities';
import type { Model } from '../gateway/models';

/** As people know them; the name of the API stands beside it. */
export const optionLabels: Readonly<Record<OptionName, string>> = {
  n: 'Number of pictures',
  size: 'Size',
  quality: 'Quality',
  background: 'Background',
  output_format: 'File format',
  output_compression: 'Compression quality',
  input_fidelity: 'Likeness to the original',
  moderation: 'Moderation',
  partial_images: 'Partial pictures',
  aspect_ratio: 'Aspect ratio',
  image_size: 'Resolution',
};

/** The options that a model has, in the order in which they are offered. */
export function optionsOf(can: Capabilities): OptionName[] {
  return optionNames.filter((name) => can.options[name] !== undefined);
}

/**
 * Of what was kept, what may be sent: an older or newer Retouch may have kept something else, and a model may
 * have lost an option since.
 */
export function readOptions(kept: unknown, model: Model): EditOptions {
  const values = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  const can = capabilitiesOf(model);
  let options: EditOptions = {};
  for (const name of optionsOf(can)) {
    const value = values[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const more = { ...options, [name]: value };
    if (!refuseOption(name, value, can) && !refuseCombination(more)) options = more;
  }
  return options;
}

/** With the option set, or no longer sent where the value is undefined. */
export function changeOption(
  options: EditOptions,
  name: OptionName,
  value: string | number | undefined,
): EditOptions {
  // Rebuilt in the order of the table, so that equal options are equal texts.
  return Object.fromEntries(
    optionNames.flatMap((known) => {
      const now = known === name ? value : options[known];
      return now === undefined ? [] : [[known, now]];
    }),
  );
}

/** Why the value cannot be set beside the others, as a sentence; undefined where it can. */
export function refuseChange(
  options: EditOptions,
  name: OptionName,
  value: string | number | undefined,
  can: Capabilities,
): string | undefined {
  return (
    (value === undefined ? undefined : refuseOption(name, value, can)) ??
    refuseCombination(changeOption(options, name, value))
  );
}

/** The values to choose from: names, or the numbers where they are few. */
export function listValues(name: OptionName, can: Capabilities): readonly (string | number)[] {
  const { values, minimum = 0, maximum = Infinity } = can.options[name] ?? {};
  if (values) return values;
  const count = maximum - minimum + 1;
  return count <= 20 ? Array.from({ length: count }, (_, index) => minimum + index) : [];
}

/** What can be typed beside the values that are listed, such as `0 to 100`; undefined where nothing can. */
export function typedValues(name: OptionName, can: Capabilities): string | undefined {
  const { values, minimum, maximum, freeSizes } = can.options[name] ?? {};
  if (freeSizes) return 'WIDTHxHEIGHT in multiples of 16, such as 2048x1152';
  if (values || listValues(name, can).length > 0) return undefined;
  return `${minimum ?? 'any'} to ${maximum ?? 'any'}`;
}

/** What was typed, as it is sent: options without named values are numbers. */
export function readTyped(name: OptionName, typed: string, can: Capabilities): string | number {
  const text = typed.trim();
  const { values, freeSizes } = can.options[name] ?? {};
  return values || freeSizes || !/^\d+$/.test(text) ? text : Number(text);
}

/** `size 1536x1024 · quality high`; empty where none is set. */
export function optionsInWords(options: EditOptions): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
}
