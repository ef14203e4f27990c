import { decodeHandshake, encodeHandshake, looksLikeHandshake } from "@troupe/protocol/peer";

import { bytesMutator, bytesOf } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const prefix = bytesOf("\u0013BitTorrent protocol");

/** The first bytes of a connection. */
export const handshake: FuzzTarget = {
  name: "handshake",
  oracle:
    "refused with a code, or written again it is the input; no cut of it is told otherwise than the whole",
  sources: ["protocol/src/peer/bep-03-handshake"],
  seeds: () => [
    Buffer.concat([prefix, new Uint8Array(48).fill(1)]),
    Buffer.concat([prefix, new Uint8Array(60)]),
    bytesOf("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3),
  ],
  mutate: bytesMutator([prefix, bytesOf("BitTorrent"), Uint8Array.of(19)]),
  maxBytes: 256,
  run(input) {
    const whole = looksLikeHandshake(input);
    for (let end = 0; end <= input.length && end <= 24; end++) {
      const cut = looksLikeHandshake(input.subarray(0, end));
      hold(
        cut === whole || cut === "more" || (whole === "no" && cut === "no"),
        "a cut says otherwise",
      );
      if (cut === "no") hold(whole === "no", "no turned into yes");
    }
    const decoded = acceptedBy(() => decodeHandshake(input));
    hold((decoded !== undefined) === (whole === "yes" && input.length >= 68), "the two differ");
    if (decoded === undefined) return;
    hold(sameBytes(encodeHandshake(decoded), input.subarray(0, 68)), "written otherwise");
  },
};
