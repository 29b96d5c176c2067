// Offsets into bytes go in, the numbers and names that stand there come out. Offsets must be inside.

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Whether these characters, one byte each, stand at an offset. */
export function standsAt(bytes: Uint8Array, offset: number, characters: string): boolean {
  for (let index = 0; index < characters.length; index++) {
    if (bytes[offset + index] !== characters.charCodeAt(index)) return false;
  }
  return true;
}

/** Four characters, as chunks are named. */
export function nameAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

export function bytesOf(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

export function joinBytes(...pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
