// Takes whatever the window was sent; gives a message of the protocol, or undefined where it is none.
import {
  isMarkedRegion,
  type ChangeFacts,
  type Comparison,
  type Matching,
  type ModelFacts,
  type OverallFacts,
  type PanelState,
  type PartialFacts,
  type PictureFacts,
  type PictureName,
  type RoundFacts,
  type ToWebview,
  type VersionFacts,
  type Wait,
} from '../compare/protocol';

export function readMessage(data: unknown): ToWebview | undefined {
  if (!isRecord(data)) return undefined;
  if (data['type'] === 'heard') return { type: 'heard' };
  if (data['type'] === 'state') {
    return isState(data['state']) ? { type: 'state', state: data['state'] } : undefined;
  }
  if (data['type'] === 'picture') {
    const { name, mime, bytes } = data;
    if (!isPictureName(name)) return undefined;
    if (typeof mime !== 'string' || !/^image\/[\w.+-]+$/.test(mime)) return undefined;
    return bytes instanceof ArrayBuffer ? { type: 'picture', name, mime, bytes } : undefined;
  }
  if (data['type'] === 'heat') {
    const { version, width, height, values, raw } = data;
    if (typeof raw !== 'boolean') return undefined;
    if (!isAmount(version) || !isAmount(width) || !isAmount(height)) return undefined;
    if (!(values instanceof ArrayBuffer) || values.byteLength !== width * height) return undefined;
    return width * height > 0 ? { type: 'heat', version, raw, width, height, values } : undefined;
  }
  if (data['type'] === 'copy') {
    const { picture, problem } = data;
    if (typeof problem === 'string') return { type: 'copy', problem };
    if (!isRecord(picture)) return undefined;
    const { mime, bytes } = picture;
    return typeof mime === 'string' && bytes instanceof ArrayBuffer
      ? { type: 'copy', picture: { mime, bytes } }
      : undefined;
  }
  if (data['type'] === 'region') {
    const { region } = data;
    if (region !== undefined && !isMarkedRegion(region)) return undefined;
    return { type: 'region', region };
  }
  return undefined;
}

function isState(value: unknown): value is PanelState {
  return (
    isRecord(value) &&
    typeof value['fileName'] === 'string' &&
    Array.isArray(value['rounds']) &&
    value['rounds'].every(isRound) &&
    ['marking', 'editing', 'review', 'saving'].includes(String(value['phase'])) &&
    isAmount(value['startedAt']) &&
    isAmount(value['now']) &&
    (value['wait'] === undefined || isWait(value['wait'])) &&
    (value['partial'] === undefined || isPartial(value['partial'])) &&
    isFacts(value['original']) &&
    Array.isArray(value['versions']) &&
    value['versions'].every(isVersion) &&
    isAmount(value['shown']) &&
    (value['comparison'] === undefined || isComparison(value['comparison'])) &&
    (value['matching'] === undefined || isMatching(value['matching'])) &&
    isTextOrNone(value['saves']) &&
    (value['losses'] === undefined ||
      (Array.isArray(value['losses']) &&
        value['losses'].every((loss) => typeof loss === 'string'))) &&
    isTrueFalseOrNone(value['offersPng']) &&
    (value['previewOf'] === undefined || isAmount(value['previewOf'])) &&
    (value['readOnly'] === undefined || isReadOnly(value['readOnly'])) &&
    isTrueFalseOrNone(value['replaceable']) &&
    isTextOrNone(value['restore']) &&
    (value['queue'] === undefined || isQueue(value['queue'])) &&
    (value['models'] === undefined ||
      (Array.isArray(value['models']) && value['models'].every(isModel)))
  );
}

function isComparison(value: unknown): value is Comparison {
  return (
    isRecord(value) &&
    isAmount(value['version']) &&
    typeof value['busy'] === 'boolean' &&
    isTextOrNone(value['problem']) &&
    isAmount(value['threshold']) &&
    (value['overall'] === undefined || isOverall(value['overall'])) &&
    isTrueFalseOrNone(value['redrawn']) &&
    Array.isArray(value['changes']) &&
    value['changes'].every(isChange) &&
    isAmount(value['changedShare']) &&
    (value['outsideShare'] === undefined || isAmount(value['outsideShare'])) &&
    isRecord(value['alignment']) &&
    typeof value['alignment']['on'] === 'boolean' &&
    isTextOrNone(value['alignment']['words'])
  );
}

function isChange(value: unknown): value is ChangeFacts {
  if (!isRecord(value) || !isRecord(value['box'])) return false;
  const { x, y, width, height } = value['box'];
  return (
    [x, y, width, height, value['share']].every(isAmount) &&
    typeof value['minor'] === 'boolean' &&
    typeof value['kept'] === 'boolean'
  );
}

function isOverall(value: unknown): value is OverallFacts {
  return (
    isRecord(value) &&
    typeof value['words'] === 'string' &&
    typeof value['kept'] === 'boolean' &&
    isTextOrNone(value['fixed'])
  );
}

function isMatching(value: unknown): value is Matching {
  return (
    isRecord(value) &&
    typeof value['on'] === 'boolean' &&
    [undefined, 'fit', 'crop', 'stretch'].some((fit) => fit === value['fit'])
  );
}

function isReadOnly(value: unknown): value is NonNullable<PanelState['readOnly']> {
  return (
    isRecord(value) && typeof value['original'] === 'string' && typeof value['edited'] === 'string'
  );
}

function isPictureName(value: unknown): value is PictureName {
  return ['original', 'partial', 'preview'].includes(String(value)) || isAmount(value);
}

function isWait(value: unknown): value is Wait {
  return isRecord(value) && typeof value['why'] === 'string' && isAmount(value['until']);
}

function isPartial(value: unknown): value is PartialFacts {
  return (
    isRecord(value) &&
    isFacts(value) &&
    isAmount(value['number']) &&
    (value['askedFor'] === undefined || isAmount(value['askedFor']))
  );
}

function isVersion(value: unknown): value is VersionFacts {
  return (
    isRecord(value) &&
    isFacts(value) &&
    typeof value['id'] === 'string' &&
    isAmount(value['round']) &&
    typeof value['saved'] === 'boolean' &&
    isTrueFalseOrNone(value['deleted'])
  );
}

function isRound(value: unknown): value is RoundFacts {
  return (
    isRecord(value) &&
    typeof value['instruction'] === 'string' &&
    typeof value['model'] === 'string' &&
    Array.isArray(value['references']) &&
    value['references'].every((name) => typeof name === 'string') &&
    isAmount(value['askedFor']) &&
    ([undefined, 'deleted'].includes(value['startedFrom'] as undefined) ||
      isAmount(value['startedFrom'])) &&
    (value['elapsed'] === undefined || isAmount(value['elapsed'])) &&
    isTextOrNone(value['why']) &&
    isTextOrNone(value['usage'])
  );
}

function isQueue(value: unknown): value is NonNullable<PanelState['queue']> {
  return isRecord(value) && isAmount(value['position']) && isAmount(value['count']);
}

function isModel(value: unknown): value is ModelFacts {
  return isRecord(value) && typeof value['id'] === 'string' && isTextOrNone(value['lastCost']);
}

function isFacts(value: unknown): value is PictureFacts {
  return (
    isRecord(value) &&
    typeof value['format'] === 'string' &&
    isAmount(value['width']) &&
    isAmount(value['height']) &&
    isAmount(value['byteLength'])
  );
}

function isTextOrNone(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isTrueFalseOrNone(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
