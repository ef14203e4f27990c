import test from "ava";
import type { DhtService } from "../../src/engine/dht/dht-service.ts";
import type { DhtTorrent } from "../../src/engine/dht/dht-queue.ts";
import {
  dhtPeersFound,
  dhtPortNamed,
  dhtStatusOf,
  joinDht,
  leaveDht,
  usesDht,
} from "../../src/torrent/dht-peers.ts";
import { at, putIn, rowIndex } from "../support/engine-scene.ts";
import { makePrivate, peerScene } from "../support/peer-scene.ts";

/** An engine whose DHT node records the torrents and ports that it gets. */
function scene({ offReason = undefined as string | undefined } = {}) {
  const made = peerScene();
  const told: string[] = [];
  const joined: DhtTorrent[] = [];
  const dht = {
    offReason,
    counts: { nodes4: 12, nodes6: 5, rounds: { downloadsMs: 900_000, allMs: 2_700_000 } },
    join: (torrent: DhtTorrent) => {
      joined.push(torrent);
      told.push(`join ${torrent.id}`);
    },
    leave: ({ infoHash }: DhtTorrent) => void told.push(`leave ${infoHash}`),
    portNamed: (host: string, port: number) => void told.push(`port ${host} ${port}`),
    statusOf: () => ({ isUnderWay: false, nextInMs: 1_500, lastRound: { answered: 8, peers: 3 } }),
  };
  Object.assign(made.engine.network, { dht: dht as unknown as DhtService });
  Object.assign(made.engine.options, { dht: { bootstrap: [] } });
  return { ...made, joined, told };
}

test("a public torrent is looked up until it leaves the swarm", (t) => {
  const { engine, job, told } = scene();
  joinDht(engine, job);
  leaveDht(engine, job);
  t.deepEqual(told, [`join ${job.id}`, `leave ${job.infoHash}`]);
});

test("a private torrent has no part in the DHT", (t) => {
  const { admit, engine, job, open, peerWorker, told } = scene();
  makePrivate(job);
  admit("a");
  open("a", 0);
  joinDht(engine, job);
  dhtPeersFound(engine, { id: job.id }, { host: "8.0.0.1", port: 1 }, [
    { host: "8.0.0.2", port: 2 },
  ]);
  dhtPortNamed(engine, job, peerWorker(0), { torrent: job.id, peer: rowIndex(0), port: 7_000 });
  t.deepEqual([told, job.directory.size], [[], 0]);
  t.false(usesDht(engine, job));
});

test("a magnet is looked up, unless its metadata has said that it is private", (t) => {
  const { addJobWithoutContent, engine, job, told } = scene();
  const link = addJobWithoutContent();
  joinDht(engine, link);
  t.deepEqual(told, [`join ${link.id}`]);
  makePrivate(job, link);
  joinDht(engine, link);
  t.is(told.length, 1);
});

test("without the option no torrent uses the DHT", (t) => {
  const { engine, job } = peerScene();
  joinDht(engine, job);
  t.is(engine.network.dht, undefined);
  t.false(usesDht(engine, job));
});

test("a torrent that joins while the DHT is off gets the warning dht-off", (t) => {
  const { engine, events, gather, job, told } = scene({ offReason: "no socket" });
  joinDht(engine, job);
  gather();
  t.deepEqual(told, []);
  t.like(events().at(-1), { event: "warning", code: "dht-off" });
});

test("a torrent is a download until it is complete or paused, and lacks peers while there are none", (t) => {
  const { admit, engine, job, joined } = scene();
  joinDht(engine, job);
  const [torrent] = joined;
  t.deepEqual([torrent?.isDownload, torrent?.lacksPeers, torrent?.isAnnounced], [true, true, true]);
  admit("a");
  t.false(torrent?.lacksPeers);
  putIn(job, "paused");
  t.false(torrent?.isDownload);
});

test("peers that a node names are dialled in the same turn, under the source of the node", (t) => {
  const { dials, engine, job, time } = scene();
  dhtPeersFound(engine, { id: job.id }, { host: "8.0.0.1", port: 1 }, [
    { host: "8.0.0.2", port: 7_000 },
    { host: "192.168.1.9", port: 7_000 },
  ]);
  time.advance(0);
  t.like(at(dials(), 0), { torrent: job.id, host: "8.0.0.2", port: 7_000 });
  t.deepEqual(job.directory.sourcesOf("8.0.0.2", 7_000), ["dht-internet"]);
  t.false(job.directory.has("192.168.1.9", 7_000));
  dhtPeersFound(engine, { id: job.id }, { host: "192.168.1.1", port: 1 }, [
    { host: "192.168.1.9", port: 7_000 },
  ]);
  t.deepEqual(job.directory.sourcesOf("192.168.1.9", 7_000), ["dht-local"]);
});

test("peers are not taken for a torrent that has left the swarm", (t) => {
  const { engine, job } = scene();
  putIn(job, "stopped");
  dhtPeersFound(engine, { id: job.id }, { host: "8.0.0.1", port: 1 }, [
    { host: "8.0.0.2", port: 2 },
  ]);
  t.is(job.directory.size, 0);
});

test("the port of a connected peer's node reaches our node with the peer's address", (t) => {
  const { admit, engine, job, open, peerWorker, told } = scene();
  admit("a");
  open("a", 3);
  const named = { torrent: job.id, port: 7_000 };
  dhtPortNamed(engine, job, peerWorker(0), { ...named, peer: rowIndex(3) });
  dhtPortNamed(engine, job, peerWorker(0), { ...named, peer: rowIndex(4) });
  t.deepEqual(told, ["port 8.0.0.1 7000"]);
});

test("the status of a torrent has the nodes, the peers of the last look-ups, and the round", (t) => {
  const { engine, job } = scene();
  t.deepEqual(dhtStatusOf(engine, job), {
    ...{ nodes: 17, peers: 3, isAsking: false, nextInSeconds: 2, roundSeconds: 900 },
  });
  putIn(job, "paused");
  t.is(dhtStatusOf(engine, job)?.roundSeconds, 2_700);
});
