// Paused, a torrent keeps its connections and moves nothing; stopped, it has none.

import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { EventRecord } from "../support/swarm/event-record.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import type { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 64 * pieceLengthBytes };

/** A seeder with a door, the number of requests that it got, and of those it has not answered. */
interface CountedSeeder {
  readonly seeder: PacedSeeder;
  readonly asked: () => number;
  readonly owed: () => number;
}

/** A seeder whose door lets a quarter of the payload pass. */
async function countedSeeder(swarm: Swarm): Promise<CountedSeeder> {
  let [asked, owed] = [0, 0];
  const seeder = await swarm.pacedSeeder({
    isShut: true,
    watch: (what) => {
      if (what === "asked") asked++;
      owed += what === "asked" ? 1 : -1;
    },
  });
  seeder.allow(shape.files / 4);
  return { seeder, asked: () => asked, owed: () => owed };
}

for (const host of ["threads", "inline"] as const) {
  test(`AE5, AE10: a paused torrent keeps its peers and requests nothing, host ${host}`, async (t) => {
    await using swarm = await Swarm.open(shape);
    const { seeder, asked, owed } = await countedSeeder(swarm);
    const { record, folder } = await swarm.join({
      engine: { host },
      torrent: { useTrackers: false, peers: [seeder] },
    });
    const { torrent } = record;
    await record.until("some pieces", () => record.pieces.length >= 4);
    torrent.pause();
    await record.until("the pause", () => torrent.state === "paused");
    seeder.open();
    const pausedAt = record.seconds;
    await record.until("quiet", () => record.seconds > pausedAt && owed() === 0);
    const [askedBefore, givenBefore, quietAt] = [asked(), seeder.givenBytes, record.seconds];
    await record.until("more quiet", () => record.seconds >= quietAt + 2);
    t.is(asked(), askedBefore);
    t.is(seeder.givenBytes, givenBefore);
    t.false(torrent.isComplete);
    t.is((await torrent.status()).peers.length, 1);

    torrent.start();
    await torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    t.is(seeder.connections, 1);
    t.deepEqual(record.states.slice(-2), ["paused", "active"]);
  });
}

test("a torrent that is paused while it starts connects and waits", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { seeder, asked } = await countedSeeder(swarm);
  seeder.open();
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers: [seeder], start: false },
  });
  record.torrent.start();
  record.torrent.pause();
  await record.until("a peer", () => record.peers.length === 1);
  const connectedAt = record.seconds;
  await record.until("quiet", () => record.seconds >= connectedAt + 2);
  t.is(asked(), 0);
  t.is(record.torrent.state, "paused");
  record.torrent.start();
  await record.torrent.completed;
});

test("AE5: a torrent that is added as paused connects and waits, and as started is active", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { seeder, asked } = await countedSeeder(swarm);
  seeder.open();
  await using engine = await startEngine({ port: 0, bind: ["127.0.0.1"] });
  const options = { useTrackers: false, peers: [seeder] };
  const directory = swarm.folder("paused").path;
  const torrent = await engine.add(swarm.metainfo, { ...options, directory, state: "paused" });
  const record = new EventRecord(engine, torrent);
  await record.until("a peer", () => record.peers.length === 1);
  const connectedAt = record.seconds;
  await record.until("quiet", () => record.seconds >= connectedAt + 2);
  t.deepEqual([torrent.state, asked()], ["paused", 0]);
  t.false(record.states.includes("active"));
  await torrent.remove();
  const again = await engine.add(swarm.metainfo, { ...options, directory, state: "started" });
  await again.completed;
  t.is(again.state, "active");
});

for (const isAway of [false, true]) {
  const when = isAway ? " while the engine is being restarted" : "";
  test(`a start right after a stop takes effect${when}`, async (t) => {
    await using swarm = await Swarm.open(shape);
    const { seeder } = await countedSeeder(swarm);
    const { record, folder, coordinator } = await swarm.join({
      engine: { host: "threads" },
      torrent: { useTrackers: false, peers: [seeder] },
    });
    await record.until("some pieces", () => record.pieces.length >= 4);
    if (isAway) {
      endActor(coordinator, "engine");
      await record.until("the end", () => record.crashesOf("engine") === 1);
    }
    const stopped = record.torrent.stop();
    record.torrent.addPeer(seeder);
    record.torrent.start();
    await stopped;
    seeder.open();
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
  });
}

test("AE5, AE9: a stopped torrent has and accepts no peers, and continues after a start", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { seeder } = await countedSeeder(swarm);
  const { record, folder, coordinator } = await swarm.join({
    torrent: { useTrackers: false, peers: [seeder] },
  });
  const { torrent } = record;
  await record.until("some pieces", () => record.pieces.length >= 8);
  await torrent.stop();
  t.is(torrent.state, "stopped");
  await seeder.whenAlone();
  t.is(record.partings.at(-1)?.reason, "torrent-closed");
  const givenBefore = seeder.givenBytes;
  const had = torrent.progress.haveBytes;
  t.true(had >= 8 * pieceLengthBytes);

  const visitor = await swarm.join({
    engine: { host: "inline" },
    torrent: { useTrackers: false, peers: [{ host: "127.0.0.1", port: coordinator.port }] },
  });
  await visitor.record.until("a second", () => visitor.record.seconds >= 2);
  t.deepEqual(visitor.record.peers, []);

  seeder.open();
  torrent.addPeer(seeder);
  torrent.start();
  await torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.is(seeder.givenBytes - givenBefore, shape.files - had);
});
