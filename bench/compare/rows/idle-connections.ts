// Memory of connections that are silent after their handshakes.

import { openSwarm } from "../../support/swarm.ts";
import { ClientRun } from "../client-run.ts";
import type { ClientName } from "../clients.ts";
import { makeContent, mebibyte } from "../content.ts";
import type { OpenRow, Place, Row } from "../row.ts";

const peers = 10_000;
/** Time for what a handshake leaves behind to be collected. */
const restSeconds = 5;

/** Accepted connections without traffic. */
export const idleConnections: Row = {
  name: "idle-connections",
  title: `Memory of ${peers.toLocaleString("en")} idle connections`,
  about:
    "A seeder of 64 MiB accepts connections from addresses of their own, which are silent after the handshakes. The memory of its process before them is subtracted; socket buffers of the kernel are not counted. aria2 accepts three connections a second and is left out.",
  goal: "≤ 6 KiB each",
  contestants: ["ours", "libtorrent", "qbittorrent", "rtorrent"],
  figures: ["connections", "kibibytesEach", "anonymousEach"],
  compared: ["kibibytesEach"],
  reference: "libtorrent",
  takesCommits: true,
  open: async (place) => open(place),
};

function open(place: Place): OpenRow {
  const content = makeContent(place, { totalBytes: 64 * mebibyte, pieceLengthBytes: mebibyte / 4 });
  const { payload, torrent, joinedFile } = content;
  return {
    source: joinedFile,
    async run(contestant, prepare) {
      place.tracker.reset([]);
      await using seeder = await ClientRun.start(contestant as ClientName, place, {
        ...{ role: "seeder", torrents: [torrent.path], dataFolder: payload.folder },
        connections: peers,
      });
      await seeder.ready();
      await prepare();
      const before = seeder.use();
      await using swarm = await openSwarm({
        ...{ port: seeder.port, infoHash: torrent.infoHash, peers, depth: 0 },
        ...{ pieceLengthBytes: payload.pieceLengthBytes, totalBytes: payload.totalBytes },
        seconds: restSeconds,
      });
      const { shaken } = await swarm.report();
      const after = seeder.use();
      return {
        connections: shaken,
        kibibytesEach: (after.rssBytes - before.rssBytes) / 1_024 / shaken,
        anonymousEach: (after.anonymousBytes - before.anonymousBytes) / 1_024 / shaken,
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}
