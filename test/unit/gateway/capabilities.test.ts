// Each rule of the table both ways: what a model can do passes, what it cannot is named before anything is sent.
import assert from 'node:assert/strict';
import { capabilitiesOf, checkEdit, type EditOptions } from '../../../src/gateway/capabilities';
import { EditError, type EditErrorDetails } from '../../../src/gateway/errors';
import { builtInModels, catalogue, familyRoute, type Model } from '../../../src/gateway/models';

const png = { byteLength: 1000, mime: 'image/png' };

function model(id: string): Model {
  return { id, route: familyRoute(id) ?? 'images/edits' };
}

function check(
  id: string | Model,
  options: EditOptions,
  pictures = [png],
  count = pictures.length,
) {
  checkEdit(typeof id === 'string' ? model(id) : id, options, pictures, count);
}

function refused(work: () => void, words: RegExp) {
  assert.throws(work, (error) => {
    assert.ok(error instanceof EditError);
    const { reason, charge }: EditErrorDetails = error;
    assert.deepEqual({ reason, charge }, { reason: 'options', charge: 'none' });
    assert.match(error.message, words);
    return true;
  });
}

describe('options', () => {
  const two = 'openai/gpt-image-2';
  const flash = 'google/gemini-3.1-flash-image-preview';
  const rows: [string, EditOptions, RegExp | undefined][] = [
    [two, {}, undefined],
    [two, { n: 1 }, undefined],
    [two, { n: '10' }, undefined],
    [two, { n: 0 }, /n must be a whole number from 1 to 10, not “0”/],
    [two, { n: 11 }, /from 1 to 10/],
    [two, { n: 1.5 }, /from 1 to 10/],
    [two, { n: '1e0' }, /from 1 to 10/],
    [two, { output_format: 'webp', output_compression: '' }, /from 0 to 100/],
    [two, { size: 'auto' }, undefined],
    [two, { size: '1536x1024' }, undefined],
    [two, { size: '2048x1152' }, undefined],
    [two, { size: '3840x2160' }, undefined],
    [two, { size: '1024x640' }, undefined],
    [two, { size: '1000x1024' }, /multiples of 16, not “1000x1024”/],
    [two, { size: '3072x1008' }, /three times as long/],
    [two, { size: '3856x2048' }, /at most 3840/],
    [two, { size: '3840x2176' }, /at most 8,294,400/],
    [two, { size: '512x512' }, /at least 655,360/],
    [two, { size: '1024×1024' }, /small x, such as 1024x1024/],
    [two, { size: '0x0' }, /WIDTHxHEIGHT/],
    [two, { size: 'large' }, /auto, 1024x1024, 1536x1024, 1024x1536 or WIDTHxHEIGHT|WIDTHxHEIGHT/],
    ['openai/gpt-image-1.5', { size: '2048x1152' }, /size cannot be “2048x1152”, only auto/],
    [two, { quality: 'high' }, undefined],
    [two, { quality: 'max' }, /quality cannot be “max”, only auto, low, medium or high/],
    ['openai/gpt-image-2.5-sunburst', { quality: 'max', size: '2048x1152' }, undefined],
    [two, { background: 'transparent' }, undefined],
    [two, { background: 'transparent', output_format: 'webp' }, undefined],
    [two, { background: 'transparent', output_format: 'jpeg' }, /needs output_format png or webp/],
    [two, { output_format: 'jpeg', output_compression: 80 }, undefined],
    [two, { output_compression: 80 }, /needs output_format jpeg or webp/],
    [two, { output_format: 'jpeg', output_compression: 101 }, /from 0 to 100/],
    [two, { output_format: 'tiff' }, /only png, jpeg or webp/],
    [two, { input_fidelity: 'high' }, /no option input_fidelity/],
    ['openai/gpt-image-1.5', { input_fidelity: 'high' }, undefined],
    ['openai/gpt-image-1-mini', { input_fidelity: 'high' }, /only low/],
    ['openai/gpt-image-1-mini', { input_fidelity: 'low' }, undefined],
    [two, { moderation: 'low' }, undefined],
    [two, { partial_images: 3 }, undefined],
    [two, { partial_images: 4 }, /from 0 to 3/],
    [two, { aspect_ratio: '1:1' }, /no option aspect_ratio/],
    [flash, { aspect_ratio: '1:8', image_size: '512', n: 4 }, undefined],
    [flash, { image_size: '0.5K' }, /only 512, 1K, 2K or 4K/],
    [flash, { image_size: '2k' }, /only 512, 1K, 2K or 4K/],
    [flash, { quality: 'high' }, /no option quality/],
    ['google/gemini-3-pro-image', { image_size: '4K', aspect_ratio: '21:9' }, undefined],
    ['google/gemini-3-pro-image', { aspect_ratio: '1:8' }, /only 1:1/],
    ['google/gemini-2.5-flash-image', { image_size: '1K' }, /no option image_size/],
    ['acme/painter', { n: 1 }, /no option n/],
  ];
  for (const [id, options, words] of rows) {
    it(`${JSON.stringify(options)} ${words ? 'cannot' : 'can'} be asked of ${id}`, () => {
      if (words) refused(() => check(id, options), words);
      else check(id, options);
    });
  }
});

