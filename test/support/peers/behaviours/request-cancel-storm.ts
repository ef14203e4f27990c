// Case 45: fills the queue of its requests, then asks and takes back without end.

import { waitForUnchoke } from "../leecher-steps.ts";
import { cancel, many, request } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const requestCancelStorm: HostilePeer = {
  name: "request-cancel-storm",
  does: "fills the queue of its requests, then asks and takes back without end",
  cases: [45],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    connection.stopReading();
    await connection.send(many(450, request(piece, 0, 16_383)));
    const again = Buffer.concat([request(piece, 0, 16_384), cancel(piece, 0, 16_384)]);
    await connection.sendForEver(many(256, again));
  },
};
