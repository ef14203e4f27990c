// https://www.bittorrent.org/beps/bep_0021.html: a peer that downloads nothing more says so by `upload_only` in the
// extension handshake. Peers that offer an extension of this name also read a one-byte message. libtorrent clears the
// state by this message only.

import { MessageId } from "./bep-03-peer-messages.ts";

/** Its key in `m` (BEP 10). */
export const uploadOnlyName = "upload_only";

/** @param id The receiver's id of the extension. @returns The whole message. */
export function encodeUploadOnly(id: number, isUploadOnly: boolean): Uint8Array {
  return Uint8Array.of(0, 0, 0, 3, MessageId.extended, id, isUploadOnly ? 1 : 0);
}

/** @param payload After the ids: a byte. @returns False for any other length. */
export function decodeUploadOnly(payload: Uint8Array): boolean {
  return payload.length === 1 && payload[0] !== 0;
}
