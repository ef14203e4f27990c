// The steps of an MSE handshake, the same for both sides. A side takes bytes and tells steps. Its owner computes the secret,
// which takes time.

import { ProtocolError } from "../errors.ts";
import type { InfoHash } from "../units.ts";
import type { MseInput } from "./mse-input.ts";
import { msePadBytes, type MseMethodName } from "./mse.ts";
import type { Rc4 } from "./rc4.ts";

/** The end of a handshake. */
export interface MseResult {
  readonly infoHash: InfoHash;
  readonly method: MseMethodName;
  readonly sending: Rc4;
  readonly receiving: Rc4;
  /** Bytes of the received payload that are encrypted whatever the method is. */
  readonly firstBytes: number;
}

/** The state of a handshake after bytes of the other side. */
export type MseStep =
  | { readonly kind: "more" }
  /** The other side's public key, of 96 bytes: the secret is awaited. */
  | { readonly kind: "key"; readonly key: Uint8Array }
  /** `rest` are the first bytes of the payload, as they came. */
  | { readonly kind: "done"; readonly result: MseResult; readonly rest: Uint8Array };

/** A step of what came; undefined for `more`. */
export type Read = Exclude<MseStep, { readonly kind: "more" }> | undefined;

/**
 * Reads a chunk in pieces.
 * @param read Reads what it can.
 * @throws ProtocolError `encryption-malformed`
 */
export function readSteps(input: MseInput, chunk: Uint8Array, read: () => Read): MseStep {
  let at = input.push(chunk);
  for (;;) {
    const step = read();
    if (step?.kind === "done") return { ...step, rest: joined(input, chunk.subarray(at)) };
    const takenBytes = input.push(chunk.subarray(at));
    at += takenBytes;
    if (at < chunk.length && (takenBytes === 0 || step !== undefined))
      throw malformed("there are more bytes than a handshake has", { lengthBytes: chunk.length });
    if (step !== undefined) return step;
    if (takenBytes === 0) return { kind: "more" };
  }
}

function joined(input: MseInput, rest: Uint8Array): Uint8Array {
  const waiting = input.take(input.waitingBytes) ?? new Uint8Array();
  return new Uint8Array(Buffer.concat([waiting, rest]));
}

/** @throws ProtocolError `encryption-malformed` for more than 512. */
export function padLength(lengthBytes: number): number {
  if (lengthBytes <= msePadBytes) return lengthBytes;
  throw malformed(`a pad has ${lengthBytes} bytes; allowed are ${msePadBytes}`, { lengthBytes });
}

/** The error of bytes that are no handshake. */
export function malformed(seen: string, details: Readonly<Record<string, unknown>>): ProtocolError {
  return new ProtocolError("encryption-malformed", {
    operation: "read-encryption-handshake",
    message: `cannot read the handshake of an encrypted connection: ${seen}`,
    details,
  });
}

/** The error of methods that this side does not allow. */
export function refusedMethod(methods: number): ProtocolError {
  return new ProtocolError("encryption-refused", {
    operation: "read-encryption-handshake",
    message: `cannot agree on the encryption of a connection: the other side names the methods ${methods}, and none of them is allowed`,
    details: { methods },
  });
}

/** The error of a torrent that is not there. */
export function noTorrent(): ProtocolError {
  return new ProtocolError("encryption-no-torrent", {
    operation: "read-encryption-handshake",
    message: "cannot take an encrypted connection: it names no torrent of ours",
  });
}
