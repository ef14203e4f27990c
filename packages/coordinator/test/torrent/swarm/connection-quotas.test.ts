import test from "ava";
import { torrentWeight } from "@troupe/messages";
import {
  changeSettings,
  changeTorrentSettings,
} from "../../../src/engine/settings/change-settings.ts";
import { tick } from "../../../src/engine/tick.ts";
import { makeRoomFor } from "../../../src/torrent/swarm/connection-quotas.ts";
import { peerClosed } from "../../../src/torrent/swarm/peers.ts";
import type { TorrentJob } from "../../../src/torrent/torrent-job.ts";
import { makeScene, rowIndex } from "../../support/engine-scene.ts";
import { dialMore } from "../../../src/torrent/swarm/dial-schedule.ts";
import { isLong } from "../../../../../test/support/lanes.ts";
import { sharingTorrents } from "../../support/sharing-torrents.ts";

/** Torrents that may have `connections` together. */
function scene(connections: number, torrents: number) {
  const made = makeScene({ connections });
  const jobs = Array.from({ length: torrents }, () => made.addJob());
  let slots = 0;
  const connect = (job: TorrentJob): void => {
    const place = slots++;
    const address = { host: "8.0.0.1", port: place + 1, isIncoming: true, isWebSeed: false };
    const peer = { worker: 0, peerId: `${place}`, ...address };
    job.peers.admit({
      ...peer,
      subscriber: undefined,
      admittedAtMs: 0,
      version: "v1",
      passedPieces: 0,
      rowIndex: undefined,
    });
    job.peers.opened(0, `${place}`, rowIndex(place), address);
  };
  return {
    ...made,
    jobs: jobs as [TorrentJob, TorrentJob, TorrentJob],
    /** Peers come until one is not let in. @returns how many came. */
    fill(job: TorrentJob): number {
      let came = 0;
      for (; makeRoomFor(made.engine, job); came++) connect(job);
      return came;
    },
    closings: () => made.ref(0).casts("close-peer"),
    /** The workers close every peer that they were told to close. */
    close(): void {
      for (const { torrent, peer, reason } of made.ref(0).casts("close-peer")) {
        const job = made.engine.torrents.get(torrent);
        const rolled = job?.peers.at(0, peer);
        if (job === undefined || rolled === undefined) continue;
        const counters = { downloadedBytes: 0, uploadedBytes: 0, isFault: false };
        const { host, port, isIncoming } = rolled;
        const closed = { torrent, peer, reason, host, port, isIncoming, ...counters };
        peerClosed(made.engine, job, made.peerWorker(0), closed);
      }
    },
  };
}

test("a torrent alone has all connections", (t) => {
  const { fill, jobs, closings } = scene(40, 1);
  t.is(fill(jobs[0]), 40);
  t.deepEqual(closings(), []);
});

test("beside other torrents a torrent leaves connections beyond its quota free", (t) => {
  const { fill, jobs } = scene(40, 2);
  t.is(fill(jobs[0]), 37);
  t.is(fill(jobs[1]), 3, "what was left");
});

test("a torrent below its quota gets connections of the torrent with the most", (t) => {
  const { engine, fill, jobs, closings, close } = scene(40, 2);
  fill(jobs[0]);
  fill(jobs[1]);
  t.deepEqual(
    closings().map(({ torrent, reason }) => [torrent, reason]),
    [[jobs[0].id, "connections-short"]],
  );
  for (let second = 0; second < 5; second++) {
    engine.network.closedForRoomThisSecond = 0;
    for (let asked = 0; asked < 20; asked++) {
      close();
      fill(jobs[1]);
    }
    t.true(closings().length <= 8 * (second + 2), "a few a second");
  }
  t.is(jobs[0].peers.size, 20);
  t.is(jobs[1].peers.size, 20);
});

for (const [weight, ...sizes] of [
  [1, 22, 22],
  [2, 29, 15],
  [8, 39, 5],
] as const) {
  test(`a torrent of weight ${weight} has ${sizes[0]} of 44 connections beside a torrent of weight 1`, (t) => {
    const { engine, fill, jobs, close } = scene(44, 2);
    const [heavy, light] = jobs;
    heavy.weight = torrentWeight(weight);
    fill(light);
    for (let second = 0; second < 6; second++) {
      engine.network.closedForRoomThisSecond = 0;
      for (let asked = 0; asked < 20; asked++) {
        close();
        fill(heavy);
        fill(light);
      }
    }
    t.deepEqual([heavy.peers.size, light.peers.size], sizes);
  });
}

test("the lightest torrent has a connection", (t) => {
  const { fill, jobs } = scene(40, 2);
  jobs[0].weight = torrentWeight(1 / 64);
  jobs[1].weight = torrentWeight(64);
  t.true(fill(jobs[1]) >= 37);
  t.true(fill(jobs[0]) >= 1);
});

test("no peer is closed for a torrent that has its share", (t) => {
  const { fill, jobs, closings } = scene(30, 3);
  for (const job of jobs) {
    while (job.peers.size < 10 && fill(job) > 0);
  }
  const before = closings().length;
  t.is(fill(jobs[0]), 0);
  t.is(closings().length, before);
});

