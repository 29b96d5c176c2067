// The extension's folder goes in; what a panel's page is made of comes out, to be carried by the page itself. What a webview
// loads goes through VS Code's service worker, and now and then past it, into the network: microsoft/vscode#326544. The
// page then stays empty.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageSources } from './pageHtml';

/**
 * @param folder of the extension
 * @param script its name in `dist`
 * @param styles their names in `media`, in order
 * @throws the file system's own error
 */
export function readPageFiles(
  folder: string,
  script: string,
  styles: readonly string[],
): Omit<PageSources, 'title'> {
  const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
  return {
    nonce: randomBytes(16).toString('base64'),
    script: read('dist', script),
    style: styles.map((name) => read('media', name)).join('\n'),
  };
}
