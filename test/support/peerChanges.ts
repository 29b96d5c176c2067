// Two pictures of one size and a peer's name go in; what that peer says has changed, in cells and grouped as ours is, comes
// out.
import blazediff from '@blazediff/core';
import pixelmatch from 'pixelmatch';
import { findChanges, type Changes } from '../../src/picture/changes';
import type { Pixels } from '../../src/picture/pixels';

/** The peers, each at its defaults. */
const peers = {
  pixelmatch: ({ pixels, width, height }: Pixels, edited: Pixels, mask: Uint8Array) =>
    pixelmatch(pixels, edited.pixels, mask, width, height, { diffMask: true }),
  '@blazediff/core': ({ pixels, width, height }: Pixels, edited: Pixels, mask: Uint8Array) =>
    blazediff(pixels, edited.pixels, mask, width, height, { diffMask: true }),
};

export type Peer = keyof typeof peers;

export const peerNames = Object.keys(peers) as Peer[];

const cellSize = 8;

/** Pixels of a cell: fewer are a speck in it. */
const leastPixels = 3;

export function changesByPeer(peer: Peer, original: Pixels, edited: Pixels): Changes {
  const { width, height, pixels } = original;
  const mask = new Uint8Array(pixels.length);
  peers[peer](original, edited, mask);
  const columns = Math.ceil(width / cellSize);
  const rows = Math.ceil(height / cellSize);
  const counts = new Uint8Array(columns * rows);
  for (let y = 0, at = 3; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (mask[at] !== 0) {
        counts[Math.floor(y / cellSize) * columns + Math.floor(x / cellSize)]!++;
      }
    }
  }
  const strengths = counts.map((count) => (count >= leastPixels ? 255 : 0));
  return findChanges({ width, height, distances: mask, cellSize, columns, rows, strengths });
}
