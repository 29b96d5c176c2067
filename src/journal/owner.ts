// The window that a job belongs to: its own name comes out, and of another's name whether that window still lives.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { digest, identifyMachine, quietly, readBoot } from './machine';

/** What a window is called in the journal: a file of this name in a job's folder says that the job is its own. */
const ownerName =
  /^owner-([0-9a-f]{8})-([0-9a-f]{8})-(\d{1,10})-(\d{1,20})-[0-9a-f]{8}-(\d{1,15})$/;

/**
 * Milliseconds after its last sign of life that a window counts as gone where nothing else tells: on another machine
 * that shares the folder and may only be asleep, or where another process may have got its number.
 */
const silenceLimit = 24 * 60 * 60 * 1000;

/** One window: the process of its extensions. */
export class Owner {
  private readonly who: string;
  /** Ids of jobs that it has got and could not read yet. */
  readonly unread = new Set<string>();

  /** @param process other than this one's only in tests */
  constructor(private readonly identity: ProcessIdentity = identifyProcess()) {
    const { machine, boot, pid, startedAt } = identity;
    this.who = `owner-${machine}-${boot}-${pid}-${startedAt}-${randomUUID().slice(0, 8)}`;
  }

  /** A new name each time, since the time is in it. */
  nameNow(): string {
    return `${this.who}-${Date.now()}`;
  }

  isMine(name: string): boolean {
    return name.startsWith(`${this.who}-`);
  }

  /**
   * Whether its window lives on this machine, has gone, or may live on another machine, which nobody can ask.
   * @param beatAt last sign of life that the file system knows, in milliseconds since the epoch
   */
  whereIs(name: string, beatAt: number): 'here' | 'elsewhere' | 'gone' {
    if (this.isMine(name)) return 'here';
    const [, machine = '', boot = '', pid = '', startedAt = '', claimedAt = ''] =
      ownerName.exec(name) ?? [];
    const here = this.identity;
    const isHere = machine === here.machine;
    if (isHere) {
      // The machine was started anew since.
      if (boot !== here.boot) return 'gone';
      const started = processStart(Number(pid));
      if (started === undefined) return 'gone';
      // Another process has got its number; where systems do not tell, silence does.
      if (started !== '0') return started === startedAt ? 'here' : 'gone';
    }
    if (Date.now() - Math.max(beatAt, Number(claimedAt)) > silenceLimit) return 'gone';
    return isHere ? 'here' : 'elsewhere';
  }
}

const windows = new Map<string, Owner>();

/**
 * This window, which is one for all journals with the same storage, since a process is what lives and dies.
 * @param storage path of the extension's own storage; without it the machine's name says which machine this is
 */
export function thisWindow(storage = ''): Owner {
  const known = windows.get(storage);
  if (known) return known;
  const machine = storage === '' ? {} : { machine: identifyMachine(storage) };
  const made = new Owner({ ...identifyProcess(), ...machine });
  windows.set(storage, made);
  return made;
}

/** Whether two names of windows, which have the time in them, are of the same one. */
export function isSameWindow(one: string, other: string): boolean {
  const withoutTime = (name: string) => name.replace(/-\d+$/, '');
  return withoutTime(one) === withoutTime(other);
}

export function isOwnerName(name: string): boolean {
  return ownerName.test(name);
}

/** What no two processes have in common. */
export interface ProcessIdentity {
  /** Eight hexadecimal digits. */
  readonly machine: string;
  /** Eight hexadecimal digits for the time since the machine or its container was started, zeros where nothing tells. */
  readonly boot: string;
  readonly pid: number;
  /** In the system's own units, `0` where it does not tell. */
  readonly startedAt: string;
}

export function identifyProcess(pid = process.pid): ProcessIdentity {
  return {
    machine: digest(hostname()),
    boot: readBoot() ?? '00000000',
    pid,
    startedAt: processStart(pid) ?? '0',
  };
}

/** When a process started, `0` where the system does not tell, undefined where there is none of that number. */
function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's is there all the same.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined;
  }
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === undefined) return '0';
  // The name before may hold anything, brackets and blanks too. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // One that has ended and that nobody has asked about yet.
  return fields[0] === 'Z' ? undefined : fields[19];
}
