// A seeder whose line is full, with leechers over TCP and over uTP.

import test from "ava";
import type { LiveEngineSettings } from "@troupe/control";
import { isLong } from "../support/lanes.ts";
import { PeerField } from "@troupe/messages";
import { enginePort, type SimulatedEngine } from "../support/simulated/engine/engine.ts";
import type { SimulatedTorrent } from "../support/simulated/swarm/torrent.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const bytesPerSecond = 1_000_000;
/** All datagrams of a machine together have the share of the line that one connection has. */
const transports = ["tcp", "tcp", "tcp", "tcp", "utp", "utp", "utp", "utp"] as const;
const warmUpMs = 10_000;
const windowMs = isLong ? 20_000 : 10_000;
/** More than a leecher gets. */
const lengthBytes = (isLong ? 24 : 10) << 20;

/** @returns The part of the seeder's uploads that leechers over uTP got, and the limit of TCP at the end. */
async function utpPart(mixedMode: NonNullable<LiveEngineSettings["mixedMode"]>) {
  const swarm = new SimulatedSwarm(calmScenario(1, { fileLengths: [lengthBytes] }));
  const { torrent, world } = swarm;
  const line = { upBytesPerSecond: bytesPerSecond, downBytesPerSecond: bytesPerSecond };
  const seeder = await swarm.addEngine(engineHost, {}, line);
  swarm.fillDisk(seeder.machine);
  seeder.set({ mixedMode });
  await world.settle(seeder.add(torrent));
  swarm.tracker.add({ host: engineHost, port: enginePort });
  for (const [place, transport] of transports.entries()) {
    // One after the other, for the same trace each time.
    // oxlint-disable-next-line no-await-in-loop
    const leecher = await swarm.addEngine(`45.9.2.${place + 1}`, { transport });
    // Leechers get everything from the seeder.
    leecher.set({ peerExchange: false, "limits.up": 1_000 });
    // oxlint-disable-next-line no-await-in-loop
    await world.settle(leecher.add(torrent));
  }
  const sent = () => uploadsOf(seeder, torrent);
  await world.run(warmUpMs);
  const before = sent();
  await world.run(windowMs);
  const [tcp, utp] = [sent().tcp - before.tcp, sent().utp - before.utp];
  return { part: utp / (tcp + utp), total: tcp + utp, limit: seeder.engine?.rates.tcpLimit };
}

/** Bytes that the engine has sent to its peers, by transport. */
function uploadsOf(seeder: SimulatedEngine, torrent: SimulatedTorrent) {
  const sums = { tcp: 0, utp: 0 };
  const job = seeder.jobOf(torrent);
  for (const { kind, rowIndex, worker } of job?.peers.connected() ?? []) {
    const row = job?.content?.traffic.row(worker, rowIndex);
    sums[kind?.transport ?? "tcp"] += row?.field(PeerField.uploadedBytes) ?? 0;
  }
  return sums;
}

test("proportional: peers over uTP get their part of a full line beside TCP, and the line stays full", async (t) => {
  const { limit, part, total } = await utpPart("proportional");
  t.log({ part, total, limit });
  t.true(part > 0.35 && part < 0.65, `${part}`);
  t.true(total > 0.85 * bytesPerSecond * (windowMs / 1_000), `${total}`);
  t.is(limit?.kind, "limited");
});

test("prefer-tcp: TCP has no limit, and takes most of a full line", async (t) => {
  const { limit, part } = await utpPart("prefer-tcp");
  t.log({ part });
  t.true(part < 0.3, `${part}`);
  t.is(limit?.kind, "free");
});
