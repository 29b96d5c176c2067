// What an answer holds goes in, whatever it is; its pictures come out, and the versions that they make.
import type { Uri } from 'vscode';
import type { EditResult, Usage } from '../gateway/requestEdit';
import type { Lacking } from '../journal/records';
import { identifyPicture } from '../picture/identify';
import type { Asked } from './ask';
import { noneShown, unreadable, whyNotShown, type Damaged } from './damaged';
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
  why?: string | undefined;
  /** How many of its pictures cannot be shown, as far as is known now. */
  lacking?: Lacking | undefined;
  /** Those that are here all the same. */
  damaged?: readonly Damaged[] | undefined;
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

/** A picture of an answer. */
export interface EditedPicture extends Picture {
  /** See `Version`. */
  readonly number: number;
}

export interface Edited {
  readonly pictures: readonly [EditedPicture, ...EditedPicture[]];
  /** What came beside them, and cannot be shown. */
  readonly damaged: readonly Damaged[];
}

/** Whether all pixels of a picture can be read. */
export type IsReadable = (picture: Picture) => Promise<boolean>;

/**
 * What of an answer is a picture that can be shown: at least one.
 * @throws EditError (`badPicture`) where nothing is
 */
export async function readEdited(
  { pictures }: Pick<EditResult, 'pictures'>,
  isReadable: IsReadable,
): Promise<Edited> {
  const edited: EditedPicture[] = [];
  const damaged: Damaged[] = [];
  let number = 0;
  // One that is no picture costs none of the others.
  for (const bytes of pictures) {
    const info = identifyPicture(bytes);
    const why =
      whyNotShown(info, bytes.byteLength) ??
      (info && !(await isReadable({ bytes, info })) ? unreadable : undefined);
    if (info && why === undefined) edited.push({ bytes, info, number });
    else damaged.push({ bytes, why: why ?? unreadable });
    // What cannot be shown has its number all the same: the journal may know it from before.
    if (info) number++;
  }
  const [first, ...others] = edited;
  if (!first) throw noneShown(damaged);
  return { pictures: [first, ...others], damaged };
}

/**
 * @param edited without numbers they are all pictures of their round
 * @param parent what they were made from, where that is not the original
 */
export function newVersions(
  edited: readonly (Picture & { readonly number?: number })[],
  round: Round,
  parent?: Version,
): Version[] {
  return edited.map(({ bytes, info, number }, at) => ({
    ...{ bytes, info, round, parent },
    number: number ?? at,
    savedAs: [],
    isDeleted: false,
  }));
}
