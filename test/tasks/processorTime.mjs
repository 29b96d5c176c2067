// Takes processes that were started for a step; gives the processor time of each step, with all that they started in turn.
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between two looks: what a process uses after the last look at it is not seen. */
const interval = 250;

/** Ticks of the kernel's clock in a second, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Sums user and system time of processes and of all that they start, orphans included. On Linux alone: elsewhere nothing is
 * known. It is a little less than was used: what a process uses after the last look at it is missing.
 */
export class ProcessorTime {
  /** By process id and start: the step, and the ticks that were seen last. A process that has ended stays. */
  #seen = new Map();
  /** By process id, of those that were started for a step. */
  #steps = new Map();
  #timer = setInterval(() => this.#look(), interval).unref();
  #others;

  /** @param others ids of processes that belong to nothing that is counted, though this process has started them */
  constructor(others = []) {
    this.#others = new Set(others);
  }

  /** From now on a process, and all that it starts, belongs to a step. */
  add(pid, step) {
    this.#steps.set(pid, step);
    this.#look();
  }

  /** Seconds of a step so far, or of all of them and of this process; undefined where they cannot be known. */
  seconds(step) {
    if (!this.isKnown) return undefined;
    this.#look();
    let ticks = 0;
    for (const entry of this.#seen.values())
      if (step === undefined || entry.step === step) ticks += entry.ticks;
    const own = step === undefined ? process.cpuUsage() : { user: 0, system: 0 };
    return ticks / ticksPerSecond + (own.user + own.system) / 1e6;
  }

  get isKnown() {
    return process.platform === 'linux';
  }

  stop() {
    clearInterval(this.#timer);
  }

  #look() {
    if (!this.isKnown) return;
    const processes = new Map();
    for (const name of readdirSync('/proc')) {
      const found = /^\d+$/.test(name) && readProcess(name);
      if (found) processes.set(Number(name), found);
    }
    const stepOf = (pid) => {
      const found = processes.get(pid);
      if (!found || this.#others.has(pid)) return undefined;
      const known = this.#seen.get(`${pid} ${found.start}`);
      if (known) return known.step;
      if (pid === process.pid) return 'none of the steps';
      return this.#steps.get(pid) ?? (pid > 1 ? stepOf(found.parent) : undefined);
    };
    for (const [pid, { start, ticks }] of processes) {
      const step = pid === process.pid ? undefined : stepOf(pid);
      if (step !== undefined) this.#seen.set(`${pid} ${start}`, { step, ticks });
    }
    // A process id is given anew: the one that has ended must not lend its step to another.
    for (const pid of this.#steps.keys()) if (!processes.has(pid)) this.#steps.delete(pid);
  }
}

/** Seconds of this process's children that have ended, of theirs, and so on; 0 where that is not known. */
export function endedSeconds() {
  return (readProcess('self')?.ended ?? 0) / ticksPerSecond;
}

/** Undefined where it has ended meanwhile. */
function readProcess(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in brackets that may itself hold spaces and brackets.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return {
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
      ended: Number(fields[13]) + Number(fields[14]),
      start: fields[19],
    };
  } catch {
    return undefined;
  }
}
