// Case 37: asks for a torrent that the other side does not have.

import type { InfoHash } from "@troupe/protocol";
import { meaninglessBytes } from "../meaningless-bytes.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const unknownInfoHash: HostilePeer = {
  name: "unknown-info-hash",
  does: "asks for a torrent that the other side does not have",
  cases: [37],
  async misbehave(connection) {
    const infoHash = Buffer.from(meaninglessBytes(20)).toString("hex") as InfoHash;
    await connection.send(connection.handshake({ infoHash }));
  },
};
