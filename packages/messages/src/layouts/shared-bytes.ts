/** Bytes in memory of several threads. No thread writes to them. */
export interface SharedBytes {
  readonly memory: SharedArrayBuffer;
  /** Offset of the first byte. */
  readonly start: number;
  readonly length: number;
}

/** @returns Shared memory with a copy of the bytes. */
export function shareBytes(bytes: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
}

/** @returns The bytes where they are. */
export function viewShared({ memory, start, length }: SharedBytes): Uint8Array {
  return new Uint8Array(memory, start, length);
}

/** @returns A copy that is not shared: system calls, hashes and users take it as any bytes. */
export function copyShared(memory: SharedArrayBuffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory).slice();
}
