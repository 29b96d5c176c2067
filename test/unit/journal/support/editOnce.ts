// The journal's place and what a server does go in; an edit runs as in the extension, but without VS Code; what it came to
// comes out.
import { recordEdit, refuseUnkept, settleJob } from '../../../../src/edit/recordEdit';
import { EditError } from '../../../../src/gateway/errors';
import type { EditOptions } from '../../../../src/gateway/capabilities';
import { builtInModels, type Model } from '../../../../src/gateway/models';
import type { Recorder } from '../../../../src/gateway/recorder';
import { recoverEdit } from '../../../../src/gateway/recoverEdit';
import { requestEdit, type EditResult } from '../../../../src/gateway/requestEdit';
import { nodeDisk, type Disk } from '../../../../src/journal/disk';
import type { KeptJob } from '../../../../src/journal/jobFiles';
import { Journal } from '../../../../src/journal/journal';
import { startFaultServer, type Fault, type FaultServer } from '../../../support/faultServer';
import { apiKey, newJob, original } from './sampleJob';

export interface Edit {
  readonly root: string;
  readonly fault: Fault;
  readonly disk?: Disk;
  readonly model?: Model;
  readonly options?: EditOptions;
  readonly signal?: AbortSignal;
  readonly onPartial?: () => void;
  /** Puts another recorder in the place of the journal's. */
  readonly wrap?: (recorder: Recorder) => Recorder;
}

export interface Ended {
  readonly result?: EditResult;
  readonly error?: unknown;
  /** What could not be kept. */
  readonly lost: readonly unknown[];
  readonly requests: number;
}

/** The server has gone when it ends. */
export async function editOnce(edit: Edit): Promise<Ended> {
  const { root, disk = nodeDisk, model = builtInModels[0]!, options = {}, wrap } = edit;
  const { signal = new AbortController().signal, onPartial } = edit;
  const server = await startFaultServer(edit.fault);
  const lost: unknown[] = [];
  try {
    const ended = await send();
    return { ...ended, lost, requests: countPosts(server) };
  } finally {
    await server.close();
  }

  async function send(): Promise<Pick<Ended, 'result' | 'error'>> {
    const { baseUrl } = server;
    const job = await new Journal(root, disk)
      .prepare({ ...newJob, model, options, baseUrl }, original, apiKey)
      .catch((error: unknown) => refuseUnkept(error));
    if (job instanceof EditError) return { error: job };
    const recorder = recordEdit(job, (error) => void lost.push(error));
    try {
      const result = await requestEdit(
        {
          model,
          instruction: newJob.instruction,
          pictures: [{ bytes: original, mime: 'image/png', extension: 'png' }],
          options,
        },
        { baseUrl, apiKey, timeout: 20_000 },
        {
          upload: { setting: 'auto', remembered: undefined, remember: () => undefined },
          signal,
          recorder: wrap ? wrap(recorder) : recorder,
          onPartial,
        },
      );
      await settleJob(job).catch(() => undefined);
      return { result };
    } catch (error) {
      if (error instanceof EditError) await settleJob(job, error).catch(() => undefined);
      return { error };
    }
  }
}

function countPosts({ exchanges }: FaultServer): number {
  return exchanges.filter(({ method }) => method === 'POST').length;
}

/** The only job there is. */
export async function readJob(root: string): Promise<KeptJob> {
  const { jobs, unreadable } = await new Journal(root).list();
  if (jobs.length !== 1 || unreadable.length > 0)
    throw new Error(`${jobs.length} jobs, ${unreadable.length} unreadable`);
  return jobs[0]!;
}

/** From the disk alone. */
export async function recover(root: string): Promise<EditResult> {
  const { record, answers } = await readJob(root);
  return recoverEdit(record, answers, {
    connection: { baseUrl: record.baseUrl, apiKey: '', timeout: 1000 },
    signal: new AbortController().signal,
    openLinks: false,
  });
}
