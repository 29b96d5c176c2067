// Bytes of an answer go in, JSON comes out, or undefined where it is none.

/** Undefined rather than an error: what an answer that is no JSON means depends on who reads it. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
    );
  } catch {
    return undefined;
  }
}
