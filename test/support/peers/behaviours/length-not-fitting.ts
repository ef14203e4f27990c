// Case 41: sends a have of three bytes.

import { MessageId } from "@troupe/protocol";
import { frame } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const lengthNotFitting: HostilePeer = {
  name: "length-not-fitting",
  does: "sends a have of three bytes",
  cases: [41],
  async misbehave(connection) {
    await connection.shakeHands();
    await connection.send(frame(MessageId.have, new Uint8Array(3)));
  },
};
