// Torrents with more addresses than the engine may have connections, whose peers answer each dial at once.

import { torrentWeight } from "@troupe/messages";
import { dialMore } from "../../src/torrent/swarm/dial-schedule.ts";
import { admitPeer, peerClosed, peerOpened } from "../../src/torrent/swarm/peers.ts";
import type { TorrentJob } from "../../src/torrent/torrent-job.ts";
import { addressOf } from "./directory.ts";
import { idBytes, makeScene, rowIndex } from "./engine-scene.ts";

const port = 6_881;
const addressesEach = 3;

interface SharingOptions {
  readonly connections: number;
  readonly weights: readonly number[];
}

/** Torrents of these weights, and the seconds that each has spent connected. */
export function sharingTorrents({ connections, weights }: SharingOptions) {
  const scene = makeScene({ limits: { maxConnections: connections } });
  const { engine, time } = scene;
  const [worker, ref] = [scene.peerWorker(0), scene.ref(0)];
  const jobs = weights.map((weight, torrent) => {
    const job = scene.addJob();
    job.weight = torrentWeight(weight);
    for (let n = 0; n < addressesEach; n++)
      job.directory.add(addressOf(addressesEach * torrent + n), port, "tracker-internet");
    return job;
  });
  const byId = new Map<number, TorrentJob>(jobs.map((job) => [job.id, job]));
  const connectedSeconds = jobs.map(() => 0);
  let [nextRow, mostUsed] = [0, 0];
  const take = (): void => {
    const sent = ref.sent.splice(0);
    ref.credits = 1_024;
    for (const { name, message } of sent) {
      if (name === "dial") open(message as { torrent: number; host: string });
      if (name === "close-peer") close(message as { torrent: number; peer: number });
    }
  };
  const jobOf = (torrent: number): TorrentJob => {
    const job = byId.get(torrent);
    if (job === undefined) throw new Error(`no torrent ${torrent}`);
    return job;
  };
  const open = ({ torrent, host }: { torrent: number; host: string }): void => {
    const job = jobOf(torrent);
    const row = nextRow++;
    const peer = { torrent: job.id, host, port, peerId: idBytes(`${row}`), isIncoming: false };
    admitPeer(engine, job, worker, peer);
    const kind = { transport: "tcp", encryption: "none" } as const;
    peerOpened(engine, job, worker, { ...peer, peer: rowIndex(row), kind });
  };
  const close = ({ torrent, peer }: { torrent: number; peer: number }): void => {
    const job = jobOf(torrent);
    const connected = job.peers.at(0, rowIndex(peer));
    if (connected === undefined) return;
    const figures = { downloadedBytes: 0, uploadedBytes: 0, isFault: false, isIncoming: false };
    const reason = "connections-short";
    const { host } = connected;
    peerClosed(engine, job, worker, {
      ...{ torrent: job.id, peer: rowIndex(peer), host, port, reason, ...figures },
    });
  };
  const runSecond = (): void => {
    engine.network.closedForRoomThisSecond = 0;
    engine.network.retriesThisSecond = 0;
    dialMore(engine);
    for (let step = 0; step < 10; step++) {
      take();
      time.advance(100);
    }
    let used = 0;
    for (const [index, { peers }] of jobs.entries()) {
      connectedSeconds[index] = (connectedSeconds[index] ?? 0) + peers.size;
      used += peers.size;
    }
    mostUsed = Math.max(mostUsed, used);
  };
  return {
    ...scene,
    jobs,
    /** The most connections at a time. */
    mostUsed: () => mostUsed,
    /** @returns The seconds that each torrent was connected during the run, times its connections. */
    run(seconds: number): readonly number[] {
      connectedSeconds.fill(0);
      for (let second = 0; second < seconds; second++) runSecond();
      return [...connectedSeconds];
    },
  };
}
