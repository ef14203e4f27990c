// https://www.bittorrent.org/beps/bep_0020.html

import { latin1Bytes } from "../bytes/latin1-bytes.ts";
import { azureusClients } from "./client-names.ts";
import { ownIdentity } from "../client-identity.ts";
import { cleanText } from "../text/clean-text.ts";
import { ProtocolError, type ProtocolErrorDetails } from "../errors.ts";

/** Bytes of a peer id. */
export const peerIdBytes = 20;

const prefixForm = /^[\x21-\x7e]{8}$/;
/** Need no escape in a URL. */
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.";

/** Text of a character a byte, for comparisons and keys. */
export function peerIdText(peerId: Uint8Array): string {
  return String.fromCharCode(...peerId);
}

/** The bytes of {@link peerIdText}. */
export function peerIdFromText(text: string): Uint8Array {
  return latin1Bytes(text);
}

/** 8 printable ASCII characters, as `-TP0100-`. */
export function isPeerIdPrefix(text: string): boolean {
  return prefixForm.test(text);
}

/**
 * @param random Cryptographically random bytes, as many as a peer id has behind the prefix: 12, or 20 without one.
 * @param prefix Passes {@link isPeerIdPrefix}, or is empty.
 * @returns 20 bytes: the prefix, and printable characters with 6 bits of each random byte.
 * @throws {ProtocolError} `peer-id-malformed` for another number of bytes, or another prefix.
 */
export function makePeerId(
  random: Uint8Array,
  prefix: string = ownIdentity.peerIdPrefix,
): Uint8Array {
  const randomBytes = peerIdBytes - prefix.length;
  if (prefix !== "" && !isPeerIdPrefix(prefix)) {
    const rule = `a prefix of ${prefix.length} characters: it takes 8 of printable ASCII`;
    throw malformed(rule, { lengthBytes: prefix.length });
  }
  if (random.length !== randomBytes) {
    throw malformed(`${random.length} random bytes: it takes ${randomBytes}`, {
      lengthBytes: random.length,
    });
  }
  const peerId = new Uint8Array(peerIdBytes);
  for (let i = 0; i < prefix.length; i++) peerId[i] = prefix.charCodeAt(i);
  for (const [i, byte] of random.entries()) {
    peerId[prefix.length + i] = alphabet.charCodeAt(byte & 63);
  }
  return peerId;
}

function malformed(source: string, details: ProtocolErrorDetails): ProtocolError {
  return new ProtocolError("peer-id-malformed", {
    operation: "make-peer-id",
    message: `cannot make a peer id from ${source}`,
    details,
  });
}

/**
 * A guess: peers may send any id.
 *
 * @param peerId 20 bytes.
 * @returns "libtorrent 2.0.8", "Transmission 3.00", "aria2 1.36.0"; for others the id's readable start; "unknown"
 *   without any. At most 40 characters, no control characters.
 */
export function clientName(peerId: Uint8Array): string {
  const id = asciiOf(peerId);
  return azureusName(id) ?? dashedName(id) ?? readableStart(id);
}

/** `-XXvvvv-`: two letters, four characters of version. */
function azureusName(id: string): string | undefined {
  if (id[0] !== "-" || id[7] !== "-") return undefined;
  const client = azureusClients.get(id.slice(1, 3));
  if (client === undefined) return undefined;
  const [name, spellVersion] = client;
  return `${name} ${spellVersion(id.slice(3, 7))}`.trimEnd();
}

/** `A2-1-36-0-…` of aria2 and `M7-9-2--…` of the first BitTorrent client. */
function dashedName(id: string): string | undefined {
  if (id.startsWith("A2-")) return `aria2 ${dashedVersion(id.slice(3))}`.trimEnd();
  return /^M\d-/.test(id) ? `BitTorrent ${dashedVersion(id.slice(1))}` : undefined;
}

function dashedVersion(text: string): string {
  const numbers: string[] = [];
  for (const part of text.split("-", 3)) {
    if (!/^\d{1,3}$/.test(part)) break;
    numbers.push(part);
  }
  return numbers.join(".");
}

function readableStart(id: string): string {
  const start = id.slice(0, 8);
  return cleanText(start, 8) === "" || start.startsWith("?") ? "unknown" : cleanText(start, 8);
}

/** @returns A character a byte, up to the first that is not printable ASCII. */
function asciiOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte < 0x20 || byte > 0x7e) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
