// Case 50: offers everything, takes requests and never answers one.

import { offerEverything } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const blockHolder: HostilePeer = {
  name: "block-holder",
  does: "offers everything, takes requests and never answers one",
  cases: [50],
  async misbehave(connection) {
    await offerEverything(connection);
    await connection.closed;
  },
};
