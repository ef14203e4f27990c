// All misbehaving peers at once beside one honest transfer, for a few seconds: no worker crashes, connections stay
// within their bound, and the transfer is right. How fast it is beside two thousand is what `pnpm bench:hostile-peers` shows.

import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { nodePorts } from "@troupe/actor-runtime";
import { openHostilePeers, openPeerTorrent, type PeerCounter } from "@troupe/load-peers";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const pieceLengthBytes = 49_152;
const totalBytes = 6_000_001;
const connections = 200;
const maxPeers = 100;

test("two hundred misbehaving peers do not keep a download from completing at an honest peer", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: totalBytes });
  const seeder = await swarm.pacedSeeder({ isShut: true });
  seeder.allow(totalBytes / 4);
  const { coordinator, record, folder } = await swarm.join({
    // Lists of the misbehaving peers would lead to machines of the real network.
    engine: { host: "threads", peerWorkers: 1, maxPeers, peerExchange: false },
    torrent: { useTrackers: false, peers: [seeder] },
  });
  await record.until("the transfer", () => record.pieces.length > 0);
  const ports = nodePorts();
  const counts = new Map<PeerCounter, number>();
  const crowd = openHostilePeers({
    ports,
    target: { host: "127.0.0.1", port: coordinator.port },
    torrent: openPeerTorrent(ports.disk, swarm.metainfo, {
      kind: "folder",
      path: swarm.payload.folder,
    }),
    behaviours: [],
    bytesPerSecond: 50_000,
    retryAfterMs: 500,
    stormAfterMs: 50,
    mayDial: () => true,
    listening: (_, address) => record.torrent.addPeer(address),
    recorder: {
      sample() {},
      account() {},
      acted() {},
      moved() {},
      count: (counter, by = 1) => void counts.set(counter, (counts.get(counter) ?? 0) + by),
    },
  });
  swarm.use({ [Symbol.asyncDispose]: () => crowd.end("cut") });
  for (let peer = 0; peer < connections; peer++) {
    const localHost = `127.10.${peer >> 7}.${1 + (peer & 127)}`;
    const stay = { kind: "end" } as const;
    crowd.arrive({ peer, visit: 0, seed: peer, stayMs: Infinity, localHost, stay });
  }
  let connectedAtMost = 0;
  record.torrent.on("progress", ({ peers }) => {
    connectedAtMost = Math.max(connectedAtMost, peers);
  });
  const tried = (): number => (counts.get("opened") ?? 0) + (counts.get("refused") ?? 0);
  await until("all misbehaving peers have come", () => tried() >= connections);
  seeder.open();
  await record.until("the whole download", () => record.completions > 0);

  await assertSameFiles(t, swarm.payload, folder);
  await crowd.end("cut");
  const connectionsMade = tried();
  const sentBytes = counts.get("bytes_up") ?? 0;
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
