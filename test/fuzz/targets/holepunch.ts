import { parseIp } from "@troupe/protocol/address";
import { decodeHolepunch, encodeHolepunch } from "@troupe/protocol/peer";

import { bytesMutator, bytesOf, joined } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const address4 = Uint8Array.of(1, 2, 3, 4, 0x1a, 0xe1);
const address6 = joined([0x20, 1, 0xd, 0xb8], new Uint8Array(11), [1, 0x1a, 0xe1]);
const code = Uint8Array.of(0, 0, 0, 3);

/** Messages of `ut_holepunch` (BEP 55). */
export const holepunch: FuzzTarget = {
  name: "holepunch",
  oracle:
    "refused with a code, or no message, or a message with a numeric address, which is read again as it was written",
  sources: ["protocol/src/peer/bep-55"],
  seeds: () => [
    joined([0, 0], address4),
    joined([1, 0], address4, new Uint8Array(4)),
    joined([2, 0], address4, code),
    joined([0, 1], address6),
    joined([2, 1], address6, code),
  ],
  mutate: bytesMutator([address4, address6, code, bytesOf("\0\u0001")]),
  run(input) {
    const message = acceptedBy(() => decodeHolepunch(input));
    if (message === undefined) return;
    const { host, port } = message;
    hold(parseIp(host) !== undefined, () => `no numeric address: ${host}`);
    hold(port >= 0 && port <= 65_535, "a port out of range");
    const again = encodeHolepunch(1, message)?.subarray(6);
    hold(again?.length === 12 || again?.length === 24, "a message of another length");
    hold(
      again !== undefined && JSON.stringify(decodeHolepunch(again)) === JSON.stringify(message),
      "read otherwise",
    );
  },
};
