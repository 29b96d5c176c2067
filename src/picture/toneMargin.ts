// A picture over its original goes in, with what the edited one does not reach; that margin gets the edited one's colours.
import { crop, type Window } from './crop';
import type { Pixels } from './pixels';
import { makeToning, type Tone } from './tone';

/**
 * Where an edited picture does not reach, the original is seen: a rim in the old colours around a picture in new ones.
 * @param laid its margin is changed in place
 * @param reached what the edited picture covers, in pixels
 */
export function toneMargin(laid: Pixels, reached: Window, tone: Tone): void {
  const { width, height } = laid;
  const { left, top, right, bottom } = reached;
  const margins: Window[] = [
    { left: 0, top: 0, right: width, bottom: top },
    { left: 0, top: bottom, right: width, bottom: height },
    { left: 0, top, right: left, bottom },
    { left: right, top, right: width, bottom },
  ];
  const toning = makeToning(tone, laid);
  for (const margin of margins) {
    const across = margin.right - margin.left;
    if (across <= 0 || margin.bottom <= margin.top) continue;
    const bare = crop(laid, margin).pixels;
    const toned = new Uint8Array(bare.length);
    toning(bare, toned, margin);
    for (let y = margin.top, from = 0; y < margin.bottom; y++, from += 4 * across) {
      laid.pixels.set(toned.subarray(from, from + 4 * across), 4 * (y * width + margin.left));
    }
  }
}