test("dials count as connections", (t) => {
  const { engine, jobs, peerWorker, fill } = scene(10, 1);
  for (let port = 1; port <= 10; port++) peerWorker(0).dials.add(jobs[0].id, "8.0.0.2", port);
  t.false(makeRoomFor(engine, jobs[0]));
  peerWorker(0).dials.remove(jobs[0].id, "8.0.0.2", 1);
  t.is(fill(jobs[0]), 1);
});

test("a tick counts the connections of each torrent once, however many torrents wait for room", (t) => {
  const { engine, addJob, peerWorker } = makeScene({ connections: 3 });
  const count = 40;
  for (let index = 0; index < count; index++) {
    const job = addJob({ webSeeds: [`http://${index}.example/`] });
    job.directory.add("8.8.8.8", 1_000 + index, "tracker-internet", "a tracker");
  }
  const { dials } = peerWorker(0);
  const counted = dials.count.bind(dials);
  let looks = 0;
  dials.count = (torrent) => {
    looks++;
    return counted(torrent);
  };
  for (let ticks = 0; ticks < 4; ticks++) tick(engine);
  t.true(looks < 40 * count, `${looks} looks at ${count} torrents in four ticks`);
});

test("with all connections used and none to close, no further torrent is looked at", (t) => {
  const shared = sharingTorrents({ connections: 20, weights: Array<number>(200).fill(1) });
  shared.run(60);
  let looks = 0;
  for (const { directory } of shared.jobs) {
    const hasAny = directory.hasAny.bind(directory);
    directory.hasAny = (...permits) => {
      looks++;
      return hasAny(...permits);
    };
  }
  for (let calls = 0; calls < 10; calls++) dialMore(shared.engine);
  t.true(looks <= 10 * 2, `${looks} looks in ten calls`);
});

test("L06: the engine has 500 connections, those that its settings say, or those that its descriptors allow", (t) => {
  const { engine, fill, jobs, closings } = scene(600, 1);
  t.is(fill(jobs[0]), 500);
  changeSettings(engine, { changes: { maxConnections: 550 } });
  t.is(fill(jobs[0]), 50);
  changeSettings(engine, { changes: { maxConnections: 10_000 } });
  t.is(fill(jobs[0]), 50, "600 descriptors");
  t.deepEqual(closings(), []);
});

test("L06: a torrent that may have more than 500 connections gets them, unless all may have fewer", (t) => {
  const { engine, fill, jobs } = scene(2_000, 1);
  changeTorrentSettings(engine, jobs[0], { torrent: jobs[0].id, changes: { maxPeers: 1_300 } });
  t.is(fill(jobs[0]), 1_300);
  changeSettings(engine, { changes: { maxConnections: 1_000 } });
  t.is(fill(jobs[0]), 0);
});

test("L06: a lowered bound closes the latest connections of the torrents that have the most", (t) => {
  const { engine, fill, jobs, close } = scene(60, 3);
  const counts = (): readonly number[] => jobs.map(({ peers }) => peers.size);
  fill(jobs[0]);
  const before = counts();
  for (const job of jobs.slice(1)) fill(job);
  t.true((before[0] ?? 0) > 50);
  changeSettings(engine, { changes: { maxConnections: 12 } });
  close();
  t.is(
    counts().reduce((sum, count) => sum + count, 0),
    12,
  );
  changeSettings(engine, { changes: { maxConnections: null } });
  t.true(fill(jobs[1]) > 10);
});

test("L06: ten times as many torrents as connections share them in turns, and none starves", (t) => {
  const connections = isLong ? 200 : 20;
  const weights = Array<number>(10 * connections).fill(1);
  const shared = sharingTorrents({ connections, weights });
  shared.run(300);
  const seconds = shared.run(900);
  const [sum, squares] = [
    seconds.reduce((total, each) => total + each, 0),
    seconds.reduce((total, each) => total + each ** 2, 0),
  ];
  const jain = sum ** 2 / (seconds.length * squares);
  const figures = `Jain ${jain.toFixed(3)}, ${Math.min(...seconds)} to ${Math.max(...seconds)} s`;
  t.log(figures, `${((100 * sum) / (connections * 900)).toFixed(0)} % of the connections used`);
  t.true(jain >= 0.9, figures);
  t.true(Math.min(...seconds) > 30, figures);
  t.true(sum >= 0.9 * connections * 900, figures);
  t.true(shared.mostUsed() <= connections);
});

test("L06: torrents in turns are connected in the ratio of their weights", (t) => {
  const weights = Array.from({ length: 300 }, (_, index) => [4, 2, 1][index % 3] ?? 1);
  const shared = sharingTorrents({ connections: 30, weights });
  shared.run(600);
  const seconds = shared.run(3_000);
  const of = (weight: number): number =>
    seconds.reduce((total, each, index) => total + (weights[index] === weight ? each : 0), 0);
  const ratios = [of(4) / of(1), of(2) / of(1)];
  t.log(`${ratios.map((ratio) => ratio.toFixed(2)).join(" : ")} : 1`);
  t.true(Math.abs((ratios[0] ?? 0) / 4 - 1) <= 0.1, String(ratios));
  t.true(Math.abs((ratios[1] ?? 0) / 2 - 1) <= 0.1, String(ratios));
});
