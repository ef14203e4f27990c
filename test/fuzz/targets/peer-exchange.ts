import { addressKey, classifyAddress } from "@troupe/protocol/address";
import { decodePeerExchange, encodePeerExchange } from "@troupe/protocol/peer";

import { bencoded } from "../engine/bencode-tree.ts";
import { bytesMutator, bytesOf, joined } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const maxPeers = 5;
const address4 = Uint8Array.of(1, 2, 3, 4, 0x1a, 0xe1);
const address6 = joined([0x20, 1, 0xd, 0xb8], new Uint8Array(11), [1, 0x1a, 0xe1]);

/** Messages of `ut_pex` (BEP 11). */
export const peerExchange: FuzzTarget = {
  name: "peer-exchange",
  oracle:
    "refused with a code, or a few different addresses that may be dialled, which are read again as they were written",
  sources: ["protocol/src/peer/bep-11", "protocol/src/tracker/bep-23"],
  seeds: () => [
    bencoded({ added: address4, "added.f": Uint8Array.of(18), dropped: address4 }),
    bencoded({ added6: address6, "added6.f": Uint8Array.of(2), dropped6: address6 }),
    bencoded({ added: joined(address4, [8, 8, 8, 8, 0, 80]), "added.f": new Uint8Array(9) }),
    bencoded({ added: new Uint8Array(60), added6: new Uint8Array(36) }),
  ],
  mutate: bytesMutator([
    ...["5:added", "7:added.f", "6:added6", "8:added6.f", "7:dropped", "8:dropped6"].map(bytesOf),
    ...["0:", "6:", "18:", "i0e", "de", "le"].map(bytesOf),
    address4,
    address6,
  ]),
  run(input) {
    const exchange = acceptedBy(() => decodePeerExchange(input, maxPeers));
    if (exchange === undefined) return;
    const { added, dropped } = exchange;
    for (const list of [added, dropped]) {
      hold(list.length <= maxPeers, "too many peers");
      const keys = new Set(list.map(({ host, port }) => addressKey(host, port)));
      hold(keys.size === list.length, "a peer twice");
      for (const { host, port } of list) {
        hold(port >= 1 && port <= 65_535, "a port that cannot be dialled");
        hold(classifyAddress(host) !== "refused", () => `an address that nobody has: ${host}`);
      }
    }
    for (const { flags } of added) hold(flags >= 0 && flags <= 255, "flags out of range");
    const again = decodePeerExchange(encodePeerExchange(1, exchange).subarray(6), maxPeers);
    hold(sameText(again.added, added) && sameText(again.dropped, dropped), "read otherwise");
  },
};

/** Mapped addresses are written as IPv4, which comes first. */
function sameText(one: readonly object[], other: readonly object[]): boolean {
  const text = (list: readonly object[]): string =>
    JSON.stringify(list.map((entry) => JSON.stringify(entry)).toSorted());
  return text(one) === text(other);
}
