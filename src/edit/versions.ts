// The pictures of an answer go in, whatever they are; the versions that they make come out.
import type { Uri } from 'vscode';
import { EditError } from '../gateway/errors';
import type { EditResult } from '../gateway/requestEdit';
import { identifyPicture } from '../picture/identify';
import type { Picture } from './readOriginal';

/** One edited picture. */
export interface Version extends Picture {
  /** Where it is on disk: mostly nowhere or in one place. */
  savedAs: readonly Uri[];
}

/** At least one, in the order of the answer. */
export type Versions = readonly [Version, ...Version[]];

/** One that is no picture costs none of the others. @throws EditError (`badPicture`) where all are none */
export function readVersions({ pictures }: Pick<EditResult, 'pictures'>): Versions {
  const [first, ...others] = pictures.flatMap((bytes): Version[] => {
    const info = identifyPicture(bytes);
    return info ? [{ bytes, info, savedAs: [] }] : [];
  });
  if (first) return [first, ...others];
  throw new EditError(
    pictures.length === 1
      ? 'What the gateway sent as a picture is none.'
      : 'What the gateway sent as pictures are none.',
    { reason: 'badPicture', charge: 'charged' },
  );
}
