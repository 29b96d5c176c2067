// The setting retouch.models, entry by entry: what is right is taken, what is wrong is named.
import assert from 'node:assert/strict';
import { readModels } from '../../../src/edit/modelsSetting';
import { capabilitiesOf } from '../../../src/gateway/capabilities';

const painter = { id: 'acme/painter', route: 'images/edits' };

/** An entry with one option. */
const option = (name: string, rule: unknown) => ({
  ...painter,
  capabilities: { options: { [name]: rule } },
});
const able = (capabilities: unknown) => ({ ...painter, capabilities });

describe('retouch.models', () => {
  it('takes models, with what they can do', () => {
    const whole = able({
      options: {
        n: { minimum: 1, maximum: 2 },
        size: { values: ['512x512'], freeSizes: true },
        quality: { values: ['ultra'] },
        moderation: null,
      },
      maxPictures: 4,
      maxPictureBytes: 1000,
      maxPixels: 5,
      maxSide: 5,
      inputMimes: ['image/png', 'image/svg+xml'],
      mask: true,
      partialImages: false,
    });
    const { models, problems } = readModels([painter, whole, option('size', { freeSizes: true })]);
    assert.deepEqual(problems, []);
    assert.equal(models.length, 3);
    assert.deepEqual(models[0], painter);
    const can = capabilitiesOf(models[1]!);
    assert.deepEqual(can.options, {
      n: { minimum: 1, maximum: 2 },
      size: { values: ['512x512'], freeSizes: true },
      quality: { values: ['ultra'] },
      moderation: undefined,
    });
    assert.deepEqual([can.maxPictures, can.maxSide, can.mask], [4, 5, true]);
    // null takes an option away from a model that is known to have it.
    const [less] = readModels([{ ...option('moderation', null), id: 'gpt-image-2' }]).models;
    assert.equal(capabilitiesOf(less!).options.moderation, undefined);
    assert.deepEqual(readModels(undefined), { models: [], problems: [] });
  });

  const wrong: [unknown, string][] = [
    [5, 'entry 2 is left out: it must be an object.'],
    [null, 'entry 2 is left out: it must be an object.'],
    [{ route: 'images/edits' }, 'entry 2 is left out: id is missing.'],
    [{ ...painter, id: '' }, 'entry 2 is left out: id must not be empty.'],
    [{ ...painter, id: 7 }, 'entry 2 is left out: id must be a text.'],
    [
      { id: 'acme/painter', route: 'chat' },
      'entry 2 (acme/painter) is left out: route must be images/edits or chat/completions.',
    ],
    [{ ...painter, path: '/x' }, 'entry 2 (acme/painter) is left out: path is not known.'],
    [able('all'), 'entry 2 (acme/painter) is left out: capabilities must be an object.'],
    [
      able({ maxPicture: 3 }),
      'entry 2 (acme/painter) is left out: capabilities.maxPicture is not known.',
    ],
    [
      able({ maxPictures: 0 }),
      'entry 2 (acme/painter) is left out: capabilities.maxPictures must be a whole number of at least 1.',
    ],
    [
      able({ mask: 'yes' }),
      'entry 2 (acme/painter) is left out: capabilities.mask must be true or false.',
    ],
    [
      able({ inputMimes: ['png'] }),
      'entry 2 (acme/painter) is left out: capabilities.inputMimes.0 must be a type such as image/png.',
    ],
    [
      option('style', { values: ['vivid'] }),
      'entry 2 (acme/painter) is left out: capabilities.options.style is not known.',
    ],
    [
      option('quality', { values: 'high' }),
      'entry 2 (acme/painter) is left out: capabilities.options.quality.values must be a list of texts.',
    ],
    [
      option('quality', { values: [] }),
      'entry 2 (acme/painter) is left out: capabilities.options.quality.values must name at least one value.',
    ],
    [
      option('n', { values: ['1'] }),
      'entry 2 (acme/painter) is left out: capabilities.options.n.minimum is missing, capabilities.options.n.maximum is missing, capabilities.options.n.values is not known.',
    ],
    [
      option('n', { minimum: 3, maximum: 2 }),
      'entry 2 (acme/painter) is left out: capabilities.options.n must not have a minimum above the maximum.',
    ],
    [
      option('size', {}),
      'entry 2 (acme/painter) is left out: capabilities.options.size needs values or freeSizes.',
    ],
    [
      { ...option('quality', { values: ['high'] }), route: 'chat/completions' },
      'entry 2 (acme/painter) is left out: chat/completions has no option quality.',
    ],
    [
      { ...option('size', { freeSizes: true }), id: 'google/gemini-9-image' },
      'entry 2 (google/gemini-9-image) is left out: chat/completions has no option size.',
    ],
  ];
  for (const [entry, sentence] of wrong) {
    it(`leaves out ${JSON.stringify(entry)}, and says why`, () => {
      const last = { id: 'acme/other', route: 'chat/completions' };
      assert.deepEqual(readModels([painter, entry, last]), {
        models: [painter, last],
        problems: [`retouch.models: ${sentence}`],
      });
    });
  }

  it('is a list', () => {
    assert.deepEqual(readModels({ id: 'x' }), {
      models: [],
      problems: ['retouch.models must be a list of models.'],
    });
  });
});
