// What of an answer is a picture, and what is none.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { damagedOf, extensionOf } from '../../../src/edit/damaged';
import type { Picture } from '../../../src/edit/readOriginal';
import { newVersions, readEdited, type Round } from '../../../src/edit/versions';
import { EditError } from '../../../src/gateway/errors';

const readable = () => Promise.resolve(true);

const page = Buffer.from('<!doctype html><title>Sign in</title>');

describe('the pictures of an answer', () => {
  const samples = join('test', 'samples', 'workspace');
  let photo: Buffer;
  let logo: Buffer;
  before(async () => {
    photo = await readFile(join(samples, 'photo.jpg'));
    logo = await readFile(join(samples, 'logo.png'));
  });

  it('are its pictures, in order, byte for byte; what is none costs none of the others', async () => {
    const pictures = [page, photo, Buffer.alloc(0), logo] as const;
    const edited = await readEdited({ pictures }, readable);
    assert.deepEqual(
      edited.pictures.map(({ bytes, info }) => [bytes, info.format]),
      [
        [photo, 'JPEG'],
        [logo, 'PNG'],
      ],
    );
  });

  it('are numbered versions of their round, neither saved nor deleted', async () => {
    const { pictures: edited } = await readEdited({ pictures: [photo, page, logo] }, readable);
    const round = {} as Round;
    const [parent] = newVersions(edited, round);
    const versions = newVersions(edited, round, parent);
    assert.deepEqual(
      versions.map(({ bytes, number, savedAs, isDeleted }) => [bytes, number, savedAs, isDeleted]),
      [
        [photo, 0, [], false],
        [logo, 1, [], false],
      ],
    );
    assert.equal(parent?.parent, undefined);
    assert.ok(versions.every((version) => version.parent === parent && version.round === round));
  });

  it('are an error that says it was charged, where none of it is a picture', async () => {
    for (const pictures of [[page], [page, Buffer.alloc(0)]] as const) {
      await assert.rejects(
        readEdited({ pictures }, readable),
        (error) =>
          error instanceof EditError &&
          error.reason === 'badPicture' &&
          error.charge === 'charged' &&
          /^(The|None of the 2) edited pictures? can(not)? be shown: it is no picture/.test(
            error.message,
          ) &&
          // What is empty is nothing to be saved.
          damagedOf(error).length === 1,
      );
    }
  });

  it('that cannot be shown are kept beside the others, which keep their numbers', async () => {
    const header = Buffer.from(logo);
    header.writeUInt32BE(60_000, 16);
    header.writeUInt32BE(60_000, 20);
    const looked: Uint8Array[] = [];
    const isReadable = ({ bytes }: Picture) => {
      looked.push(bytes);
      return Promise.resolve(bytes !== photo);
    };
    const { pictures, damaged } = await readEdited(
      { pictures: [header, photo, page, logo] },
      isReadable,
    );
    assert.deepEqual(
      pictures.map(({ bytes, number }) => [bytes, number]),
      [[logo, 2]],
    );
    assert.deepEqual(
      damaged.map(({ bytes, why }) => [bytes, why.slice(0, 30)]),
      [
        [header, 'it says that it has 60,000 × 60'],
        [photo, 'it is cut off or damaged'],
        [page, 'it is no picture, or its begin'],
      ].map(([bytes, why]) => [bytes, String(why).slice(0, 30)]),
    );
    assert.deepEqual(looked, [photo, logo], 'nothing opens what promises too many pixels');
    const [version] = newVersions(pictures, {} as Round);
    assert.equal(version?.number, 2);
  });

  const beginnings: [string, Buffer, string][] = [
    ['a JPEG whose header is cut', Buffer.from('ffd8ffe000104a', 'hex'), 'jpg'],
    ['a PNG whose header is cut', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'png'],
    ['a WebP whose header is cut', Buffer.from('RIFF\x10\0\0\0WEBP', 'latin1'), 'webp'],
    ['HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), 'heic'],
    ['an SVG', Buffer.from('<?xml version="1.0"?>\n<!-- by hand --><svg/>'), 'svg'],
    ['a page', page, 'html'],
    ['JSON', Buffer.from(' {"error":1}'), 'json'],
    ['zeros', Buffer.alloc(100), 'bin'],
  ];
  for (const [what, bytes, extension] of beginnings)
    it(`are called .${extension} where they are ${what}`, () => {
      assert.equal(extensionOf(bytes), extension);
    });
});
