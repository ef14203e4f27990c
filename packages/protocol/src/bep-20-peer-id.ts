// https://www.bittorrent.org/beps/bep_0020.html: who we are, and who they say they are.

import { cleanText } from "./clean-text.ts";
import { ProtocolError } from "./errors.ts";

/** The start of our peer ids: Troupe 0.1.0.0. */
export const ownPeerIdPrefix = "-TP0100-";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.";

/**
 * @param random12 12 random bytes from a cryptographic source.
 * @returns 20 bytes: our prefix and 12 printable characters, 72 bits of the randomness.
 * @throws {ProtocolError} `peer-id-malformed` for another number of bytes.
 */
export function makePeerId(random12: Uint8Array): Uint8Array {
  if (random12.length !== 12) {
    throw new ProtocolError("peer-id-malformed", {
      operation: "make-peer-id",
      message: `cannot make a peer id from ${random12.length} random bytes: it takes 12`,
      details: { lengthBytes: random12.length },
    });
  }
  const peerId = new Uint8Array(20);
  for (let i = 0; i < ownPeerIdPrefix.length; i++) peerId[i] = ownPeerIdPrefix.charCodeAt(i);
  for (const [i, byte] of random12.entries()) peerId[8 + i] = alphabet.charCodeAt(byte & 63);
  return peerId;
}

export function clientName(peerId: Uint8Array): string {
  return cleanText(peerId.subarray(0, 8), 8);
}
