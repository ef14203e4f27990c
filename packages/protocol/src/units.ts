// Branded values have passed a gate.

import { ProtocolError } from "./errors.ts";

/** 0 to pieceCount − 1. */
export type PieceIndex = number & { readonly __brand: "PieceIndex" };
/** The SHA-1 of a torrent's `info` dictionary (BEP 3): 40 lower-case hexadecimal digits. */
export type InfoHash = string & { readonly __brand: "InfoHash" };

/** Requested and accepted by every client in use. */
export const blockLengthBytes = 16_384;
/** Also of a peer id. */
export const infoHashBytes = 20;

const hexadecimalHash = /^[0-9a-f]{40}$/i;
const base32Hash = /^[a-z2-7]{32}$/i;
const base32Digits = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * @param bytes Read during the call only.
 * @throws {ProtocolError} `info-hash-malformed` for any length but 20.
 */
export function infoHashFromBytes(bytes: Uint8Array): InfoHash {
  if (bytes.length !== infoHashBytes) throw malformed(`${bytes.length} bytes`);
  return Buffer.from(bytes).toString("hex") as InfoHash;
}

/** @returns 20 bytes in memory of their own. */
export function infoHashToBytes(infoHash: InfoHash): Uint8Array {
  return new Uint8Array(Buffer.from(infoHash, "hex"));
}

/** {@link parseInfoHash} reads `text`. */
export function isInfoHashText(text: string): boolean {
  return hexadecimalHash.test(text) || base32Hash.test(text);
}

/**
 * @param text 40 hexadecimal or 32 base32 digits, either case (BEP 9).
 * @throws {ProtocolError} `info-hash-malformed` for anything else.
 */
export function parseInfoHash(text: string): InfoHash {
  if (hexadecimalHash.test(text)) return text.toLowerCase() as InfoHash;
  if (base32Hash.test(text)) return fromBase32(text.toLowerCase());
  throw malformed(`${text.length} characters`);
}

function fromBase32(text: string): InfoHash {
  const bytes = new Uint8Array(infoHashBytes);
  let bits = 0;
  let bitCount = 0;
  let at = 0;
  for (const character of text) {
    bits = ((bits << 5) | base32Digits.indexOf(character)) & 0xfff;
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[at++] = bits >> bitCount;
    }
  }
  return infoHashFromBytes(bytes);
}

function malformed(seen: string): ProtocolError {
  return new ProtocolError("info-hash-malformed", {
    operation: "read-info-hash",
    message: `cannot read an info-hash from ${seen}: it is 20 bytes, 40 hexadecimal or 32 base32 digits`,
    details: { seen },
  });
}
