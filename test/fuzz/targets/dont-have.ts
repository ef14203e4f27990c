import {
  decodeDontHave,
  decodeUploadOnly,
  encodeDontHave,
  encodeUploadOnly,
} from "@troupe/protocol/peer";

import { bytesMutator } from "../engine/mutate-bytes.ts";
import { words } from "../engine/mutate-frames.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const pieceCount = 300;

/** Messages of `lt_donthave` (BEP 54) and of `upload_only` (BEP 21). */
export const dontHave: FuzzTarget = {
  name: "dont-have",
  oracle: "refused with a code, or a piece of the torrent, which is written again as it was read",
  sources: ["protocol/src/peer/bep-54", "protocol/src/peer/bep-21"],
  seeds: () => [words(0), words(299), words(300), words(0xffffffff), Uint8Array.of(1), words(1, 2)],
  mutate: bytesMutator([words(299), words(300), Uint8Array.of(0)]),
  maxBytes: 64,
  run(input) {
    const isUploadOnly = decodeUploadOnly(input);
    const again = decodeUploadOnly(encodeUploadOnly(1, isUploadOnly).subarray(6));
    hold(again === isUploadOnly, "read otherwise");
    const piece = acceptedBy(() => decodeDontHave(input, pieceCount));
    if (piece === undefined) return;
    hold(piece >= 0 && piece < pieceCount, "a piece that is none");
    hold(sameBytes(encodeDontHave(1, piece).subarray(6), input), "written otherwise");
  },
};
