// Peers that request what a super-seed has not shown to them, in virtual time, beside an honest leecher.

import test from "ava";
import { ownReservedBits } from "@troupe/protocol/peer";
import {
  interested,
  many,
  type RawConnection,
  RawConnectionClosed,
  request,
} from "@troupe/load-peers/misbehaving";
import { dialConnection, targetOf } from "../support/hostile/port-connection.ts";
import { enginePort, type SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { FairSwarm } from "../support/simulated/fairness/fair-swarm.ts";

const line = { upBytesPerSecond: 250_000, downBytesPerSecond: 1_000_000 };
const lengthBytes = 4 << 20;
const hostileHost = "45.66.6.6";

/** Requests all pieces from the last to the first, over and over, shown or hidden. */
async function requestEverything(connection: RawConnection, hasFast: boolean): Promise<void> {
  try {
    await connection.shakeHands({ reserved: ownReservedBits({ hasFast }) });
    await connection.remotePiece();
    await connection.send(interested);
    await connection.unchoked();
    const { pieceCount } = connection;
    const requests = Array.from({ length: pieceCount }, (_, piece) =>
      request(pieceCount - 1 - piece, 0, 16_384),
    );
    await connection.sendForEver(many(4, Buffer.concat(requests)));
  } catch (error) {
    if (!(error instanceof RawConnectionClosed)) throw error;
  }
}

interface Meeting {
  readonly reasons: readonly string[];
  /** Time from the leecher's start to its last piece. */
  readonly tookMs: number;
  /** Requests of the connected peer without the fast extension that were ignored. */
  readonly ignoredRequests: number;
}

async function meet(hasFast: boolean): Promise<Meeting> {
  const swarm = new FairSwarm({ seed: 1, lengthBytes, line });
  const { engine, host } = await swarm.addSeeder(line, {}, { settings: { superSeed: true } });
  const leecher = await swarm.addLeecher();
  const { content, metainfo } = swarm.swarm.torrent;
  const machine = swarm.swarm.world.machine({ addresses: [hostileHost], line });
  const connection = dialConnection(
    machine.ports("hostile"),
    { host, port: enginePort },
    {
      target: targetOf(metainfo.infoHash, content, metainfo.geometry.pieceLengthBytes),
      peerId: Buffer.from("-XX0000-hostile00000"),
      bytesPerSecond: 100_000,
    },
  );
  const misbehaving = requestEverything(connection, hasFast);
  // The hostile peer passes no piece on, so the swarm takes longer.
  await swarm.untilComplete([leecher], 180_000);
  const ignoredRequests = ignoredOf(engine);
  connection.close();
  await swarm.swarm.world.settle(misbehaving);
  return {
    reasons: reasonsOf(engine),
    tookMs: leecher.tookMs ?? Infinity,
    ignoredRequests,
  };
}

function ignoredOf({ workers }: SimulatedEngine): number {
  return workers
    .flatMap((worker) => [...worker.contents()])
    .flatMap(({ sessions }) => [...sessions])
    .filter(({ identity }) => identity.host === hostileHost)
    .reduce((sum, { features }) => sum + (features.shown?.ignoredRequests ?? 0), 0);
}

function reasonsOf({ events }: SimulatedEngine): readonly string[] {
  return events.flatMap((event) =>
    event.event === "peer" && !event.connected && event.address.startsWith(`${hostileHost}:`)
      ? [event.reason ?? "none"]
      : [],
  );
}

test.serial(
  "B08: a peer with the fast extension that requests hidden pieces gets rejects, and is closed after 5,000",
  async (t) => {
    const { reasons, tookMs } = await meet(true);
    t.deepEqual(reasons, ["hidden-requests"]);
    t.true(tookMs <= 30_000, `the honest leecher took ${tookMs / 1_000} s`);
  },
);

test.serial(
  "B08: without the fast extension the hostile peer is ignored and stays, and the honest leecher completes",
  async (t) => {
    const { ignoredRequests, reasons, tookMs } = await meet(false);
    t.deepEqual(reasons, []);
    t.true(ignoredRequests > 10_000, `${ignoredRequests}`);
    t.true(tookMs <= 150_000, `the honest leecher took ${tookMs / 1_000} s`);
  },
);
