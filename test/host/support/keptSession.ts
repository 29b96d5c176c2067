// Takes nothing; gives a finished edit of a small folder as a gateway would have brought it, and what the journal says of it.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Uri, commands, workspace } from 'vscode';
import type { ComparePanel } from '../../../src/compare/comparePanel';
import type { Edit, Session } from '../../../src/edit/edit';
import { journalFolder } from '../../../src/edit/journalFolder';
import { keepEdit, openJournal } from '../../../src/edit/keepEdit';
import { panelOf } from '../../../src/edit/openPanels';
import { openPanel } from '../../../src/edit/panelOfEdit';
import type { Services } from '../../../src/edit/services';
import { readSettings } from '../../../src/edit/settings';
import { readReceived } from '../../../src/edit/readReceived';
import { newVersions } from '../../../src/edit/versions';
import type { KeptJob } from '../../../src/journal/jobFiles';
import type { Journal } from '../../../src/journal/journal';
import { identifyPicture } from '../../../src/picture/identify';
import { until } from '../../support/until';
import { root } from '../../vscode/install';
import { endAll } from './endAll';
import { temporaryServices } from './temporaryServices';

/** Of a gateway that nobody asks. */
export const connection = {
  baseUrl: 'https://gateway.example/v1',
  apiKey: 'sk-host',
  timeout: 1000,
};

export function readSample(name: string): Promise<Buffer> {
  return readFile(join(root, 'test', 'samples', 'workspace', name));
}

/** One test's: what it has on the disk goes with `end`. */
export class KeptSession {
  private constructor(
    readonly services: Services,
    /** Where the original is, alone. */
    readonly folder: string,
    /** Of the original, ready to be sent. */
    readonly edit: Edit,
  ) {}

  /** @param at where the original lies already; else it gets a folder of its own */
  static async start(at?: Uri): Promise<KeptSession> {
    // What came is compared byte by byte with what was saved.
    await matchOriginal(false);
    const services = temporaryServices();
    const folder = await mkdtemp(join(tmpdir(), 'retouch-kept-'));
    const uri = at ?? Uri.file(join(folder, 'logo.png'));
    const bytes = await readSample('logo.png');
    if (!at) await writeFile(uri.fsPath, bytes);
    const info = identifyPicture(bytes)!;
    return new KeptSession(services, folder, {
      services,
      subject: { uri },
      fileName: 'logo.png',
      original: { bytes, info },
      references: [],
      uploads: [{ bytes, mime: info.mime, extension: info.extension }],
      display: { bytes, mime: info.mime },
      asked: {
        instruction: 'make it black and white',
        model: { id: 'openai/gpt-image-2', route: 'images/edits' },
      },
      settings: readSettings(uri),
    });
  }

  async end(): Promise<void> {
    const { keys, log, context } = this.services;
    await endAll([
      () => commands.executeCommand('workbench.action.closeAllEditors'),
      () => commands.executeCommand('notifications.clearAll'),
      () => matchOriginal(undefined),
      () => keys.dispose(),
      () => log.dispose(),
      ...context.subscriptions.map((one) => () => one.dispose() as unknown),
      () => rm(this.folder, { recursive: true }),
      () => rm(context.globalStorageUri.fsPath, { recursive: true, force: true, maxRetries: 5 }),
    ]);
  }

  get root(): string {
    return journalFolder(this.services.context.globalStorageUri);
  }

  get journal(): Journal {
    return openJournal(this.services)!;
  }

  async jobs(): Promise<readonly KeptJob[]> {
    return (await this.journal.list()).jobs;
  }

  /** @param names of samples that came as the edited pictures */
  async begin(names: readonly string[] = ['screenshot.png', 'portrait.jpg']): Promise<Session> {
    const { edit, services } = this;
    const [first, ...others] = await Promise.all(names.map(readSample));
    const kept = await keepEdit(edit, connection);
    const panel = openPanel(edit, { phase: 'editing', startedAt: Date.now(), rounds: [] });
    const { pictures: edited } = await readReceived(services, { pictures: [first!, ...others] });
    kept.receive();
    const cost = Promise.resolve(undefined);
    const { asked } = edit;
    const round = { asked, references: [], startedAt: 0, elapsed: 0, usage: {}, cost, kept };
    const versions = newVersions(edited, round);
    return { ...edit, id: kept.id, region: undefined, panel, versions };
  }

  /** The newest, once it is as expected: what is written there is not waited for by the flow. */
  async untilJob(expected: (job: KeptJob) => boolean): Promise<KeptJob> {
    let jobs: readonly KeptJob[] = [];
    const look = async () => {
      jobs = await this.jobs();
      return jobs[0] && expected(jobs[0]) && jobs[0];
    };
    return until('job as expected', look, () => jobs);
  }

  /** Gives the log once it says of a save that it was undone. */
  async untilUndone(): Promise<string> {
    let log = '';
    const look = async () => {
      log = await this.readLog();
      return /"saved":\{.*"undone":\{.*"state":"received"/s.test(log) && log;
    };
    return until('save that was undone', look, () => log);
  }

  async untilOpen({ files }: KeptJob): Promise<ComparePanel> {
    // Once it shows the pictures: before, it takes no decision.
    return until('panel', () => {
      const panel = panelOf(files.id);
      return panel?.isOpen && panel;
    });
  }

  private async readLog(): Promise<string> {
    const [job = ''] = await readdir(this.root);
    return readFile(join(this.root, job, 'log.jsonl'), 'utf8');
  }
}

/** Once the panel shows this version, from 0. */
export async function untilShown({ panel }: Session, version: number): Promise<void> {
  await until(
    `version ${version}`,
    () => panel?.shown === version,
    () => panel?.shown,
  );
}

async function matchOriginal(value: boolean | undefined): Promise<void> {
  await workspace.getConfiguration('retouch').update('matchOriginal', value, true);
}
