// What the panel is told of the rounds and versions of an edit, before, while and after each of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Uri } from 'vscode';
import type { Edit } from '../../../src/edit/edit';
import { facts, factsOf, forPanel, pendingRound, usageInWords } from '../../../src/edit/panelFacts';
import type { Picture } from '../../../src/edit/readOriginal';
import { newVersions, type Round, type Version } from '../../../src/edit/versions';
import { identifyPicture } from '../../../src/picture/identify';

function sample(name: string): Picture {
  const bytes = readFileSync(join('test', 'samples', 'workspace', name));
  return { bytes, info: identifyPicture(bytes)! };
}

const logo = sample('logo.png');
const photo = sample('photo.jpg');
const model = { id: 'openai/gpt-image-2', route: 'images/edits' } as const;
const file = {} as unknown as Uri;

function round(id: string | undefined, more: Partial<Round> = {}): Round {
  return {
    asked: { instruction: `do ${id}`, model },
    references: [],
    startedAt: 0,
    elapsed: 1500,
    usage: { totalTokens: 2084 },
    cost: Promise.resolve(undefined),
    kept: { id } as unknown as Round['kept'],
    ...more,
  };
}

describe('what a panel is told of its rounds and versions', () => {
  it('has the facts and bytes of a picture', () => {
    const { byteLength } = photo.bytes;
    assert.deepEqual(facts(photo), { format: 'JPEG', width: 1200, height: 800, byteLength });
    assert.deepEqual(forPanel(photo), { bytes: photo.bytes, mime: 'image/jpeg' });
  });

  it('has one round with its pictures', () => {
    const first = round('a', {
      references: ['other.png'],
      asked: {
        ...{ instruction: 'make it blue', model },
        options: { n: 3 },
      },
    });
    const versions = newVersions([photo, logo], first);
    versions[1]!.savedAs = [file];
    const { byteLength } = photo.bytes;
    assert.deepEqual(factsOf(versions), {
      rounds: [
        {
          instruction: 'make it blue',
          model: 'openai/gpt-image-2',
          references: ['other.png'],
          askedFor: 3,
          elapsed: 1500,
          usage: '2,084 tokens',
        },
      ],
      versions: [
        { format: 'JPEG', width: 1200, height: 800, byteLength, id: 'a/0', round: 0, saved: false },
        { ...facts(logo), id: 'a/1', round: 0, saved: true },
      ],
    });
  });

  it('says of a version that it is deleted, and keeps its place', () => {
    const versions = newVersions([photo, logo], round('a'));
    versions[0]!.isDeleted = true;
    assert.deepEqual(
      factsOf(versions).versions.map(({ id, deleted }) => [id, deleted]),
      [
        ['a/0', true],
        ['a/1', undefined],
      ],
    );
  });

  it('names versions that no journal has by the number of their round', () => {
    const versions = [
      ...newVersions([logo], round(undefined)),
      ...newVersions([logo], round(undefined)),
    ];
    assert.deepEqual(
      factsOf(versions).versions.map(({ id, round }) => [id, round]),
      [
        ['0/0', 0],
        ['1/0', 1],
      ],
    );
  });

  it('says from which version a round started: by its number, or that it is gone', () => {
    const [first, second] = newVersions([logo, photo], round('a')) as [Version, Version];
    const further = newVersions([logo], round('b'), second);
    const versions = [first, second, ...further];
    const startedFrom = () => factsOf(versions).rounds.map((one) => one.startedFrom);
    assert.deepEqual(startedFrom(), [undefined, 1]);
    second.isDeleted = true;
    assert.deepEqual(startedFrom(), [undefined, 'deleted']);
    // It was deleted before the session was opened again: nothing of it is here.
    const orphan = newVersions([logo], round('c', { isParentGone: true }));
    assert.equal(factsOf(orphan).rounds[0]?.startedFrom, 'deleted');
  });

  it('has the cost once it is known, and says that it is unknown only then', () => {
    const first = round('a');
    const versions = newVersions([logo], first);
    const usage = () => factsOf(versions).rounds[0]?.usage;
    assert.equal(usage(), '2,084 tokens');
    first.settled = { dollars: 0.012 };
    assert.equal(usage(), '2,084 tokens · $0.0120');
    first.settled = { dollars: undefined };
    assert.equal(usage(), '2,084 tokens · cost unknown');
  });

  const usages: [Parameters<typeof usageInWords>, string][] = [
    [[{ totalTokens: 2084, cost: 0.012 }], '2,084 tokens · $0.0120'],
    [[{ totalTokens: 0, cost: 0 }], '0 tokens · $0.0000'],
    [[{ cost: 0.012 }], '$0.0120'],
    [[{}], 'cost unknown'],
    [[{}, true], ''],
    [[{ totalTokens: 7 }, true], '7 tokens'],
    [[{ totalTokens: 7, cost: 0.5 }, true], '7 tokens · $0.5000'],
  ];
  for (const [[usage, asking], words] of usages) {
    it(`says of ${JSON.stringify(usage)}${asking ? ', of which more is asked' : ''}: ${words || 'nothing'}`, () =>
      assert.equal(usageInWords(usage, asking), words));
  }
});

describe('what a panel is told of a round that is under way', () => {
  const asked: Edit['asked'] = { instruction: 'make it blue', model };
  const pending = { subject: {} as Edit['subject'], references: [], asked };

  it('is what was asked', () => {
    assert.deepEqual(pendingRound(pending, [], undefined), {
      instruction: 'make it blue',
      model: 'openai/gpt-image-2',
      references: [],
      askedFor: 1,
    });
    const several = { ...pending, asked: { ...asked, options: { n: 4 } } };
    assert.equal(pendingRound(several, [], undefined).askedFor, 4);
  });

  it('is what such an edit cost last, also where that was nothing', () => {
    assert.equal(pendingRound(pending, [], 0.012).usage, 'last edit $0.0120');
    assert.equal(pendingRound(pending, [], 0).usage, 'last edit $0.0000');
  });

  it('is the names of the pictures that go along, as far as they are sent', () => {
    const references = ['/work/one.png', '/work/t\u202ewo.png'].map(
      (path) => ({ path }) as unknown as Uri,
    );
    const subject = { references } as unknown as Edit['subject'];
    assert.deepEqual(
      pendingRound({ ...pending, subject, references: [logo, photo] }, [], undefined).references,
      ['one.png', 't\\u{202e}wo.png'],
    );
    // Of a further round they are in the version already.
    assert.deepEqual(pendingRound({ ...pending, subject }, [], undefined).references, []);
  });

  it('is the version that it starts from', () => {
    const versions = newVersions([logo, photo], round('a'));
    const start = { version: versions[1]!, picture: photo };
    assert.equal(pendingRound({ ...pending, start }, versions, undefined).startedFrom, 1);
  });
});
