// Hash layers of a magnet of version 2 whose metadata alone is wanted, in an engine without workers.

import { createHash } from "node:crypto";
import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { copyShared, PeerFlag, type AddTorrent } from "@troupe/messages";
import { encode } from "@troupe/protocol/bencode";
import { rootOf } from "@troupe/protocol/merkle";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { addTorrent } from "../../../src/engine/add-torrent.ts";
import { tick } from "../../../src/engine/tick.ts";
import { hashesCame } from "../../../src/torrent/hashes/fetch-layers.ts";
import { metadataOffered, metadataReceived } from "../../../src/torrent/metadata/seek-metadata.ts";
import { statusOf } from "../../../src/torrent/report/status.ts";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { hasContent, type TorrentJob } from "../../../src/torrent/torrent-job.ts";
import { at, idBytes, makeScene, rowIndex, showPeer } from "../../support/engine-scene.ts";

const peer = rowIndex(4);
const range = { baseLayer: 0, index: 0, length: 4, proofLayers: 1 };
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** A torrent of a file of four pieces. */
function fourPieces() {
  const layer = Buffer.concat(
    [1, 2, 3, 4].map((byte) => sha256(new Uint8Array(16_384).fill(byte))),
  );
  const leaf = { length: 4 * 16_384, "pieces root": rootOf(layer, 0) };
  const info = encode({
    "file tree": { a: { "": leaf } },
    ...{ "meta version": 2, name: "a", "piece length": 16_384 },
  });
  return { info: new Uint8Array(info), hash: sha256(info).toString("hex"), layer };
}

/** A magnet whose metadata has come from a peer with all pieces. */
async function scene(request: Partial<AddTorrent>) {
  const made = makeScene();
  const { engine, ref, time } = made;
  const { hash, info, layer } = fourPieces();
  const added = addTorrent(engine, {
    magnet: `magnet:?xt=urn:btmh:1220${hash}`,
    ...{ directory: "/downloads", settings: {}, peers: [], mode: "metadata-only", ...request },
  });
  if ("refused" in added) throw new Error(added.message);
  const job = engine.torrents.get(added.torrent) as TorrentJob;
  const worker = made.peerWorker(0);
  job.life.start();
  const opened = { torrent: job.id, peerId: idBytes("peer"), host: "45.10.4.1", port: 6_881 };
  admitPeer(engine, job, worker, { ...opened, isIncoming: true });
  peerOpened(engine, job, worker, { ...opened, peer, isIncoming: true });
  const sizeBytes = info.length;
  metadataOffered(engine, job, worker, { torrent: job.id, peer, sizeBytes });
  const block = { torrent: job.id, peer, block: 0, sizeBytes, bytes: info };
  metadataReceived(engine, job, worker, block);
  if (hasContent(job)) {
    showPeer(job, { worker: 0, rowIndex: peer }, "####");
    at(job.content.traffic.tables, 0).row(peer).setFlag(PeerFlag.speaksV2, true);
  }
  await settle();
  const ticks = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left--) {
      time.advance(250);
      tick(engine);
    }
    await settle();
  };
  /** The hashes of the .torrent that came are known. */
  const found = () => {
    made.gather();
    return made.events().flatMap((event) => {
      if (event.event !== "metadata") return [];
      const { pieceHashes } = parseTorrent(copyShared(event.metainfo));
      return [[0, 1, 2, 3].every((piece) => pieceHashes.isNodeKnown(piece))];
    });
  };
  const asks = () => ref(0).casts("ask-hashes");
  const come = (): void => {
    if (!hasContent(job)) throw new Error("the torrent has no pieces");
    const came = { torrent: job.id, peer, file: 0, range, hashes: new Uint8Array(layer) };
    hashesCame(engine, job, worker, came);
  };
  return { ...made, asks, come, found, job, ticks };
}

test("A17: a magnet for its metadata alone waits for its hash layers, and opens no files for them", async (t) => {
  const { asks, come, engine, file, found, job, ref, ticks } = await scene({
    layersWithinMs: 30_000,
  });
  await ticks(8);
  t.deepEqual([found(), job.state], [[], "metadata"]);
  t.deepEqual(asks(), [{ torrent: job.id, peer, file: 0, range }]);
  t.is(statusOf(engine, job).why.code, "starting");
  come();
  await ticks(1);
  t.deepEqual([found(), job.state], [[true], "stopped"]);
  t.deepEqual(
    ref(0)
      .casts("open-torrent")
      .map(({ content }) => content?.pieceCount),
    [undefined, 4],
  );
  t.deepEqual([file.calls("open-storage"), file.calls("close-storage")], [[], []]);
});

test("A17: a magnet for its metadata alone ends without hash layers that do not come in time", async (t) => {
  const { asks, come, found, job, ticks } = await scene({ layersWithinMs: 2_000 });
  await ticks(7);
  t.deepEqual([found(), job.state], [[], "metadata"]);
  await ticks(1);
  t.deepEqual([found(), job.state], [[false], "stopped"]);
  t.is(asks().length, 1);
  come();
  await ticks(8);
  t.is(found().length, 1);
});

test("A17: a magnet for its metadata alone asks for no hash layers by default", async (t) => {
  const { asks, found, job } = await scene({});
  t.deepEqual([found(), job.state, asks()], [[false], "stopped", []]);
});

test("A17: hash layers that come while a magnet stops are in the .torrent of its next run", async (t) => {
  const { asks, come, found, job, ticks } = await scene({ layersWithinMs: 2_000 });
  await ticks(1);
  await job.life.stop();
  t.deepEqual([found(), job.state], [[], "stopped"]);
  come();
  job.life.start();
  await settle();
  t.deepEqual([found(), job.state, asks().length], [[true], "stopped", 1]);
});
