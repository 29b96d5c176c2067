// What the parts of the flow hand on to each other: one edit before it is sent, and its session once pictures are here.
import type { ComparePanel, PanelPicture } from '../compare/comparePanel';
import type { MarkedRegion } from '../compare/protocol';
import type { InputPicture, SentPicture } from '../gateway/body';
import type { Subject } from './chooseImage';
import type { Asked } from './ask';
import type { Beforehand } from './batchComparing';
import type { Comparing } from './comparing';
import type { Picture } from './readOriginal';
import type { Services } from './services';
import type { SaveSettings, Settings } from './settings';
import type { Version } from './versions';

/** One edit: what is asked of which picture. */
export interface Edit {
  readonly services: Services;
  readonly subject: Subject;
  /** The original's, as shown to people. */
  readonly fileName: string;
  readonly original: Picture;
  /** What it starts from instead of the original, as the user saw that. */
  readonly start?: { readonly version: Version; readonly picture: Picture } | undefined;
  /** Pictures that go along. */
  readonly references: readonly Picture[];
  /** What is sent: of the original, its link or `start`, then of the references. See `readyUploads`. */
  readonly uploads: readonly [SentPicture, ...SentPicture[]];
  /** Where the picture that is sent may change, as the route takes it. */
  readonly mask?: InputPicture | undefined;
  /** The original as the panel can show it. */
  readonly display: PanelPicture;
  readonly asked: Asked;
  readonly settings: Settings;
}

/** What the compare panel needs of an edit. */
export type Compared = Pick<Edit, 'services' | 'subject' | 'fileName' | 'original' | 'display'>;

/** A picture and all that was made of it: edited, and edited again. */
export interface Session extends Compared {
  /** Under which the journal has it: the id of its first job. Undefined where it is not kept. */
  readonly id: string | undefined;
  /** Outside of it nothing changes, whatever is asked. */
  readonly region: MarkedRegion | undefined;
  readonly settings: SaveSettings;
  /** In the order in which they came, at least one. Each keeps its place: the panel knows it by that. */
  readonly versions: Version[];
  /** A new one each time that it is brought back; undefined where it never was in one. */
  panel: ComparePanel | undefined;
  /** Another round is: until it ends, its panel is the one that it was asked in. */
  isUnderWay?: boolean;
  /** What was compared before it is shown. */
  beforehand?: Beforehand | undefined;
  /** What the user wants of its pictures, from the first look on. */
  comparing?: Comparing;
}
