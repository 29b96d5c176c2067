// What is known of how a picture was made goes in, and the XMP it had; XMP that says so comes out.
import { editXmp, namespaces, type PropertyName } from './xmp';

export interface Provenance {
  /** The model's id. */
  readonly model: string;
  /** When the picture was made. */
  readonly time: Date;
  /** What wrote the file, such as `Retouch 1.0.0`. */
  readonly program: string;
  /** What the user asked for; only where it may be told. */
  readonly instruction?: string | undefined;
}

/**
 * IPTC's word for a picture of which parts come from a model.
 * @see https://cv.iptc.org/newscodes/digitalsourcetype/
 */
const digitalSourceType =
  'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia';

/** Characters: with it the packet still fits into a JPEG. */
const instructionLimit = 10_000;

/** The properties for models are those of the IPTC Photo Metadata Standard 2025.1. */
function propertiesOf({ model, time, program, instruction }: Provenance) {
  // Without fractions, which not every program reads.
  const date = time.toISOString().replace(/\.\d+Z$/, 'Z');
  const properties = new Map<PropertyName, string>([
    ['Iptc4xmpExt:DigitalSourceType', digitalSourceType],
    ['Iptc4xmpExt:AISystemUsed', model],
    ['xmp:CreatorTool', program],
    ['xmp:ModifyDate', date],
    ['xmp:MetadataDate', date],
  ]);
  if (instruction !== undefined) {
    properties.set('Iptc4xmpExt:AIPromptInformation', instruction.slice(0, instructionLimit));
  }
  return properties;
}

/** Everything else that the packet says stays. @param room bytes that it may have */
export function addToXmp(
  packet: string | undefined,
  provenance: Provenance,
  room?: number,
): string {
  return editXmp(packet, propertiesOf(provenance), isOfEarlierModel, room);
}

/** What the original's packet says is taken over where it is true of the edited picture as well. */
export function moveXmp(
  packet: string | undefined,
  provenance: Provenance | undefined,
  room?: number,
): string | undefined {
  if (packet === undefined && !provenance) return undefined;
  const properties = provenance ? propertiesOf(provenance) : new Map<PropertyName, string>();
  return editXmp(
    packet,
    properties,
    (namespace, name) =>
      isStale(namespace, name) || (provenance !== undefined && isOfEarlierModel(namespace, name)),
    room,
  );
}

const ofModels = ['AISystemVersionUsed', 'AIPromptInformation', 'AIPromptWriterName'];

/** What another model was asked, or another program tells of the user's instruction without being asked to. */
function isOfEarlierModel(namespace: string, name: string): boolean {
  return namespace === namespaces.Iptc4xmpExt && ofModels.includes(name);
}

const staleNames: Readonly<Partial<Record<keyof typeof namespaces, readonly string[] | 'all'>>> = {
  exif: ['PixelXDimension', 'PixelYDimension'],
  tiff: ['ImageWidth', 'ImageLength', 'Orientation'],
  xmp: ['Thumbnails'],
  // The rest of a packet that is too long for a JPEG; it is not taken over.
  xmpNote: ['HasExtendedXMP'],
  // Second pictures and films behind the first, which are gone.
  hdrgm: 'all',
  Container: 'all',
  GCamera: 'all',
};

/** Sizes, place, thumbnails, and what describes pictures that are not there any more. */
function isStale(namespace: string, name: string): boolean {
  if (namespace === namespaces.exif && name.startsWith('GPS')) return true;
  return Object.entries(staleNames).some(
    ([prefix, names]) =>
      namespaces[prefix as keyof typeof namespaces] === namespace &&
      (names === 'all' || names.includes(name)),
  );
}
