// Branded numbers and names: a branded value has passed a gate and is not checked again.

import { ProtocolError } from "./errors.ts";

/** 0 to pieceCount − 1. */
export type PieceIndex = number & { readonly __brand: "PieceIndex" };
/** The SHA-1 of a torrent's `info` dictionary (BEP 3): 40 lower-case hexadecimal digits. */
export type InfoHash = string & { readonly __brand: "InfoHash" };

/** Payload bytes of a request: the size that every client in use requests and accepts. */
export const blockLengthBytes = 16_384;
/** Bytes of an info-hash, of a piece's hash and of a peer id. */
export const infoHashBytes = 20;

const hexDigits = "0123456789abcdef";
const base32Digits = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * @param bytes Exactly 20 bytes; read during the call only.
 * @throws {ProtocolError} `info-hash-malformed` for any other length.
 */
export function infoHashFromBytes(bytes: Uint8Array): InfoHash {
  if (bytes.length !== infoHashBytes) throw malformed(`${bytes.length} bytes`);
  let text = "";
  for (const byte of bytes) text += hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15);
  return text as InfoHash;
}

/** @returns The 20 bytes of `infoHash`, in memory of their own. */
export function infoHashToBytes(infoHash: InfoHash): Uint8Array {
  const bytes = new Uint8Array(infoHashBytes);
  for (let i = 0; i < infoHashBytes; i++) {
    bytes[i] = Number.parseInt(infoHash.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

/**
 * Reads an info-hash as people and magnet links write it (BEP 9).
 *
 * @param text 40 hexadecimal or 32 base32 digits, either case.
 * @throws {ProtocolError} `info-hash-malformed` for anything else.
 */
export function parseInfoHash(text: string): InfoHash {
  const lower = text.length <= 2 * infoHashBytes ? text.toLowerCase() : text;
  if (lower.length === 40 && consistsOf(lower, hexDigits)) return lower as InfoHash;
  if (lower.length === 32 && consistsOf(lower, base32Digits)) return fromBase32(lower);
  throw malformed(`${text.length} characters`);
}

function consistsOf(text: string, digits: string): boolean {
  for (const character of text) {
    if (!digits.includes(character)) return false;
  }
  return true;
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
