// Takes dist as it was built; gives out/retouch.vsix, the file that users install, and says what is in it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError, root, run } from './run.mjs';

/** Where the packaged extension lies, absolute. */
export const vsixPath = join(root, 'out', 'retouch.vsix');

/** Packages what was built. */
export async function packageExtension() {
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const code = await run(
    process.execPath,
    [
      ...[vsce, 'package', '--no-dependencies', '--out', vsixPath],
      ...['--allow-missing-repository', '--no-rewrite-relative-links'],
    ],
    // vsce asks on a terminal and refuses without one: the same answer in both places.
    { env: { CI: 'true' } },
  );
  if (code !== 0 || !existsSync(vsixPath)) throw new ExpectedError('Packaging failed: see above.');
  return vsixPath;
}

/** The task: packages, then prints each file with its size, and the sum. */
export async function packageAndList() {
  await packageExtension();
  const bytes = readFileSync(vsixPath);
  const entries = listZip(bytes);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  console.log(`\n${'bytes'.padStart(10)}  ${'packed'.padStart(10)}  file`);
  for (const { name, size, packed } of entries) {
    console.log(`${String(size).padStart(10)}  ${String(packed).padStart(10)}  ${name}`);
  }
  console.log(
    `\nout/retouch.vsix: ${entries.length} files, ${total} bytes, ${bytes.length} bytes packed`,
  );
  return 0;
}

/** The files of a ZIP archive with their sizes in bytes, from its central directory. */
function listZip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('not a ZIP archive');
  const entries = [];
  let offset = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = bytes.readUInt16LE(offset + 28);
    entries.push({
      name: bytes.toString('utf8', offset + 46, offset + 46 + nameLength),
      size: bytes.readUInt32LE(offset + 24),
      packed: bytes.readUInt32LE(offset + 20),
    });
    offset += 46 + nameLength + bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32);
  }
  return entries;
}
