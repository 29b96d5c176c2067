// Takes nothing; prints where a value that only looks like an instance stands for one of a class, and ends with 1 where that is.
// oxlint's own type-aware half knows this rule of `strictTypeChecked`, oxlint 1.94 has no name for it yet: once it has, the
// rule moves to oxlint.config.mjs and this file goes.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { root } from './run.mjs';

const rule = 'no-unsafe-class-instance-assignment';

const files = ['src', 'test', 'bench'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((file) => join(root, folder, file))
    .filter((file) => file.endsWith('.ts') && !file.includes(join('src', 'picture', 'wasm') + sep)),
);
const linter = createRequire(import.meta.url).resolve('oxlint-tsgolint/bin/tsgolint.js');
const question = { version: 2, configs: [{ file_paths: files, rules: [{ name: rule }] }] };
const { status, stdout, stderr } = spawnSync(process.execPath, [linter, 'headless'], {
  cwd: root,
  input: JSON.stringify(question),
  maxBuffer: 64 * 1024 * 1024,
});
const messages = [...messagesIn(stdout)];
for (const { file_path: file, range, message, error } of messages) {
  const place = file ? `${relative(root, file)}:${lineAt(file, range?.pos ?? 0)}: ` : '';
  console.error(`${place}${message?.description ?? error} (${rule})`);
}
if (status !== 0) console.error(String(stderr));
process.exitCode = status === 0 && messages.length === 0 ? 0 : 1;

/** Each has its length before it, four bytes with the lowest first, and one byte that says what it is. */
function* messagesIn(bytes) {
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + bytes.readUInt32LE(at);
    yield JSON.parse(bytes.toString('utf8', at + 5, end));
    at = end;
  }
}

/** @param at in bytes */
function lineAt(file, at) {
  return readFileSync(file).subarray(0, at).toString('utf8').split('\n').length;
}
