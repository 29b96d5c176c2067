// Takes a page of which a test has failed; leaves its picture and what it printed in a folder that outlives the test.
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsoleMessage, Page } from 'playwright-core';
import { cacheFolder } from './install';

/** Where the evidence lies of whatever failed. */
export const failuresFolder = join(cacheFolder, 'failures');

/** Milliseconds: a page that hangs must not take the next test's time. */
const longestPicture = 10_000;

/** A line of the page's console, as it is kept. */
export function lineOf(message: ConsoleMessage): string {
  return `[${message.type()}] ${message.text()}`;
}

/** The last of what the page complained of, cut to what can be read where there is nothing but the output. */
export function complaintsAmong(consoleLines: readonly string[]): string[] {
  return consoleLines
    .filter((line) => /^\[(error|warning)\]/.test(line))
    .slice(-10)
    .map((line) => line.slice(0, 300));
}

/**
 * Keeps `screen.png`, as far as there is still a page, and `console.log`, in place of what was kept under this name before.
 * @param name in words
 * @returns the folder, absolute
 */
export async function keepPage(
  name: string,
  page: Page,
  consoleLines: readonly string[],
): Promise<string> {
  const words = name.replaceAll(/[^A-Za-z0-9.]+/g, '-').slice(0, 110);
  const folder = join(failuresFolder, words);
  await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'console.log'), consoleLines.join('\n'));
  const path = join(folder, 'screen.png');
  // A page that is gone must not cost the rest.
  await page.screenshot({ path, timeout: longestPicture }).catch(() => undefined);
  return folder;
}
