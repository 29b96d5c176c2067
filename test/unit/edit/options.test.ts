// Options as they are kept, offered, typed and changed.
import assert from 'node:assert/strict';
import {
  changeOption,
  listValues,
  optionLabels,
  optionsInWords,
  optionsOf,
  readOptions,
  readTyped,
  refuseChange,
  typedValues,
} from '../../../src/edit/options';
import { capabilitiesOf, optionNames } from '../../../src/gateway/capabilities';
import type { Model } from '../../../src/gateway/models';

const gptImage: Model = { id: 'openai/gpt-image-2', route: 'images/edits' };
const flash: Model = { id: 'google/gemini-3.1-flash-image-preview', route: 'chat/completions' };
const two = capabilitiesOf(gptImage);

describe('options that were kept', () => {
  const rows: [string, unknown, object][] = [
    ['all that the model can do', { size: '2048x1152', n: 2 }, { n: 2, size: '2048x1152' }],
    ['nothing', undefined, {}],
    ['something else', 'high', {}],
    ['a list', ['high'], {}],
    [
      'an option that the model has lost',
      { input_fidelity: 'high', quality: 'low' },
      { quality: 'low' },
    ],
    ['a value that it has lost', { quality: 'max', n: 2 }, { n: 2 }],
    ['an option that nobody knows', { style: 'vivid', n: 2 }, { n: 2 }],
    ['values of other kinds', { quality: ['high'], n: null, size: { width: 1 } }, {}],
    ['a name of every object', { toString: 'x', constructor: 1 }, {}],
    [
      'what does not go together',
      { background: 'transparent', output_format: 'jpeg', output_compression: 80 },
      { background: 'transparent' },
    ],
  ];
  for (const [what, kept, options] of rows) {
    it(`${what}: what may be sent is left`, () =>
      assert.deepEqual(readOptions(kept, gptImage), options));
  }
});

describe('options to choose from', () => {
  it('are those of the model, each with a name for people', () => {
    assert.deepEqual(optionsOf(capabilitiesOf(flash)), ['n', 'aspect_ratio', 'image_size']);
    assert.ok(!optionsOf(two).includes('input_fidelity'));
    for (const name of optionNames) assert.ok(optionLabels[name].length > 2, name);
  });

  it('are names, few numbers, or something to type', () => {
    assert.deepEqual(listValues('quality', two), ['auto', 'low', 'medium', 'high']);
    assert.deepEqual(listValues('partial_images', two), [0, 1, 2, 3]);
    assert.deepEqual(listValues('output_compression', two), []);
    assert.equal(typedValues('quality', two), undefined);
    assert.equal(typedValues('partial_images', two), undefined);
    assert.equal(typedValues('output_compression', two), '0 to 100');
    assert.match(typedValues('size', two) ?? '', /WIDTHxHEIGHT/);
    assert.equal(
      typedValues('size', capabilitiesOf({ ...gptImage, id: 'gpt-image-1.5' })),
      undefined,
    );
  });

  it('are numbers where they are typed as such, and texts else', () => {
    assert.equal(readTyped('output_compression', ' 80 ', two), 80);
    assert.equal(readTyped('output_compression', '8e1', two), '8e1');
    assert.equal(readTyped('size', '1024x1024 ', two), '1024x1024');
  });

  it('are in one order however they were set, and gone when they are no longer sent', () => {
    const options = changeOption(changeOption({}, 'quality', 'high'), 'n', 2);
    assert.equal(JSON.stringify(options), '{"n":2,"quality":"high"}');
    assert.equal(optionsInWords(options), 'n 2 · quality high');
    assert.deepEqual(changeOption(options, 'n', undefined), { quality: 'high' });
    assert.equal(optionsInWords({}), '');
  });

  it('are refused at once where they do not go together, also when another is taken away', () => {
    const jpeg = { output_format: 'jpeg', output_compression: 80 };
    assert.equal(refuseChange(jpeg, 'quality', 'high', two), undefined);
    assert.match(refuseChange(jpeg, 'background', 'transparent', two) ?? '', /png or webp/);
    assert.match(refuseChange(jpeg, 'output_format', undefined, two) ?? '', /jpeg or webp/);
    assert.equal(refuseChange(jpeg, 'output_compression', undefined, two), undefined);
    assert.match(refuseChange({}, 'size', '1000x1000', two) ?? '', /multiples of 16/);
    // An empty box is no 0.
    assert.match(refuseChange(jpeg, 'output_compression', '', two) ?? '', /whole number/);
  });
});
