import type { ZlibOptions } from "node:zlib";

import { codeOf } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";

/** Room for most bodies. */
const firstBytes = 16_384;

/** The body exceeds the limit, as sent or inflated. */
export class BodyTooLarge extends Error {}

/**
 * Reads to the end.
 * @returns The bytes in their own memory.
 * @throws {BodyTooLarge} at the first byte beyond `maxBytes`; the stream is then destroyed.
 */
export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  // A server may send chunks of one byte: none of them is kept.
  let body = new Uint8Array(Math.min(firstBytes, maxBytes));
  let lengthBytes = 0;
  for await (const chunk of stream) {
    const endBytes = lengthBytes + chunk.byteLength;
    if (endBytes > maxBytes) throw new BodyTooLarge();
    if (endBytes > body.byteLength) body = grown(body, Math.min(2 * endBytes, maxBytes));
    body.set(chunk, lengthBytes);
    lengthBytes = endBytes;
  }
  return body.slice(0, lengthBytes);
}

function grown(bytes: Uint8Array, lengthBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(lengthBytes);
  larger.set(bytes);
  return larger;
}

/**
 * Undoes one `Content-Encoding`: gzip or deflate (with or without zlib's frame). A body that is plain, whatever its server
 * claims, is taken as it is. Synchronous, because asynchronous calls share a thread pool with file calls.
 * @throws {BodyTooLarge} beyond `maxBytes`. Node's `Z_*` errors for broken gzip.
 */
export function inflateBody(
  body: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
): Uint8Array {
  const coding = codingOf(encoding, body);
  if (coding === undefined || body.byteLength === 0) return body;
  try {
    // Node's result may share its memory.
    return new Uint8Array(coding.inflate(body, { maxOutputLength: Math.max(maxBytes, 1) }));
  } catch (error) {
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") throw new BodyTooLarge();
    if (coding.isGuess) return body;
    throw error;
  }
}

interface Coding {
  readonly inflate: (body: Uint8Array, options: ZlibOptions) => Uint8Array;
  /** The body may be plain: it has no frame. */
  readonly isGuess?: true;
}

function codingOf(encoding = "", body: Uint8Array): Coding | undefined {
  const { gunzipSync, inflateRawSync, inflateSync } = systemModule("node:zlib");
  switch (encoding.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return body[0] === 0x1f && body[1] === 0x8b ? { inflate: gunzipSync } : undefined;
    case "deflate":
      // Half of the world's servers omit the frame, whose first byte names method 8.
      return ((body[0] ?? 0) & 0x0f) === 8
        ? { inflate: inflateSync }
        : { inflate: inflateRawSync, isGuess: true };
    default:
      return undefined;
  }
}
