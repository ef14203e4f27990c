// All misbehaving peers at once beside one honest transfer, for a few seconds: no worker crashes, connections stay
// within their bound, and the transfer is right. How fast it is beside two thousand is what `pnpm bench:hostile-peers` shows.

import test from "ava";
import type { InfoHash } from "@troupe/protocol";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Crowd, targetOf } from "@troupe/load-peers/misbehaving";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 49_152;
const totalBytes = 6_000_001;
const connections = 200;
const maxPeers = 100;

test("two hundred misbehaving peers do not keep a download from completing at an honest peer", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: totalBytes });
  const seeder = await swarm.pacedSeeder({ bytesPerSecond: 2_000_000 });
  const { coordinator, record, folder } = await swarm.join({
    // Lists of the misbehaving peers would lead to machines of the real network.
    engine: { peerWorkers: 1, maxPeers, peerExchange: false },
    torrent: { useTrackers: false, peers: [seeder] },
  });
  await record.until("the transfer", () => record.pieces.length > 0);
  const crowd = swarm.use(
    new Crowd({
      target: targetOf(swarm.infoHash as InfoHash, swarm.content, pieceLengthBytes),
      host: "127.0.0.1",
      port: coordinator.port,
      connections,
      bytesPerSecond: 50_000,
      againAfterMs: 500,
      stormAfterMs: 50,
    }),
  );
  for (const listener of await crowd.gather()) record.torrent.addPeer(listener);
  let connectedAtMost = 0;
  record.torrent.on("progress", ({ peers }) => {
    connectedAtMost = Math.max(connectedAtMost, peers);
  });
  await record.torrent.completed;

  await assertSameFiles(t, swarm.payload, folder);
  const { connectionsMade, sentBytes } = crowd.figures;
  const { downloadedBytes, wastedBytes, haveBytes } = record.torrent.progress;
  t.true(connectionsMade >= connections);
  t.true(connectedAtMost <= maxPeers, `${connectedAtMost} peers at once`);
  t.true(wastedBytes <= sentBytes, "the honest peer's blocks are not wasted");
  t.is(downloadedBytes, haveBytes + wastedBytes);
  t.deepEqual(record.errors, []);
  for (const worker of ["engine", "peer-0", "file-0"]) t.is(record.crashesOf(worker), 0, worker);
  t.log({ connectionsMade, sentBytes, wastedBytes, reasons: countOf(record.partings) });
});

function countOf(partings: readonly { readonly reason?: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason = "none" } of partings) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
