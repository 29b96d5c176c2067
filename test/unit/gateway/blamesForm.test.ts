// Refusals that may be about JSON or multipart, and those that are not: these must not be sent twice.
import assert from 'node:assert/strict';
import { blamesForm } from '../../../src/gateway/blamesForm';

const json = { form: 'json', size: undefined } as const;

describe('blamesForm', () => {
  for (const message of [
    'image is required',
    'Missing required parameter: image',
    'You must provide an image file',
    'field required: prompt',
    'Unknown parameter: images',
    'Invalid image file or mode for image 1',
    'Content-Type must be multipart/form-data',
    'invalid character in JSON body',
    'failed to parse multipart form',
    'image_url must be an https url',
    'Invalid base64',
    'Bad Request',
    'json: cannot unmarshal string',
    'http: no such file',
    'Error: image is required',
    "invalid character '-' in numeric literal",
    '请上传图片',
    '缺少参数 image',
    'Extra inputs are not permitted: images',
    "image: Expected UploadFile, received: <class 'str'>",
    'invalid_request',
    '',
    // Nothing, at the length that takes long to search.
    `${'…'.repeat(1_000_000)}x`,
  ])
    it(`yes: ${message.slice(0, 60)}`, () =>
      assert.ok(blamesForm(400, { message, names: [] }, json)));

  for (const message of [
    'n must be 1',
    'prompt is too long',
    'Reference image 1 has 9.2 MB, the limit is 7 MB.',
    'quality must be low, medium or high',
    'Your account is not active',
    'The picture shows a known person',
    'Failed to generate image: prohibited content',
    'Unable to show the generated image. It was filtered out.',
    'The picture that you uploaded shows a person',
    '您的请求包含敏感内容，已被拒绝',
    'upstream said no',
    'See https://help.example/url/json?file=1 for details: the model is overloaded',
  ])
    it(`no: ${message.slice(0, 60)}`, () =>
      assert.ok(!blamesForm(400, { message, names: [] }, json)));

  it('by the field, whatever the words', () => {
    const told = (param: string) => ({ message: 'Invalid value', param, names: [] });
    for (const param of ['images', 'image[0]', 'mask', 'body', 'stream', 'images[0].image_url'])
      assert.ok(blamesForm(422, told(param), json), param);
    assert.ok(!blamesForm(400, { message: 'No', names: ['upstream_error'] }, json));
    for (const param of ['n', 'quality', 'background', 'size'])
      assert.ok(!blamesForm(422, told(param), json), param);
  });

  it('a size of one’s own in JSON, where the schema has only three', () => {
    const told = { message: 'Invalid value', param: 'size', names: [] };
    assert.ok(blamesForm(400, told, { form: 'json', size: '1280x720' }));
    assert.ok(!blamesForm(400, told, { form: 'multipart', size: '1280x720' }));
    assert.ok(!blamesForm(400, told, json));
  });

  it('by the status alone: too large, or of the wrong type; nothing at all; and no other', () => {
    assert.ok(blamesForm(413, { message: 'n', names: [] }, json));
    assert.ok(blamesForm(415, undefined, json));
    assert.ok(blamesForm(400, undefined, json));
    assert.ok(!blamesForm(403, undefined, json));
    assert.ok(!blamesForm(500, { message: 'image is required', names: [] }, json));
  });
});
