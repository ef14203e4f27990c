import { infoHashFromBytes, infoHashToBytes, parseInfoHash } from "@troupe/protocol/units";

import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Info-hashes as people write them. */
export const infoHash: FuzzTarget = {
  name: "info-hash",
  oracle: "refused with a code, or 40 hexadecimal digits that come back from their bytes",
  sources: ["protocol/src/units"],
  seeds: () =>
    ["0123456789abcdefABCDEF0123456789abcdef01", "abcdefghijklmnopqrstuvwxyz234567", "x"].map(
      bytesOf,
    ),
  mutate: textMutator(["a", "7", "8", "g", "A".repeat(8), "0".repeat(8), "\u212a", "\u0130"]),
  maxBytes: 128,
  run(input) {
    const read = acceptedBy(() => parseInfoHash(textOf(input)));
    if (read !== undefined) {
      hold(/^[0-9a-f]{40}$/u.test(read), () => `no info-hash: ${read}`);
      hold(infoHashFromBytes(infoHashToBytes(read)) === read, "another one comes back");
    }
    const made = acceptedBy(() => infoHashFromBytes(input));
    hold((made !== undefined) === (input.length === 20), "refused without a reason");
    if (made !== undefined) hold(sameBytes(infoHashToBytes(made), input), "other bytes");
  },
};
