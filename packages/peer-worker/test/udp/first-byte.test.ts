import test from "ava";

import { datagramKind } from "../../src/udp/first-byte.ts";

test("the first byte tells uTP, the DHT and replies of trackers apart, and all other bytes are of none", (t) => {
  const kinds = new Map<number, string>();
  for (let first = 0; first < 256; first++) {
    const kind = datagramKind(Uint8Array.of(first, 1, 2));
    if (kind !== undefined) kinds.set(first, kind);
  }
  t.deepEqual(
    [...kinds],
    [
      [0x00, "trackers"],
      [0x01, "utp"],
      [0x11, "utp"],
      [0x21, "utp"],
      [0x31, "utp"],
      [0x41, "utp"],
      [0x64, "dht"],
    ],
  );
  t.is(datagramKind(new Uint8Array(0)), undefined);
});
