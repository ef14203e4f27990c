// A crowd that offers the metadata of a magnet and answers nothing, over real sockets, before the only honest peer. Without
// a number of asked peers that doubles, the honest one would be asked after minutes.

import test from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import { Coordinator } from "@troupe/coordinator";
import { misbehave, type RawConnection } from "@troupe/load-peers/misbehaving";
import { metadataAnswers } from "../support/hostile/metadata-answers.ts";
import { dialConnection, targetOf } from "../support/hostile/port-connection.ts";
import { parseTorrent } from "@troupe/protocol/metainfo";
import type { InfoHash } from "@troupe/protocol/units";
import { assertSameFiles } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const silentPeers = isLong ? 200 : 50;
/** The engine keeps places for peers that it dials. */
const leastConnected = Math.floor(0.75 * silentPeers);
const pieceLengthBytes = 32_768;

test(`${silentPeers} peers that are silent about the metadata do not keep a magnet from its only honest peer`, async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: 500_001 });
  const seed = await swarm.seed({ engine: { host: "inline" } });
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({
    ...quiet,
    port: 0,
    bind: ["127.0.0.1"],
    host: "inline",
    maxPeers: 300,
    directory,
  });
  const torrent = await coordinator.add(`magnet:?xt=urn:btih:${swarm.infoHash}`);
  const connected = Promise.withResolvers<void>();
  let peers = 0;
  torrent.on("peer", ({ connected: isConnected }) => {
    if (isConnected && ++peers === leastConnected) connected.resolve();
  });
  const connections = surround(swarm, coordinator.port);
  swarm.use({ [Symbol.dispose]: () => connections.forEach((connection) => connection.close()) });
  await connected.promise;
  torrent.addPeer({ host: "127.0.0.1", port: seed.coordinator.port });
  await torrent.metadata;
  t.true(torrent.progress.wastedBytes <= 256 * 1_024);
  for (const connection of connections) connection.close();
  await torrent.completed;
  await assertSameFiles(t, swarm.payload, directory);
});

/** The silent peers, each with an id of its own, of neighbouring addresses of loopback. */
function surround(swarm: Swarm, port: number): readonly RawConnection[] {
  const silence = metadataAnswers.find(({ name }) => name === "metadata-silence");
  if (silence === undefined) throw new Error("bug: no peer is silent about the metadata");
  const { infoSpan } = parseTorrent(swarm.metainfo);
  const target = {
    ...targetOf(swarm.infoHash as InfoHash, swarm.content, pieceLengthBytes),
    metadataBytes: infoSpan.end - infoSpan.start,
  };
  const ports = nodePorts();
  return Array.from({ length: silentPeers }, (_, n) => {
    const peerId = Buffer.from(`-XX0000-silent${String(n).padStart(6, "0")}`);
    const connection = dialConnection(ports, { host: "127.0.0.1", port }, { target, peerId });
    void misbehave(silence, connection);
    return connection;
  });
}
