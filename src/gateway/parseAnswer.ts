// Bytes of an answer go in, JSON comes out, or undefined where it is none.
import { assembleEvents } from './eventStream';

/**
 * JSON, or server-sent events added up to the JSON that they stand for: some gateways stream unasked.
 * Undefined rather than an error: what an answer that is neither means depends on who reads it.
 */
export function parseAnswer(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return assembleEvents(text);
  }
}
