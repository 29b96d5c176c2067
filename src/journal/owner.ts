// The window that a job belongs to: its own name comes out, and of another's name whether that window still lives.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

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
   * @param beatAt last sign of life that the file system knows, in milliseconds since the epoch
   */
  isGone(name: string, beatAt: number): boolean {
    if (this.isMine(name)) return false;
    const [, machine = '', boot = '', pid = '', startedAt = '', claimedAt = ''] =
      ownerName.exec(name) ?? [];
    const here = this.identity;
    if (machine === here.machine) {
      // The machine was started anew since.
      if (boot !== here.boot) return true;
      const started = processStart(Number(pid));
      if (started === undefined) return true;
      // Another process has got its number; where systems do not tell, silence does.
      if (started !== '0') return started !== startedAt;
    }
    return Date.now() - Math.max(beatAt, Number(claimedAt)) > silenceLimit;
  }
}

export function isOwnerName(name: string): boolean {
  return ownerName.test(name);
}

/** What no two processes have in common. */
export interface ProcessIdentity {
  /** Eight hexadecimal digits, for the machine and what separates processes on it, as containers do. */
  readonly machine: string;
  /** Eight hexadecimal digits for the time since the machine was started, zeros where the system does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** In the system's own units, `0` where it does not tell. */
  readonly startedAt: string;
}

export function identifyProcess(pid = process.pid): ProcessIdentity {
  const processes = quietly(() => readlinkSync('/proc/self/ns/pid')) ?? '';
  const boot = quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  return {
    machine: digest(`${hostname()} ${processes}`),
    boot: boot === undefined ? '00000000' : digest(boot),
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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function quietly<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
