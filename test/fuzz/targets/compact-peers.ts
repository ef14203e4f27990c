import { isIP } from "node:net";

import {
  decodeCompact4,
  decodeCompact6,
  encodeCompact4,
  encodeCompact6,
} from "@troupe/protocol/tracker";

import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const mapped = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);

/** Lists of peers in 6 or 18 bytes each. The first byte says which. */
export const compactPeers: FuzzTarget = {
  name: "compact-peers",
  oracle:
    "refused with a code, or every address is one that the system knows, and written again it is the input",
  sources: ["protocol/src/tracker/bep-23", "protocol/src/address/ip-address"],
  seeds: () => [
    Uint8Array.of(0, 127, 0, 0, 1, 0x1a, 0xe1, 8, 8, 8, 8, 0, 80),
    joined([1], [0x20, 1, 0xd, 0xb8], new Uint8Array(11), [1, 0x1a, 0xe1]),
    joined([1], mapped, [1, 2, 3, 4, 5, 6]),
  ],
  mutate: bytesMutator([mapped, new Uint8Array(8), Uint8Array.of(0xfe, 0x80)]),
  maxBytes: 1_024,
  run(input) {
    const isLong = ((input[0] ?? 0) & 1) === 1;
    const list = input.subarray(1);
    const peers = acceptedBy(() => (isLong ? decodeCompact6(list) : decodeCompact4(list)));
    hold(
      (peers !== undefined) === (list.length % (isLong ? 18 : 6) === 0),
      "refused without a reason",
    );
    if (peers === undefined) return;
    for (const { host, port } of peers) {
      hold(isIP(host) !== 0, () => `no address: ${host}`);
      hold(port >= 0 && port <= 65_535, "a port out of range");
      if (isIP(host) === 6)
        hold(new URL(`http://[${host}]`).hostname === `[${host}]`, () => `not RFC 5952: ${host}`);
    }
    if (!isLong) return hold(sameBytes(encodeCompact4(peers), list), "written otherwise");
    // Mapped addresses come out as IPv4.
    const written = [encodeCompact6(peers).length / 18, encodeCompact4(peers).length / 6];
    hold(
      (written[0] ?? 0) + (written[1] ?? 0) === peers.length,
      "an address that cannot be written",
    );
    if (written[1] === 0) hold(sameBytes(encodeCompact6(peers), list), "written otherwise");
  },
};
