// The cost of a look-up beside that of an admission, in the engine's own code and with random addresses.

import { IpFilter } from "@troupe/messages";
import { admitPeer } from "../../packages/coordinator/src/torrent/swarm/peers.ts";
import { idBytes, makeScene } from "../../packages/coordinator/test/support/engine-scene.ts";
import { ip4 } from "./lists.ts";

const batches = 400;
/** Peers that the torrent has at the end of a batch. */
const batchPeers = 100;

/** Microseconds. */
export interface Costs {
  readonly lookUp: number;
  /** Without the messages between peer-worker and engine. */
  readonly admission: number;
}

/** @param memory A list. */
export function measureCosts(memory: SharedArrayBuffer): Costs {
  const hosts = Array.from({ length: batchPeers * batches }, (_, i) =>
    ip4(Math.imul(i + 1, 2_654_435_761)),
  );
  const filter = new IpFilter({ ranges: memory });
  const lookUp = (): number =>
    microsecondsOf(() => {
      for (const host of hosts) filter.has(host);
    }) / hosts.length;
  // The first measurement of each compiles the code.
  lookUp();
  measureAdmission(hosts);
  return { lookUp: lookUp(), admission: measureAdmission(hosts) };
}

/** The answer to `admit` for peers that are admitted. */
function measureAdmission(hosts: readonly string[]): number {
  const { engine, addJob, peerWorker } = makeScene();
  const worker = peerWorker(0);
  const job = addJob({ maxPeers: 2 * batchPeers });
  const questions = hosts.map((host, place) => ({
    torrent: job.id,
    host,
    port: 6_881,
    peerId: idBytes(String(place)),
    isIncoming: place % 2 === 1,
  }));
  let microseconds = 0;
  for (let at = 0; at < questions.length; at += batchPeers) {
    const batch = questions.slice(at, at + batchPeers);
    microseconds += microsecondsOf(() => {
      for (const question of batch) admitPeer(engine, job, worker, question);
    });
    // Forgets them.
    job.peers.sweep(Infinity);
  }
  return microseconds / questions.length;
}

function microsecondsOf(act: () => void): number {
  const began = process.threadCpuUsage();
  act();
  const { user, system } = process.threadCpuUsage(began);
  return user + system;
}
