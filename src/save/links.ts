// A path goes in; where something that is written there ends up comes out, through symbolic links.
import { readlink, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { hasCode } from '../disk/patience';

/**
 * Also where nothing is there, or a link leads to nothing.
 * @throws the file system's own error, where links lead in a circle
 */
export async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
  // Of what is no link, EINVAL.
  const next = await readlink(path).catch(() => undefined);
  return next === undefined ? path : followLinks(resolve(dirname(path), next));
}
