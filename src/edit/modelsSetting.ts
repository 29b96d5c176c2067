// The setting `retouch.models` goes in; the models that it names come out, and what is wrong with the other entries.
import {
  array,
  boolean,
  check,
  exactOptional,
  getDotPath,
  integer,
  minLength,
  minValue,
  nullable,
  number,
  picklist,
  pipe,
  regex,
  safeParse,
  strictObject,
  string,
  transform,
  type ObjectEntries,
  type StrictObjectIssue,
} from 'valibot';
import type { optionNames } from '../gateway/capabilities';
import { isRecord } from '../gateway/json';
import { familyRoute, routes, type Model } from '../gateway/models';

export interface ReadModels {
  readonly models: readonly Model[];
  /** A sentence for each entry that is left out, naming it. */
  readonly problems: readonly string[];
}

/** What `chat/completions` has a place for: anything else would not be sent. */
const chatOptions = ['n', 'aspect_ratio', 'image_size'];

const strict = <Entries extends ObjectEntries>(entries: Entries) =>
  strictObject(entries, ({ expected, received }: StrictObjectIssue) => {
    if (expected === 'never') return 'is not known';
    return received === 'undefined' ? 'is missing' : 'must be an object';
  });

const whole = (least: number) => {
  const message = `must be a whole number of at least ${least}`;
  return pipe(number(message), integer(message), minValue(least, message));
};

const flag = boolean('must be true or false');

const names = pipe(
  array(
    pipe(string('must be a text'), minLength(1, 'must not be empty')),
    'must be a list of texts',
  ),
  minLength(1, 'must name at least one value'),
);

/** In JSON, `null` says that the model does not have the option. */
const numbers = (least: number) =>
  pipe(
    nullable(
      pipe(
        strict({ minimum: whole(least), maximum: whole(least) }),
        check(
          ({ minimum, maximum }) => minimum <= maximum,
          'must not have a minimum above the maximum',
        ),
      ),
    ),
    transform((rule) => rule ?? undefined),
  );

const named = pipe(
  nullable(strict({ values: names })),
  transform((rule) => rule ?? undefined),
);

const sizes = pipe(
  nullable(
    pipe(
      strict({ values: exactOptional(names), freeSizes: exactOptional(flag) }),
      check(
        ({ values, freeSizes }) => values !== undefined || freeSizes === true,
        'needs values or freeSizes',
      ),
    ),
  ),
  transform((rule) => rule ?? undefined),
);

const Entry = pipe(
  strict({
    id: pipe(string('must be a text'), minLength(1, 'must not be empty')),
    route: picklist(routes, `must be ${routes.join(' or ')}`),
    capabilities: exactOptional(
      strict({
        options: exactOptional(
          strict({
            n: exactOptional(numbers(1)),
            size: exactOptional(sizes),
            quality: exactOptional(named),
            background: exactOptional(named),
            output_format: exactOptional(named),
            output_compression: exactOptional(numbers(0)),
            input_fidelity: exactOptional(named),
            moderation: exactOptional(named),
            partial_images: exactOptional(numbers(0)),
            aspect_ratio: exactOptional(named),
            image_size: exactOptional(named),
          } satisfies Record<(typeof optionNames)[number], unknown>),
        ),
        maxPictures: exactOptional(whole(1)),
        maxPictureBytes: exactOptional(whole(1)),
        maxPixels: exactOptional(whole(1)),
        maxSide: exactOptional(whole(1)),
        inputMimes: exactOptional(
          pipe(
            array(
              pipe(
                string('must be a text'),
                regex(/^image\/[\w.+-]+$/, 'must be a type such as image/png'),
              ),
              'must be a list of types such as image/png',
            ),
            minLength(1, 'must name at least one type'),
          ),
        ),
        mask: exactOptional(flag),
        partialImages: exactOptional(flag),
      }),
    ),
  }),
);

/** Entry by entry: one that is wrong costs none of the others. */
export function readModels(setting: unknown): ReadModels {
  if (setting === undefined || setting === null) return { models: [], problems: [] };
  if (!Array.isArray(setting))
    return { models: [], problems: ['retouch.models must be a list of models.'] };
  const models: Model[] = [];
  const problems: string[] = [];
  for (const [index, entry] of (setting as unknown[]).entries()) {
    const { output, issues } = safeParse(Entry, entry);
    const why = issues
      ? issues.map((issue) => `${getDotPath(issue) ?? 'it'} ${issue.message}`).join(', ')
      : refuseOptions(output);
    if (why === undefined) models.push(output as Model);
    else problems.push(`retouch.models: ${nameEntry(index, entry)} is left out: ${why}.`);
  }
  return { models, problems };
}

function refuseOptions({ id, route, capabilities }: Model): string | undefined {
  if ((familyRoute(id) ?? route) !== 'chat/completions') return undefined;
  const other = Object.entries(capabilities?.options ?? {}).find(
    ([name, rule]) => rule !== undefined && !chatOptions.includes(name),
  );
  return other && `chat/completions has no option ${other[0]}`;
}

function nameEntry(index: number, entry: unknown): string {
  const id = isRecord(entry) ? entry['id'] : undefined;
  return `entry ${index + 1}${typeof id === 'string' && id !== '' ? ` (${id.slice(0, 80)})` : ''}`;
}
