// What of an answer is a picture, and what is none.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newVersions, readEdited, type Round } from '../../../src/edit/versions';
import { EditError } from '../../../src/gateway/errors';

const page = Buffer.from('<!doctype html><title>Sign in</title>');

describe('the pictures of an answer', () => {
  const samples = join('test', 'samples', 'workspace');
  let photo: Buffer;
  let logo: Buffer;
  before(async () => {
    photo = await readFile(join(samples, 'photo.jpg'));
    logo = await readFile(join(samples, 'logo.png'));
  });

  it('are its pictures, in order, byte for byte; what is none costs none of the others', () => {
    const edited = readEdited({ pictures: [page, photo, Buffer.alloc(0), logo] });
    assert.deepEqual(
      edited.map(({ bytes, info }) => [bytes, info.format]),
      [
        [photo, 'JPEG'],
        [logo, 'PNG'],
      ],
    );
  });

  it('are numbered versions of their round, neither saved nor deleted', () => {
    const edited = readEdited({ pictures: [photo, page, logo] });
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

  it('are an error that says it was charged, where none of it is a picture', () => {
    for (const pictures of [[page], [page, Buffer.alloc(0)]] as const) {
      assert.throws(
        () => readEdited({ pictures }),
        (error) =>
          error instanceof EditError &&
          error.reason === 'badPicture' &&
          error.charge === 'charged' &&
          /What the gateway sent as (a picture is|pictures are) none\./.test(error.message),
      );
    }
  });
});
