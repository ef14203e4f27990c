import { writeUint32 } from "../../src/bytes/index.ts";
import { join } from "./bytes.ts";

/** The message that `write` writes. @throws if it writes another number of bytes. */
export function writtenMessage(
  sizeBytes: number,
  write: (buffer: Uint8Array) => number,
): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  const end = write(bytes);
  if (end !== sizeBytes) throw new Error(`wrote ${end} of ${sizeBytes} bytes`);
  return bytes;
}

/** A message by its id and payload. */
export function rawMessage(id: number, payload: Uint8Array): Uint8Array {
  const head = new Uint8Array(5);
  writeUint32(head, 0, 1 + payload.length);
  head[4] = id;
  return join(head, payload);
}
