// Machines that use one storage, one after the other or at once: which of them are the same.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyMachine, type Trait } from '../../../src/journal/machine';
import { identifyProcess, Owner, thisWindow } from '../../../src/journal/owner';

describe('the id of a machine', () => {
  let storage: string;
  beforeEach(async () => {
    storage = await mkdtemp(join(tmpdir(), 'retouch-machine-'));
  });
  afterEach(() => rm(storage, { recursive: true }));

  const rows: [string, boolean, Trait[][]][] = [
    [
      'stays when its name changes',
      true,
      [
        ['boot:1', 'name:a'],
        ['boot:1', 'name:b'],
      ],
    ],
    [
      'stays when its name changes and it is started anew',
      true,
      [
        ['boot:1', 'card:x', 'name:a'],
        ['boot:2', 'card:x', 'name:b'],
      ],
    ],
    [
      'stays when one thing after the other changes',
      true,
      [
        ['card:x', 'name:a'],
        ['card:x', 'card:y', 'name:b'],
        ['card:y', 'name:c'],
      ],
    ],
    [
      'stays when a container is started anew',
      true,
      [
        ['boot:1', 'name:a'],
        ['boot:2', 'name:a'],
      ],
    ],
    ['stays where only its name is known', true, [['name:a'], ['name:a']]],
    [
      'is another one for a machine that shares the storage',
      false,
      [
        ['boot:1', 'card:x', 'name:a'],
        ['boot:2', 'card:y', 'name:b'],
      ],
    ],
    [
      'is another one for a machine that has got the name of the first',
      false,
      [
        ['boot:1', 'card:x', 'name:a'],
        ['boot:2', 'card:y', 'name:a'],
      ],
    ],
    [
      'is another one for another container',
      false,
      [
        ['boot:1', 'name:a'],
        ['boot:2', 'name:b'],
      ],
    ],
  ];
  for (const [title, isSame, machines] of rows) {
    it(title, () => {
      const ids = machines.map((traits) => identifyMachine(storage, traits));
      for (const id of ids) assert.match(id, /^[0-9a-f]{8}$/);
      assert.equal(new Set(ids).size, isSame ? 1 : machines.length, ids.join());
      // And when they come back.
      assert.deepEqual(
        machines.map((traits) => identifyMachine(storage, traits)),
        ids,
      );
    });
  }

  it('is kept for this machine, for nobody else to read', async () => {
    const id = identifyMachine(storage);
    assert.equal(identifyMachine(storage), id);
    assert.deepEqual(await readdir(join(storage, 'machines')), [id]);
    assert.equal((await stat(join(storage, 'machines', id))).mode & 0o077, 0);
  });

  it('is that of its name where nothing can be kept', async () => {
    const file = join(storage, 'file');
    await writeFile(file, '');
    assert.equal(identifyMachine(file), identifyProcess().machine);
  });

  it('tells a window after the machine has got another name that one of before has gone', () => {
    const before = identifyMachine(storage, ['boot:1', 'name:a']);
    const after = identifyMachine(storage, ['boot:1', 'name:b']);
    const ended = new Owner({ ...identifyProcess(), machine: before, pid: 2 ** 30 });
    const here = new Owner({ ...identifyProcess(), machine: after });
    assert.equal(here.whereIs(ended.nameNow(), Date.now()), 'gone');
  });

  it('makes one window of a process for each storage', () => {
    assert.equal(thisWindow(storage), thisWindow(storage));
    assert.notEqual(thisWindow(storage), thisWindow());
    assert.match(thisWindow(storage).nameNow(), new RegExp(`^owner-${identifyMachine(storage)}-`));
  });
});
