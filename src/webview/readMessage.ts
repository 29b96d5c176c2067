// Takes whatever the window was sent; gives a message of the protocol, or undefined where it is none.
import type { PanelState, PictureFacts, ToWebview } from '../compare/protocol';

export function readMessage(data: unknown): ToWebview | undefined {
  if (!isRecord(data)) return undefined;
  if (data['type'] === 'state') {
    return isState(data['state']) ? { type: 'state', state: data['state'] } : undefined;
  }
  if (data['type'] === 'picture') {
    const { side, mime, bytes } = data;
    if (side !== 'original' && side !== 'edited') return undefined;
    if (typeof mime !== 'string' || !/^image\/[\w.+-]+$/.test(mime)) return undefined;
    return bytes instanceof ArrayBuffer ? { type: 'picture', side, mime, bytes } : undefined;
  }
  return undefined;
}

function isState(value: unknown): value is PanelState {
  return (
    isRecord(value) &&
    typeof value['fileName'] === 'string' &&
    typeof value['instruction'] === 'string' &&
    typeof value['model'] === 'string' &&
    ['editing', 'review', 'saving'].includes(String(value['phase'])) &&
    isAmount(value['startedAt']) &&
    isAmount(value['now']) &&
    (value['elapsed'] === undefined || isAmount(value['elapsed'])) &&
    isFacts(value['original']) &&
    (value['edited'] === undefined || isFacts(value['edited'])) &&
    (value['usage'] === undefined || typeof value['usage'] === 'string')
  );
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

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
