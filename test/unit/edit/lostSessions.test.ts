// Sessions that the disk could not take whole: within reach as long as something of them waits for the user.
import assert from 'node:assert/strict';
import type { Uri } from 'vscode';
import type { Session } from '../../../src/edit/edit';
import { keepLost, lostSession } from '../../../src/edit/lostSessions';
import type { Version } from '../../../src/edit/versions';

describe('a session that is in memory alone', () => {
  /** One round for each of `areLost`, with a picture each. */
  function sessionOf(id: string | undefined, ...areLost: boolean[]): Session {
    const versions = areLost.map((isLost) => ({
      round: { kept: { isLost } },
      parent: undefined,
      savedAs: [],
      isDeleted: false,
    }));
    return { id, versions: versions as unknown as Version[] } as Session;
  }

  const file = {} as unknown as Uri;

  it('is found by its id until its pictures are saved or deleted', () => {
    const session = sessionOf('lost', true, true);
    const [first, second] = session.versions as [Version, Version];
    keepLost(session);
    assert.equal(lostSession('lost'), session);
    first.savedAs = [file];
    assert.equal(lostSession('lost'), session);
    second.isDeleted = true;
    assert.equal(lostSession('lost'), undefined);
    // What is over stays over, also where its save is undone: that has the session itself.
    first.savedAs = [];
    assert.equal(lostSession('lost'), undefined);
  });

  it('is kept whole where one of its rounds is lost', () => {
    const session = sessionOf('half', false, true);
    keepLost(session);
    assert.equal(lostSession('half'), session);
  });

  it('is none where all of it is on disk, or where there is no journal at all', () => {
    keepLost(sessionOf('on disk', false, false));
    assert.equal(lostSession('on disk'), undefined);
    keepLost(sessionOf(undefined, true));
    assert.equal(lostSession('undefined'), undefined);
  });

  it('is the last one that was kept under its id, and no other’s', () => {
    const before = sessionOf('again', true);
    const now = sessionOf('again', true);
    keepLost(before);
    keepLost(now);
    assert.equal(lostSession('again'), now);
    assert.equal(lostSession('another'), undefined);
  });
});
