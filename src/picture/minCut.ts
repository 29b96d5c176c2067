// Pixels that may go to either of two pictures, and what it costs to part two neighbours, go in; which picture each
// pixel goes to, at the least cost in all, comes out.
import { checkWanted } from './wanted';

/** Neighbours in the order left, right, above, below: the opposite of a direction is the direction with its last bit turned. */
const directions = 4;

/** What a pixel hangs on in its tree, where that is no direction to a neighbour. */
const atTerminal = 4;
const orphan = 5;
const none = 6;

/** Nodes that are looked at between two questions whether somebody still waits. */
const checkedSteps = 4096;

export interface Grid {
  /** Four numbers a node: its neighbours to the left, to the right, above and below; -1 where there is none. */
  readonly neighbours: Int32Array;
  /** Four numbers a node, whole and not negative: what it costs to part it from that neighbour. Used up. */
  readonly capacities: Int32Array;
  /** What it costs to give a node to the sink, less what it costs to give it to the source. Used up. */
  readonly pull: Int32Array;
}

/**
 * The cheapest cut of a grid: the algorithm of Boykov and Kolmogorov, "An Experimental Comparison of Min-Cut/Max-Flow
 * Algorithms" (2004), which is the usual one for pictures.
 * @returns 1 for each node on the side of the source, 0 for the others
 */
export function cutGrid(grid: Grid): Uint8Array {
  return new Flow(grid).run();
}

class Flow {
  private readonly count: number;
  /** Where the way to the terminal goes on. */
  private readonly parents: Uint8Array;
  /** Whether a node hangs on the sink. */
  private readonly ofSink: Uint8Array;
  /** When the distance was last known to be right, and how far it is to the terminal. */
  private readonly stamps: Int32Array;
  private readonly distances: Int32Array;
  /** The node that is to be looked at after this one; -1 where it does not wait, itself where it is the last. */
  private readonly next: Int32Array;
  private first = -1;
  private last = -1;
  private readonly orphans: number[] = [];
  private time = 0;

  constructor(private readonly grid: Grid) {
    this.count = grid.pull.length;
    this.parents = new Uint8Array(this.count).fill(none);
    this.ofSink = new Uint8Array(this.count);
    this.stamps = new Int32Array(this.count);
    this.distances = new Int32Array(this.count);
    this.next = new Int32Array(this.count).fill(-1);
  }

  run(): Uint8Array {
    const { count, parents, ofSink } = this;
    const { pull } = this.grid;
    for (let node = 0; node < count; node++) {
      if (pull[node] === 0) continue;
      ofSink[node] = pull[node]! < 0 ? 1 : 0;
      parents[node] = atTerminal;
      this.distances[node] = 1;
      this.wake(node);
    }
    let passed = 0;
    for (let node = this.wakeful(-1); node >= 0; node = this.wakeful(node)) {
      if (++passed % checkedSteps === 0) checkWanted();
      const arc = this.grow(node);
      if (arc < 0) {
        this.rest(node);
        continue;
      }
      this.time++;
      this.augment(arc);
      while (this.orphans.length > 0) this.adopt(this.orphans.pop()!);
    }
    const sides = new Uint8Array(count);
    for (let node = 0; node < count; node++) {
      if (parents[node] !== none && ofSink[node] === 0) sides[node] = 1;
    }
    return sides;
  }

  private wake(node: number): void {
    if (this.next[node] !== -1) return;
    this.next[node] = node;
    if (this.last >= 0) this.next[this.last] = node;
    else this.first = node;
    this.last = node;
  }

  /** The node of before while it still hangs on a terminal, else the next one that waits. */
  private wakeful(before: number): number {
    if (before >= 0 && this.next[before] !== -1 && this.parents[before] !== none) return before;
    while (this.first >= 0) {
      if (this.parents[this.first] !== none) return this.first;
      this.rest(this.first);
    }
    return -1;
  }

  /** It is the first of those that wait. */
  private rest(node: number): void {
    const after = this.next[node]!;
    this.next[node] = -1;
    if (after === node) this.first = this.last = -1;
    else this.first = after;
  }

  /** Takes free neighbours into the tree. Gives the arc on which both trees meet, from the source's side; -1 for none. */
  private grow(node: number): number {
    const { parents, ofSink, stamps, distances } = this;
    const { neighbours, capacities } = this.grid;
    const isSink = ofSink[node]!;
    for (let direction = 0; direction < directions; direction++) {
      const near = neighbours[directions * node + direction]!;
      if (near < 0) continue;
      const back = directions * near + (direction ^ 1);
      const forward = directions * node + direction;
      if (capacities[isSink === 1 ? back : forward] === 0) continue;
      if (parents[near] === none) {
        ofSink[near] = isSink;
        parents[near] = direction ^ 1;
        stamps[near] = stamps[node]!;
        distances[near] = distances[node]! + 1;
        this.wake(near);
      } else if (ofSink[near] !== isSink) return isSink === 1 ? back : forward;
      else if (stamps[near]! <= stamps[node]! && distances[near]! > distances[node]!) {
        // A shorter way.
        parents[near] = direction ^ 1;
        stamps[near] = stamps[node]!;
        distances[near] = distances[node]! + 1;
      }
    }
    return -1;
  }

