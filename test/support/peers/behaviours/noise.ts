// Case 36: sends bytes that mean nothing, as an encrypted handshake looks to who cannot read it.

import { meaninglessBytes } from "../meaningless-bytes.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const noise: HostilePeer = {
  name: "noise",
  does: "sends bytes that mean nothing, as an encrypted handshake looks to who cannot read it",
  cases: [36],
  async misbehave(connection) {
    await connection.send(meaninglessBytes(608));
  },
};
