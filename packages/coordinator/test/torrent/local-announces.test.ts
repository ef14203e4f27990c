import test from "ava";
import { plainTcp } from "@troupe/messages";
import {
  announceLocally,
  endLocalAnnounces,
  neighbourFound,
} from "../../src/torrent/local-announces.ts";
import { dialMore } from "../../src/torrent/swarm/dial-schedule.ts";
import type { TorrentJob } from "../../src/torrent/torrent-job.ts";
import { at, putIn } from "../support/engine-scene.ts";
import { makePrivate, peerScene } from "../support/peer-scene.ts";

/** An engine whose local discovery writes down which torrents join and leave. */
function scene() {
  const made = peerScene();
  const told: string[] = [];
  const localDiscovery = {
    join: ({ id }: TorrentJob) => void told.push(`join ${id}`),
    leave: ({ infoHash }: Pick<TorrentJob, "infoHash">) => void told.push(`leave ${infoHash}`),
  };
  Object.assign(made.engine.network, { localDiscovery });
  return { ...made, told };
}

test("a public torrent is announced until it leaves the swarm", (t) => {
  const { engine, job, told } = scene();
  announceLocally(engine, job);
  endLocalAnnounces(engine, job);
  t.deepEqual(told, [`join ${job.id}`, `leave ${job.infoHash}`]);
});

test("a private torrent is not announced", (t) => {
  const { engine, job, told } = scene();
  makePrivate(job);
  announceLocally(engine, job);
  t.deepEqual(told, []);
});

test("a magnet is announced, unless its metadata has said that it is private", (t) => {
  const { addJobWithoutContent, engine, job, told } = scene();
  const link = addJobWithoutContent();
  announceLocally(engine, link);
  t.deepEqual(told, [`join ${link.id}`]);
  makePrivate(job, link);
  announceLocally(engine, link);
  t.is(told.length, 1);
});

test("a neighbour is dialled in the same turn, a local address too", (t) => {
  const { dials, engine, job, time } = scene();
  neighbourFound(engine, { id: job.id }, { host: "192.168.1.9", port: 7_000 });
  time.advance(0);
  t.like(at(dials(), 0), { torrent: job.id, host: "192.168.1.9", port: 7_000 });
});

test("a neighbour that has many torrents is dialled for each, two at a time until a dial fails", (t) => {
  const { addJob, dials, engine, job, peerWorker, time } = scene();
  const torrents = [job, ...Array.from({ length: 25 }, () => addJob())];
  for (const { id } of torrents)
    neighbourFound(engine, { id }, { host: "192.168.1.9", port: 7_000 });
  t.deepEqual(dials(), [], "all torrents are looked at once a turn");
  time.advance(0);
  t.is(dials().length, 2);
  for (let turn = 0; turn < 12; turn++) {
    for (const { torrent, host, port } of dials().slice(-2)) {
      peerWorker(0).dials.remove(torrent, host, port);
      engine.torrents.get(torrent)?.directory.connected(host, port, plainTcp, time.nowMs());
    }
    time.advance(1_000);
    dialMore(engine);
  }
  t.is(new Set(dials().map(({ torrent }) => torrent)).size, torrents.length);
});

test("for a torrent that has left the swarm nothing is dialled or kept", (t) => {
  const { dials, engine, job } = scene();
  putIn(job, "stopped");
  neighbourFound(engine, { id: job.id }, { host: "192.168.1.9", port: 7_000 });
  t.is(dials().length, 0);
  t.is(job.directory.size, 0);
});
