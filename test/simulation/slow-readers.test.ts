// Peers that request blocks and hardly read hold the slots of a seed before a peer that downloads.

import test from "ava";
import {
  misbehave,
  request,
  waitForUnchoke,
  type HostilePeer,
} from "@troupe/load-peers/misbehaving";
import { dialConnection, targetOf } from "../support/hostile/port-connection.ts";
import { isLong } from "../support/lanes.ts";
import { enginePort } from "../support/simulated/engine/engine.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const to = { host: engineHost, port: enginePort };
const blockBytes = 16_384;

/** It takes what the window of its connection has room for, which is all that a reader of 200 B/s takes in minutes. */
const slowReader: HostilePeer = {
  name: "slow-reader",
  does: "requests 64 blocks and reads none",
  cases: [],
  async misbehave(connection) {
    const piece = await waitForUnchoke(connection);
    connection.stopReading();
    const requests = Array.from({ length: 64 }, () => request(piece, 0, blockBytes));
    await connection.send(Buffer.concat(requests));
    await connection.closed;
  },
};

/** @returns Time from the leecher's start to its first piece, behind so many slow readers. */
async function firstPieceMs(readers: number, pieceLengthBytes: number): Promise<number> {
  const swarm = new SimulatedSwarm(calmScenario(readers, { pieceLengthBytes }));
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, {
    maxPeers: 1_000,
    memoryBytes: 64 << 20,
  });
  swarm.fillDisk(engine.machine);
  await world.settle(engine.add(torrent, "seed-only"));
  await world.runUntil(() => engine.jobs[0]?.state === "active");
  const hosts = Array.from({ length: readers }, (_, n) => `45.50.${n >> 7}.${1 + (n & 127)}`);
  const ports = world.machine({ addresses: hosts }).ports("slow readers");
  const target = targetOf(torrent.metainfo.infoHash, torrent.content, pieceLengthBytes);
  for (const [n, localHost] of hosts.entries()) {
    const peerId = Buffer.from(`-SR0001-${String(n).padStart(12, "0")}`);
    void misbehave(slowReader, dialConnection(ports, to, { target, peerId, localHost }));
  }
  await world.runUntil(() => engine.jobs[0]?.peers.connectedCount === readers, 60_000);
  const startedAtMs = world.scheduler.nowMs;
  const leecher = await swarm.addPeer({ ...honestSeeder, hasShare: 0, wants: true, dials: [to] });
  const pieces = leecher.missingCount;
  await world.runUntil(() => leecher.missingCount < pieces, 600_000);
  return world.scheduler.nowMs - startedAtMs;
}

for (const readers of isLong ? [24, 100, 400] : [24, 100]) {
  test(`behind ${readers} slow readers a newcomer has its first piece within 10 s`, async (t) => {
    const tookMs = await firstPieceMs(readers, blockBytes);
    t.log(`${Math.round(tookMs)} ms`);
    t.true(tookMs <= 10_000, `${tookMs} ms`);
  });
}
