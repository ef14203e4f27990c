// Case 37: answers a dial with the handshake of another torrent.

import type { InfoHash } from "@troupe/protocol";
import { meaninglessBytes } from "../meaningless-bytes.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const otherTorrentWhenDialled: HostilePeer = {
  name: "other-torrent-when-dialled",
  does: "answers a dial with the handshake of another torrent",
  cases: [37],
  isDialled: true,
  async misbehave(connection) {
    const infoHash = Buffer.from(meaninglessBytes(20)).toString("hex") as InfoHash;
    await connection.send(connection.handshake({ infoHash }));
  },
};
