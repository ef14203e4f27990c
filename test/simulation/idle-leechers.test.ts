// Peers that are interested and request nothing hold the slots before a peer that downloads.

import test from "ava";
import { encodeHandshake, ownReservedBits } from "@troupe/protocol/peer";
import { interested } from "@troupe/load-peers/misbehaving";
import { enginePort } from "../support/simulated/engine/engine.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const to = { host: engineHost, port: enginePort };

/** @returns Time from the leecher's start to its first piece, behind so many idlers. */
async function firstPieceMs(idlers: number, hosts: readonly string[]): Promise<number> {
  const swarm = new SimulatedSwarm(calmScenario(idlers));
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, { maxPeers: 300 });
  swarm.fillDisk(engine.machine);
  await world.settle(engine.add(torrent, "seed-only"));
  await world.runUntil(() => engine.jobs[0]?.state === "active");
  const { sockets } = world.machine({ addresses: hosts }).ports("idlers");
  for (let idler = 0; idler < idlers; idler++) {
    const peerId = Buffer.from(`-ID0001-${String(idler).padStart(12, "0")}`);
    const { infoHash } = torrent.metainfo;
    const handshake = encodeHandshake({ infoHash, peerId, reserved: ownReservedBits() });
    const handlers = { bytes: () => {}, closed: () => {} };
    const localHost = hosts[idler % hosts.length] ?? "";
    const stream = sockets.dial(to, handlers, { timeoutMs: 10_000, localHost });
    stream.write(handshake);
    stream.write(interested);
  }
  await world.runUntil(() => engine.jobs[0]?.peers.connectedCount === idlers, 60_000);
  const startedAtMs = world.scheduler.nowMs;
  const leecher = await swarm.addPeer({ ...honestSeeder, hasShare: 0, wants: true, dials: [to] });
  const pieces = leecher.missingCount;
  await world.runUntil(() => leecher.missingCount < pieces, 600_000);
  return world.scheduler.nowMs - startedAtMs;
}

for (const [idlers, mostMs] of [
  [4, 2_000],
  [16, 4_000],
  [200, 8_000],
] as const) {
  test(`behind ${idlers} idle peers of as many addresses the first piece comes within ${mostMs / 1_000} s`, async (t) => {
    const hosts = Array.from({ length: idlers }, (_, n) => `45.50.0.${n + 1}`);
    const tookMs = await firstPieceMs(idlers, hosts);
    t.true(tookMs < mostMs, `${tookMs} ms`);
  });
}

test("four connections of one address have one slot while another address waits", async (t) => {
  const tookMs = await firstPieceMs(4, ["45.50.0.1"]);
  t.true(tookMs < 500, `${tookMs} ms`);
});
