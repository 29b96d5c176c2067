// Where the journal lies, which activation and all that reads it must agree on from one version of Retouch to the next.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Uri } from 'vscode';
import { journalFolder } from '../../../src/edit/journalFolder';

it('the journal lies in the folder `journal` of the extension’s own', () => {
  const globalStorage = { fsPath: join('/data', 'retouch') } as unknown as Uri;
  assert.equal(journalFolder(globalStorage), join('/data', 'retouch', 'journal'));
});
