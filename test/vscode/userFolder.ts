// Takes settings; writes them where a VS Code with this user folder reads them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes user settings, which VS Code reads when a window opens. */
export function writeSettings(userDataDir: string, settings: Record<string, unknown>): void {
  writeJson(join(userDataDir, 'User', 'settings.json'), settings);
}

/** Writes the settings of the server's machine, which go before the user's and are watched. */
export function writeMachineSettings(userDataDir: string, settings: Record<string, unknown>): void {
  writeJson(join(userDataDir, 'Machine', 'settings.json'), settings);
}

/** The user's own keys. */
export function writeKeybindings(
  userDataDir: string,
  keybindings: readonly { key: string; command: string }[],
): void {
  writeJson(join(userDataDir, 'User', 'keybindings.json'), keybindings);
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, undefined, 2));
}