describe('input pictures', () => {
  it('are as many as the model takes, links included', () => {
    for (const [id, most] of [
      ['openai/gpt-image-2', 16],
      ['google/gemini-3.1-flash-image-preview', 14],
      ['google/gemini-3-pro-image', 11],
      ['google/gemini-2.5-flash-image', 3],
    ] as const) {
      check(id, {}, [png], most);
      refused(
        () => check(id, {}, [png], most + 1),
        new RegExp(`at most ${most} pictures.*${most + 1}`),
      );
    }
  });

  it('are of a format and a size that the model takes', () => {
    refused(
      () => check('openai/gpt-image-2', {}, [{ ...png, mime: 'image/gif' }]),
      /does not take image\/gif, only image\/png, image\/jpeg or image\/webp/,
    );
    const large = { ...png, byteLength: 7 * 1024 * 1024 + 1 };
    check('openai/gpt-image-2', {}, [large]);
    refused(() => check('google/gemini-3-pro-image', {}, [png, large]), /at most 7 MB.*7\.1 MB/);
  });
});

describe('what the user says of a model', () => {
  it('adds to what is known and overrules it', () => {
    const own: Model = {
      ...model('openai/gpt-image-2'),
      capabilities: {
        maxPictures: 20,
        options: { quality: { values: ['ultra'] }, moderation: undefined },
      },
    };
    check(own, { quality: 'ultra', n: 2 }, [png], 20);
    refused(() => check(own, { quality: 'high' }), /only ultra/);
    refused(() => check(own, { moderation: 'low' }), /no option moderation/);
  });

  it('makes an unknown model able', () => {
    const own: Model = {
      id: 'acme/painter',
      route: 'images/edits',
      capabilities: { options: { n: { minimum: 1, maximum: 2 } }, mask: true },
    };
    check(own, { n: 2 });
    assert.equal(capabilitiesOf(own).mask, true);
    assert.equal(capabilitiesOf({ ...own, capabilities: undefined }).mask, false);
  });

  it('reaches the catalogue, a built-in model in its place', () => {
    const capabilities = { maxPictures: 2 };
    const [first] = builtInModels;
    const users: Model[] = [
      { ...first!, capabilities },
      { id: 'acme/painter', route: 'images/edits', capabilities },
    ];
    const models = catalogue(users, [first!.id]);
    assert.deepEqual(models[0], { ...first, capabilities });
    assert.deepEqual(models.at(-1), users[1]);
    assert.equal(models.length, builtInModels.length + 1);
  });
});
