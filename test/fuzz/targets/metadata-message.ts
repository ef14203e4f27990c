import {
  decodeMetadataMessage,
  encodeMetadataReject,
  encodeMetadataRequest,
  metadataBlockBytes,
} from "@troupe/protocol/peer";

import { bencoded } from "../engine/bencode-tree.ts";
import { bytesMutator, bytesOf, joined } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Messages of `ut_metadata` (BEP 9). */
export const metadataMessage: FuzzTarget = {
  name: "metadata-message",
  oracle:
    "refused with a code, ignored, or a block of the metadata in range whose bytes have the length of its place",
  sources: ["protocol/src/peer/bep-09", "protocol/src/bencode"],
  seeds: () => [
    bencoded({ msg_type: 0, piece: 3 }),
    bencoded({ msg_type: 2, piece: 1_023 }),
    joined(bencoded({ msg_type: 1, piece: 1, total_size: 16_390 }), new Uint8Array(6)),
    joined(bencoded({ msg_type: 1, piece: 0 }), new Uint8Array(16_384)),
  ],
  mutate: bytesMutator(
    ["i0e", "i1e", "i2e", "i-1e", "i1024e", "8:msg_type", "5:piece", "10:total_size", "e", "d"].map(
      bytesOf,
    ),
  ),
  run(input) {
    const message = acceptedBy(() => decodeMetadataMessage(input));
    if (message === undefined) return;
    const { block } = message;
    hold(Number.isInteger(block) && block >= 0 && block < 1_024, "a block out of range");
    if (message.type === "data") {
      const { bytes, totalBytes } = message;
      hold(bytes.length > 0 && bytes.length <= 16_384, "a length out of range");
      hold(
        totalBytes === undefined || bytes.length === metadataBlockBytes(totalBytes, block),
        "another length than its place has",
      );
      hold(bytes.byteOffset + bytes.length === input.byteOffset + input.length, "other bytes");
      return;
    }
    const written =
      message.type === "request" ? encodeMetadataRequest(1, block) : encodeMetadataReject(1, block);
    const again = decodeMetadataMessage(written.subarray(6));
    hold(again?.type === message.type && again.block === block, "read otherwise");
  },
};
