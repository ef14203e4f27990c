// The words of a message, as SHA-1 and SHA-256 take them (FIPS 180-4).

/** Bytes of a block. */
export const shaBlockBytes = 64;

/** The message, a bit, zeros, and its length in bits: whole blocks. */
export function paddedMessage(bytes: Uint8Array): ArrayBuffer {
  const lengthBytes = Math.ceil((bytes.length + 9) / shaBlockBytes) * shaBlockBytes;
  const padded = new Uint8Array(lengthBytes);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(lengthBytes - 8, 8n * BigInt(bytes.length));
  return padded.buffer;
}

/** @returns A word. @param index Place of a word that exists. */
export function at(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}
