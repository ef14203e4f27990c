import { decodeLocalAnnounce, encodeLocalAnnounce } from "@troupe/protocol/discovery";
import { parseInfoHash } from "@troupe/protocol/units";

import { bytesMutator, bytesOf } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const infoHash = parseInfoHash("ab".repeat(20));
const line = `\r\nInfohash: ${"cd".repeat(20)}`;
const words = [
  "\r\n",
  "\n",
  ":",
  "Port: ",
  "\r\nPort: 0",
  "cookie: ",
  line,
  "BT-SEARCH * HTTP/1.1",
];

/** Announces of peers on the local network (BEP 14). */
export const localAnnounce: FuzzTarget = {
  name: "local-announce",
  oracle:
    "refused with a code, or the port can be dialled, and each info-hash is one and comes once; what it says is read back from an announce of ours",
  sources: ["protocol/src/discovery/bep-14"],
  seeds: () => {
    const own = { port: 6_881, infoHash, cookie: "00c0ffee" };
    return [
      encodeLocalAnnounce(4, own),
      encodeLocalAnnounce(6, own),
      bytesOf(`BT-SEARCH * HTTP/1.1\r\nPort: 1${line.repeat(25)}\r\n\r\n\r\n`),
    ];
  },
  mutate: bytesMutator(words.map(bytesOf)),
  maxBytes: 1_600,
  run(input) {
    const read = acceptedBy(() => decodeLocalAnnounce(input));
    if (read === undefined) return;
    const { port, infoHashes } = read;
    hold(input.length <= 1_400, "a datagram that is too long");
    hold(Number.isInteger(port) && port >= 1 && port <= 65_535, "a port out of range");
    hold(infoHashes.length >= 1 && infoHashes.length <= 30, "a number of info-hashes");
    hold(new Set(infoHashes).size === infoHashes.length, "an info-hash that comes twice");
    for (const one of infoHashes) {
      hold(/^[0-9a-f]{40}$/.test(one), "an info-hash that is none");
      const again = decodeLocalAnnounce(
        encodeLocalAnnounce(4, { port, infoHash: one, cookie: "c" }),
      );
      hold(again.port === port && again.infoHashes[0] === one, "another announce");
    }
  },
};
