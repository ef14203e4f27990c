import { clientName, makePeerId } from "@troupe/protocol/peer";

import { bytesMutator, bytesOf } from "../engine/mutate-bytes.ts";
import { hold, isClean } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const ids = [
  "-TR3000-",
  "-lt20H0-",
  "-qB4520-",
  "-UT355W-",
  "A2-1-36-0-",
  "M7-9-2--",
  "-TP0100-",
  "-FW6990-",
  "-DE13F0-",
  "-BC0171-",
];

/** The name behind a peer id. */
export const clientNameTarget: FuzzTarget = {
  name: "client-name",
  oracle: "a clean name of 1 to 40 characters for any 20 bytes",
  sources: ["protocol/src/peer/bep-20", "protocol/src/peer/client-names"],
  seeds: () => ids.map((id) => bytesOf(id.padEnd(20, "x"))),
  mutate: bytesMutator([...ids, "-", "A2-", "M7-", "?", "0", "Z", "  "].map(bytesOf)),
  maxBytes: 24,
  run(input) {
    const peerId = new Uint8Array(20);
    peerId.set(input.subarray(0, 20));
    for (const id of [peerId, input]) {
      const name = clientName(id);
      hold(
        name.length >= 1 && name.length <= 40 && isClean(name),
        () => `no name: ${JSON.stringify(name)}`,
      );
    }
    const own = makePeerId(peerId.subarray(0, 12));
    hold(own.length === 20 && own.every((byte) => byte > 0x20 && byte < 0x7f), "our own id is odd");
  },
};
