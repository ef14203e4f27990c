import { isDeepStrictEqual } from "node:util";

import { classifyAddress } from "@troupe/protocol/address";
import {
  decodeExtendedHandshake,
  decodeOtherFields,
  encodeExtendedHandshake,
  knownHandshakeKeys,
} from "@troupe/protocol/peer";

import { bencoded } from "../engine/bencode-tree.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { acceptedBy, hold, isClean } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** The extended handshake of a peer (BEP 10). */
export const extendedHandshake: FuzzTarget = {
  name: "extended-handshake",
  oracle:
    "refused with a code, or every number is in range, every text clean, and our own form of it is read the same",
  sources: ["protocol/src/peer/bep-10", "protocol/src/bencode", "protocol/src/text/clean-text"],
  seeds: () => [
    bencoded({
      m: { ut_metadata: 2, ut_pex: 1 },
      metadata_size: 31_235,
      p: 6_881,
      reqq: 500,
      v: "x 1.0",
    }),
    bencoded({ m: {}, yourip: Uint8Array.of(127, 0, 0, 1), upload_only: 1 }),
    bencoded({ m: { x_chat: 9 }, x_name: "Ada", x_list: [1, { of: [] }], complete_ago: -1 }),
    bencoded({ m: { ut_metadata: 0 }, yourip: Uint8Array.of(0x2a, 0x10, ...Array<number>(14)) }),
  ],
  mutate: bencodeMutator({
    keys: [
      "m",
      "v",
      "p",
      "reqq",
      "metadata_size",
      "yourip",
      "ut_metadata",
      "ut_pex",
      "upload_only",
      "e",
    ],
    strings: ["Troupe 1", "\u001b[2J", "\u202e", "x".repeat(100), Uint8Array.of(0xff, 0xc3)],
  }),
  run(input) {
    const said = acceptedBy(() => decodeExtendedHandshake(input));
    if (said === undefined) return;
    const { client = "x", requestQueue = 1, port, metadataSize, ownIp, extensions } = said;
    hold(client.length > 0 && client.length <= 64 && isClean(client), "an unclean client");
    hold(requestQueue >= 1 && requestQueue <= 2_000, "a queue out of range");
    hold(port === undefined || (port >= 1 && port <= 65_535), "a port out of range");
    hold(
      metadataSize === undefined || (metadataSize >= 1 && metadataSize <= 1 << 24),
      "a size out of range",
    );
    hold(ownIp === undefined || classifyAddress(ownIp) !== "refused", "an impossible address");
    hold(extensions.size <= 64, "too many extensions");
    for (const [name, id] of extensions) {
      hold(
        name.length <= 64 && isClean(name) && Number.isInteger(id) && id >= 0 && id <= 255,
        "an odd extension",
      );
    }
    const others = decodeOtherFields(input);
    hold(Object.keys(others).length <= 16, "too many other fields");
    for (const key of Object.keys(others))
      hold(/^[ -~]{0,64}$/.test(key) && !knownHandshakeKeys.has(key), "an odd field");
    const written = encodeExtendedHandshake({
      ...(said.uploadOnly !== undefined && { uploadOnly: said.uploadOnly }),
      client,
      requestQueue,
      ...(port !== undefined && { port }),
      ...(metadataSize !== undefined && { metadataSize }),
      ...(ownIp !== undefined && { yourIp: ownIp }),
      otherFields: others,
    });
    const again = decodeExtendedHandshake(written.subarray(6));
    hold(again.client === client && again.requestQueue === requestQueue, "read otherwise");
    hold(
      isDeepStrictEqual(decodeOtherFields(written.subarray(6)), others),
      "fields read otherwise",
    );
    hold(again.port === port && again.metadataSize === metadataSize, "read otherwise");
    hold(again.ownIp === ownIp && again.uploadOnly === said.uploadOnly, "read otherwise");
  },
};
