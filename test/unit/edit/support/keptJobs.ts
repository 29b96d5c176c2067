// A journal in a folder of this machine that is gone after each test, jobs as they are asked, and windows that have gone.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInModels } from '../../../../src/gateway/models';
import { nodeDisk, type Disk } from '../../../../src/journal/disk';
import { Journal, type NewJob } from '../../../../src/journal/journal';
import { identifyProcess, Owner } from '../../../../src/journal/owner';

export const apiKey = 'sk-test-of-edits';

export const original = readFileSync('test/samples/workspace/logo.png');

export const newJob: NewJob = {
  original: { uri: 'file:///work/logo.png', fileName: 'logo.png', mime: 'image/png' },
  references: [],
  instruction: 'make it black and white',
  model: builtInModels[0]!,
  options: {},
  baseUrl: 'https://gateway.example/v1',
};

/** To be called in a `describe`: each of its tests gets a new folder. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => (folder.path = mkdtempSync(join(tmpdir(), 'retouch-edit-'))));
  afterEach(() => rmSync(folder.path, { recursive: true }));
  return folder;
}

/** The journal as a window has it that was there before this machine was started anew. */
export function journalOfGoneWindow(root: string): Journal {
  return new Journal(root, nodeDisk, new Owner({ ...identifyProcess(), boot: '0badb007' }));
}

/** The journal as a window has it that lives: this process. */
export function journalOfNewWindow(root: string, disk: Disk = nodeDisk): Journal {
  return new Journal(root, disk, new Owner());
}
