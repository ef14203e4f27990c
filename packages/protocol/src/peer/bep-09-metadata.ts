// https://www.bittorrent.org/beps/bep_0009.html: blocks of the `info` dictionary, as messages of the extension
// `ut_metadata` (BEP 10).
//
//   0   4   length of the rest, big-endian
//   4   1   20
//   5   1   the receiver's id of `ut_metadata`
//   6   …   bencoded dictionary: msg_type, piece, total_size
//       …   bytes of the block, in `data` alone

import { bencodeLimits, decodePrefix } from "../bencode/bencode-decode.ts";
import {
  integerOr,
  invalidField,
  requireDictionary,
  requireInteger,
} from "../bencode/bencode-fields.ts";
import { blockLengthBytes } from "../units.ts";
import { encodeExtendedMessage, maxMetadataBytes } from "./bep-10-extended.ts";

const messageTypes = { request: 0, data: 1, reject: 2 } as const;

/** A message of `ut_metadata`. `block` is 0 to 1,023. */
export type MetadataMessage =
  | { readonly type: "request" | "reject"; readonly block: number }
  | {
      readonly type: "data";
      readonly block: number;
      /** Bytes of the whole dictionary, 1 to 16 MiB. Some clients leave it out. */
      readonly totalBytes: number | undefined;
      /** 1 to 16,384 bytes, a view of the payload. All blocks but the last have 16,384. */
      readonly bytes: Uint8Array;
    };

/** Blocks of a dictionary of this many bytes. */
export function metadataBlocks(totalBytes: number): number {
  return Math.ceil(totalBytes / blockLengthBytes);
}

/** Bytes of one block of a dictionary; 0 for a block behind its end. */
export function metadataBlockBytes(totalBytes: number, block: number): number {
  return Math.max(0, Math.min(blockLengthBytes, totalBytes - block * blockLengthBytes));
}

/**
 * @param payload All after the extended id. Kept by the result, which views it.
 * @returns Undefined for a type of message that BEP 9 does not know.
 * @throws {ProtocolError} Any code of {@link decodePrefix}; `field-missing`, `field-wrong-type` or `field-invalid`;
 *   `field-invalid` for a block whose length does not fit its number and the total.
 */
export function decodeMetadataMessage(payload: Uint8Array): MetadataMessage | undefined {
  const { root, end } = decodePrefix(payload, bencodeLimits.wire);
  const fields = requireDictionary(root, "message");
  const type = requireInteger(fields.get("msg_type"), "msg_type", 0, 255);
  if (type > messageTypes.reject) return undefined;
  const block = requireInteger(
    fields.get("piece"),
    "piece",
    0,
    metadataBlocks(maxMetadataBytes) - 1,
  );
  if (type === messageTypes.request) return { type: "request", block };
  if (type === messageTypes.reject) return { type: "reject", block };
  const totalBytes = integerOr(fields.get("total_size"), 1, maxMetadataBytes, undefined);
  const bytes = payload.subarray(end);
  requireBlockLength(bytes.length, block, totalBytes);
  return { type: "data", block, totalBytes, bytes };
}

function requireBlockLength(length: number, block: number, totalBytes: number | undefined): void {
  const allowed = totalBytes === undefined ? undefined : metadataBlockBytes(totalBytes, block);
  const fits = allowed === undefined ? length <= blockLengthBytes : length === allowed;
  if (fits && length > 0) return;
  throw invalidField(
    "piece",
    `its block ${block} has ${length} bytes, allowed ${allowed === undefined ? "are 1 to 16384" : `of ${totalBytes} are ${allowed}`}`,
  );
}

/** @param id The receiver's id of `ut_metadata`, 1 to 255. @returns The whole message. */
export function encodeMetadataRequest(id: number, block: number): Uint8Array {
  return encodeExtendedMessage(id, { msg_type: messageTypes.request, piece: block });
}

/** @param id The receiver's id of `ut_metadata`, 1 to 255. @returns The whole message. */
export function encodeMetadataReject(id: number, block: number): Uint8Array {
  return encodeExtendedMessage(id, { msg_type: messageTypes.reject, piece: block });
}

/**
 * @param id The receiver's id of `ut_metadata`, 1 to 255.
 * @param totalBytes Length of the whole dictionary.
 * @returns The `data` message of a block, up to the bytes of the block.
 */
export function encodeMetadataHead(id: number, block: number, totalBytes: number): Uint8Array {
  return encodeExtendedMessage(
    id,
    { msg_type: messageTypes.data, piece: block, total_size: totalBytes },
    metadataBlockBytes(totalBytes, block),
  );
}

/** @param metadata The whole dictionary. @returns A view of a block. */
export function metadataBlock(metadata: Uint8Array, block: number): Uint8Array {
  const start = block * blockLengthBytes;
  return metadata.subarray(start, start + metadataBlockBytes(metadata.length, block));
}
