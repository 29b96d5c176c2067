// Takes a colour; gives a small picture, for tests that do not look at it: small ones are compared and saved quickly.
import sharp, { type Sharp } from 'sharp';

/** Of one colour, 96 × 64. */
export function smallPicture(colour = 'teal'): Sharp {
  return sharp({ create: { width: 96, height: 64, channels: 3, background: colour } });
}

export function smallPng(colour?: string): Promise<Buffer> {
  return smallPicture(colour).png().toBuffer();
}
