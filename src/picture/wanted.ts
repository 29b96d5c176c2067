// Whether somebody still waits for what this thread works on is known here: loops over pictures ask, and end where not.

let ask: () => void = () => undefined;

/**
 * Called by whatever takes more than a few milliseconds, between its steps, and no further apart.
 * @throws what `whileWanted` was told to, where nobody waits for the result any more
 */
export function checkWanted(): void {
  ask();
}

/**
 * Work on pixels runs to its end without a pause, so that a thread has one such work at a time: what stops it need not be
 * handed through all of it.
 * @param check called between steps of the work, often; ends the work by throwing
 */
export function whileWanted<Result>(check: () => void, work: () => Result): Result {
  const before = ask;
  ask = check;
  try {
    return work();
  } finally {
    ask = before;
  }
}
