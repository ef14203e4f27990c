// Case 53: names as many extensions as a message may hold, with ids that cannot be.

import { extended } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const extendedHandshakeCrowded: HostilePeer = {
  name: "extended-handshake-crowded",
  does: "names as many extensions as a message may hold, with ids that cannot be",
  cases: [53],
  async misbehave(connection) {
    await connection.shakeHands();
    const names = Array.from({ length: 2_000 }, (_, id) => `5:${String(id).padStart(5, "0")}i999e`);
    await connection.send(extended(0, `d1:md${names.join("")}ee`));
  },
};
