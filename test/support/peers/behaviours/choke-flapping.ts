// Case 51: chokes and unchokes a thousand times a second.

import { choke, many, unchoke } from "../frames.ts";
import { offerEverything } from "../seeder-steps.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const chokeFlapping: HostilePeer = {
  name: "choke-flapping",
  does: "chokes and unchokes a thousand times a second",
  cases: [51],
  async misbehave(connection) {
    await offerEverything(connection);
    await connection.sendEvery(10, many(10, Buffer.concat([choke, unchoke])));
  },
};
