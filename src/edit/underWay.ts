// The sessions of this window with a round under way: what that is, is not on the disk yet.

const underWay = new Set<string | undefined>();

/** @param id of the session; undefined where it is not kept */
export function beginRound(id: string | undefined): { dispose(): void } {
  underWay.add(id);
  return { dispose: () => underWay.delete(id) };
}

export function isUnderWay(id: string): boolean {
  return underWay.has(id);
}
