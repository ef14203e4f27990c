import { createHash, randomBytes } from "node:crypto";

import type { TokenPorts } from "../../src/serving/tokens.ts";

/** The machine's own hash and random bytes; `hashes` counts the calls of `sha1`. */
export function nodePorts(): TokenPorts & { hashes(): number } {
  let hashes = 0;
  return {
    sha1(...parts) {
      hashes++;
      const hash = createHash("sha1");
      for (const part of parts) hash.update(part);
      return hash.digest();
    },
    randomBytes: (length) => randomBytes(length),
    hashes: () => hashes,
  };
}
