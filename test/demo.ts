// The main job without a screen: a real VS Code, the packaged extension, the local gateway; says each step and
// leaves the saved pictures and screenshots in `.cache/demo`. With `--readme` it renews the README's pictures.
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  answer,
  fingerprint,
  newFiles,
  rightClickEdit,
  startTrip,
  type Trip,
} from './e2e/support/trip';

const folder = join('.cache', 'demo');

const edits = [
  {
    file: 'photo.jpg',
    instruction: 'make it black and white',
    model: 'openai/gpt-image-2',
    route: 'images/edits',
    mode: 'Swipe',
  },
  {
    file: 'photo.jpg',
    instruction: 'add a small orange cat sitting on the table',
    model: 'google/gemini-3.1-flash-image-preview',
    route: 'chat/completions',
    mode: 'Side by Side',
  },
];

async function main(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  say('Starting the local gateway and a real VS Code with the packaged extension');
  const trip = await startTrip({
    viewport: { width: 1280, height: 760 },
    redraws: true,
    largeSamples: true,
  });
  try {
    const { workbench, workspace } = trip;
    for (const [index, { file, instruction, model, route, mode }] of edits.entries()) {
      const before = await fingerprint(workspace);
      say(`Right-click ${file}, Edit Image with AI…, “${instruction}”, ${model} (${route})`);
      await rightClickEdit(trip, file);
      await answer(trip, instruction, model);
      const panel = workbench.webview();
      await panel.getByRole('img', { name: 'Edited' }).waitFor();
      await panel.getByRole('radio', { name: mode }).check({ force: true });
      await panel.getByRole('status').filter({ hasNotText: 'comparing…' }).waitFor();
      const status = await panel.getByRole('status').innerText();
      const screenshot = join(folder, `panel-${index + 1}.png`);
      await workbench.runCommand('Notifications: Clear All Notifications');
      await workbench.screenshot(screenshot);
      say(`The compare panel says: ${status} (${screenshot})`);
      if (index === edits.length - 1) await editAgain(trip);
      await panel.getByRole('button', { name: 'Accept' }).click();
      await workbench.notification('Saved photo.edited').waitFor();
      const [saved = ''] = await newFiles(workspace, before);
      await cp(join(workspace, saved), join(folder, saved));
      say(`Accept: saved as ${join(folder, saved)}; the original is unchanged, byte for byte`);
      if (process.argv.includes('--readme') && index === edits.length - 1) {
        await renewReadme(screenshot, 'compare.png');
        await renewReadme(versions, 'versions.png');
      }
    }
  } finally {
    await trip.close();
  }
  say(`Done. Everything is in ${folder}`);
}

const versions = join(folder, 'versions.png');

/** Two more versions, of which the first one is shown in the end. */
async function editAgain({ workbench }: Trip): Promise<void> {
  const panel = workbench.webview();
  const strip = panel.getByRole('list', { name: 'Versions' });
  for (const [number, instruction, from] of [
    [2, 'make it black and white', 'From this version'],
    [3, 'make it brighter', 'From the original'],
  ] as const) {
    await panel.getByRole('textbox', { name: 'Instruction' }).fill(instruction);
    await panel.getByRole('combobox', { name: 'Start from' }).selectOption(from);
    await panel.getByRole('button', { name: 'Edit Again' }).click();
    await strip.getByRole('radio', { name: `Version ${number}` }).waitFor();
    say(`Edit Again, “${instruction}”, ${from.toLowerCase()}: version ${number}`);
  }
  await strip.getByRole('radio', { name: 'Version 2' }).check({ force: true });
  await panel
    .getByRole('status')
    .filter({ hasText: 'version 2', hasNotText: 'comparing…' })
    .waitFor();
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.screenshot(versions);
  await strip.getByRole('radio', { name: 'Version 1' }).check({ force: true });
  await panel
    .getByRole('status')
    .filter({ hasText: 'version 1', hasNotText: 'comparing…' })
    .waitFor();
}

/** Few colours and small: the picture ships in every VSIX. */
async function renewReadme(screenshot: string, name: string): Promise<void> {
  const path = join('media', name);
  await sharp(screenshot).png({ palette: true, quality: 90, effort: 10 }).toFile(path);
  say(`The README's picture is renewed: ${path}`);
}

function say(words: string): void {
  console.log(`• ${words}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
