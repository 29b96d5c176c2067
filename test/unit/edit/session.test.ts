// Which versions of a session wait for the user, and what the journal hears of its rounds.
import assert from 'node:assert/strict';
import type { KeptEdit } from '../../../src/edit/keepEdit';
import {
  countPending,
  discard,
  isPending,
  nextPending,
  settleRounds,
} from '../../../src/edit/session';
import type { Version } from '../../../src/edit/versions';

describe('a session', () => {
  let heard: string[];
  beforeEach(() => (heard = []));

  /** One round with so many pictures; the journal's side of it says what it hears. */
  function round(name: string, count = 1, parent?: Version): Version[] {
    const kept = {
      reopen: () => heard.push(`${name} waits`),
      conclude: (someSaved: boolean) =>
        heard.push(`${name} is ${someSaved ? 'saved' : 'not wanted'}`),
    } as unknown as KeptEdit;
    const its = { kept } as Version['round'];
    return Array.from({ length: count }, (_, number) => ({
      ...({ round: its, number, parent, savedAs: [], isDeleted: false } as unknown as Version),
    }));
  }

  const save = (version: Version) =>
    (version.savedAs = ['a file'] as unknown as Version['savedAs']);

  it('waits for what is neither saved nor deleted, one after the other, round the end', () => {
    const versions = round('one', 3);
    const [first, second, third] = versions as [Version, Version, Version];
    assert.equal(nextPending({ versions }), first);
    assert.equal(nextPending({ versions }, second), second);
    save(second);
    assert.equal(nextPending({ versions }, second), third);
    third.isDeleted = true;
    assert.equal(nextPending({ versions }, second), first);
    save(first);
    assert.equal(nextPending({ versions }, second), undefined);
    assert.equal(countPending({ versions }), 0);
  });

  it('does not wait for a step on the way, until what was made from it is deleted', () => {
    const [step] = round('step') as [Version];
    const [last] = round('last', 1, step) as [Version];
    const [other] = round('other') as [Version];
    const versions = [step, last, other];
    assert.deepEqual(
      versions.map((version) => isPending({ versions }, version)),
      [false, true, true],
    );
    settleRounds({ versions });
    assert.deepEqual(heard, ['step is not wanted', 'last waits', 'other waits']);
    heard.length = 0;
    last.isDeleted = true;
    settleRounds({ versions });
    // Of one that is deleted as a whole the journal has nothing any more.
    assert.deepEqual(heard, ['step waits', 'other waits']);
  });

  it('waits for a step whose child is in memory alone', () => {
    const [step] = round('step') as [Version];
    const [last] = round('last', 1, step) as [Version];
    Object.assign(last.round.kept, { isLost: true });
    assert.ok(isPending({ versions: [step, last] }, step));
  });

  it('tells a round that was saved from one that nobody wants', () => {
    const [first, second] = round('several', 2) as [Version, Version];
    const [alone] = round('alone') as [Version];
    const versions = [first, second, alone];
    save(second);
    settleRounds({ versions });
    assert.deepEqual(heard, ['several waits', 'alone waits']);
    heard.length = 0;
    discard({ versions });
    assert.deepEqual(heard, ['several is saved', 'alone is not wanted']);
  });
});
