// State changes without end, and a reader that does not read.

import { choke, interested, many, notInterested, request, unchoke } from "../frames.ts";
import { after, shakeHands, type HostilePeer } from "../hostile-peer.ts";
import { waitForUnchoke } from "../leecher-steps.ts";
import { offerEverything } from "../seeder-steps.ts";

/** Misuses of choke and interest, and a peer that does not read. */
export const states: readonly HostilePeer[] = [
  {
    name: "choke-flapping",
    does: "chokes and unchokes a thousand times a second",
    cases: [51],
    misbehave: after(offerEverything, (connection) =>
      connection.sendEvery(10, many(10, Buffer.concat([choke, unchoke]))),
    ),
  },
  {
    name: "interest-flapping",
    does: "is interested and not interested a thousand times a second",
    cases: [51],
    misbehave: after(shakeHands, (connection) =>
      connection.sendEvery(10, many(10, Buffer.concat([interested, notInterested]))),
    ),
  },
  {
    name: "slow-reader",
    does: "requests as much as allowed and reads nothing",
    cases: [52],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      connection.stopReading();
      await connection.send(many(400, request(piece, 0, 16_384)));
      await connection.closed;
    },
  },
];