  /** Sends all that goes through from the source over the arc to the sink. */
  private augment(arc: number): void {
    const { parents } = this;
    const { neighbours, capacities, pull } = this.grid;
    const [from, to] = [arc >> 2, neighbours[arc]!];
    let most = capacities[arc]!;
    let node = from;
    for (; parents[node] !== atTerminal;) {
      const up = directions * node + parents[node]!;
      node = neighbours[up]!;
      most = Math.min(most, capacities[directions * node + (parents[up >> 2]! ^ 1)]!);
    }
    most = Math.min(most, pull[node]!);
    for (node = to; parents[node] !== atTerminal;) {
      const up = directions * node + parents[node]!;
      most = Math.min(most, capacities[up]!);
      node = neighbours[up]!;
    }
    most = Math.min(most, -pull[node]!);

    capacities[arc]! -= most;
    capacities[directions * to + ((arc & 3) ^ 1)]! += most;
    for (node = from; parents[node] !== atTerminal;) {
      const up = directions * node + parents[node]!;
      const parent = neighbours[up]!;
      const down = directions * parent + (parents[node]! ^ 1);
      capacities[up]! += most;
      if ((capacities[down]! -= most) === 0) this.leave(node);
      node = parent;
    }
    if ((pull[node]! -= most) === 0) this.leave(node);
    for (node = to; parents[node] !== atTerminal;) {
      const up = directions * node + parents[node]!;
      const parent = neighbours[up]!;
      capacities[directions * parent + (parents[node]! ^ 1)]! += most;
      if ((capacities[up]! -= most) === 0) this.leave(node);
      node = parent;
    }
    if ((pull[node]! += most) === 0) this.leave(node);
  }

  private leave(node: number): void {
    this.parents[node] = orphan;
    this.orphans.push(node);
  }

  /** Finds the nearest way to the same terminal for a node that has lost its own; without one it is free. */
  private adopt(node: number): void {
    const { parents, ofSink, stamps, distances } = this;
    const { neighbours, capacities } = this.grid;
    const isSink = ofSink[node]!;
    let best = none;
    let least = Infinity;
    for (let direction = 0; direction < directions; direction++) {
      const forward = directions * node + direction;
      const near = neighbours[forward]!;
      if (near < 0) continue;
      const back = directions * near + (direction ^ 1);
      if (capacities[isSink === 1 ? forward : back] === 0) continue;
      if (ofSink[near] !== isSink || parents[near] === none) continue;
      const distance = this.distanceOf(near);
      if (distance < least) {
        least = distance;
        best = direction;
      }
      if (distance < Infinity) this.stampWay(near, distance);
    }
    parents[node] = best;
    if (best !== none) {
      stamps[node] = this.time;
      distances[node] = least + 1;
      return;
    }
    for (let direction = 0; direction < directions; direction++) {
      const forward = directions * node + direction;
      const near = neighbours[forward]!;
      if (near < 0 || ofSink[near] !== isSink || parents[near] === none) continue;
      const back = directions * near + (direction ^ 1);
      if (capacities[isSink === 1 ? forward : back]! > 0) this.wake(near);
      if (parents[near]! < directions && neighbours[directions * near + parents[near]!] === node) {
        this.leave(near);
      }
    }
  }

  /** To the terminal; infinite where the way ends at an orphan. */
  private distanceOf(node: number): number {
    const { parents, stamps, distances } = this;
    const { neighbours } = this.grid;
    let steps = 0;
    for (let at = node; ;) {
      if (stamps[at] === this.time) return steps + distances[at]!;
      const parent = parents[at]!;
      steps++;
      if (parent === atTerminal) {
        stamps[at] = this.time;
        distances[at] = 1;
        return steps;
      }
      if (parent >= orphan) return Infinity;
      at = neighbours[directions * at + parent]!;
    }
  }

  private stampWay(node: number, distance: number): void {
    const { parents, stamps, distances } = this;
    const { neighbours } = this.grid;
    let left = distance;
    for (let at = node; stamps[at] !== this.time;) {
      stamps[at] = this.time;
      distances[at] = left--;
      at = neighbours[directions * at + parents[at]!]!;
    }
  }
}
