// Ours as a user has it: with the journal, before whose writes have ended nothing is sent and nothing read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compete } from './measure';
import { contestantOf } from './serviceLayer';

const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-journal-'));
process.once('exit', () => rmSync(folder, { recursive: true }));

void compete(contestantOf(folder));
