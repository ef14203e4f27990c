// Case 53: names ten thousand extensions.

import { extended } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const extendedHandshake10000Names: HostilePeer = {
  name: "extended-handshake-10000-names",
  does: "names ten thousand extensions",
  cases: [53],
  async misbehave(connection) {
    await connection.shakeHands();
    const names = Array.from({ length: 10_000 }, (_, id) => `5:${String(id).padStart(5, "0")}i1e`);
    await connection.send(extended(0, `d1:md${names.join("")}ee`));
  },
};
