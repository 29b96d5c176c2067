// What an answer holds goes in, whatever it is; its pictures come out, and the versions that they make.
import type { Uri } from 'vscode';
import { EditError } from '../gateway/errors';
import type { EditResult, Usage } from '../gateway/requestEdit';
import { identifyPicture } from '../picture/identify';
import type { Asked } from './ask';
import type { KeptEdit } from './keepEdit';
import type { Picture } from './readOriginal';

/** What was asked once, and what is known of its answer. */
export interface Round {
  readonly asked: Asked;
  /** Names of the pictures that went along. */
  readonly references: readonly string[];
  /** What it started from was deleted before the session was opened again. */
  readonly isParentGone?: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly elapsed: number;
  /** Without the cost, where that becomes known later. */
  readonly usage: Usage;
  /** Why pictures of it are missing; undefined where none is. */
  readonly why?: string | undefined;
  /** US dollars, known a moment after the picture; undefined where it is not sure. */
  readonly cost: Promise<number | undefined>;
  /** What came of `cost`, as soon as it has. */
  settled?: { readonly dollars: number | undefined };
  /** It in the journal. */
  readonly kept: KeptEdit;
}

/** One edited picture. */
export interface Version extends Picture {
  readonly round: Round;
  /** Of the round's pictures that are pictures, from 0: the journal's name for it. */
  readonly number: number;
  /** What it was made from; undefined where that is the original, or gone. */
  readonly parent: Version | undefined;
  /** Where it is on disk: mostly nowhere or in one place. */
  savedAs: readonly Uri[];
  isDeleted: boolean;
}

/** What of an answer is a picture: at least one. @throws EditError (`badPicture`) where nothing is */
export function readEdited({
  pictures,
}: Pick<EditResult, 'pictures'>): readonly [Picture, ...Picture[]] {
  // One that is no picture costs none of the others.
  const [first, ...others] = pictures.flatMap((bytes): Picture[] => {
    const info = identifyPicture(bytes);
    return info ? [{ bytes, info }] : [];
  });
  if (first) return [first, ...others];
  throw new EditError(
    pictures.length === 1
      ? 'What the gateway sent as a picture is none.'
      : 'What the gateway sent as pictures are none.',
    { reason: 'badPicture', charge: 'charged' },
  );
}

/** @param parent what they were made from, where that is not the original */
export function newVersions(edited: readonly Picture[], round: Round, parent?: Version): Version[] {
  return edited.map((picture, number) => ({
    ...picture,
    ...{ round, number, parent },
    savedAs: [],
    isDeleted: false,
  }));
}
