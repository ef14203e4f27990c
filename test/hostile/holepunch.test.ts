// Relays that order an engine to dial victims (BEP 55), in virtual time: bytes out beside bytes in.

import test from "ava";
import { encodeHolepunch } from "@troupe/protocol/peer";
import { extended, type HostilePeer, type RawConnection } from "@troupe/load-peers/misbehaving";
import { Visits } from "../support/simulated/runs/hostility.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

/** Our id of the extension, which our handshake names. */
const ourId = 5;
const synBytes = 20;
const sendsOfSyn = 3;
const ordersPerMinute = 30;
const dialsOfHost = 2;
const minutes = 5;
const minuteMs = 60_000;

interface Victim {
  readonly host: string;
  readonly ports: readonly number[];
}

/** Connections of one relay order the engine to dial the victims, again and again. @returns Bytes of the orders, and at the victims. */
async function reflect(victims: readonly Victim[], connections: number) {
  const swarm = new SimulatedSwarm(calmScenario(1));
  const { torrent, world } = swarm;
  const engine = await swarm.addEngine(engineHost);
  const received = { datagrams: 0, bytes: 0, longest: 0 };
  for (const { host, ports } of victims) {
    const { datagrams } = world.machine({ addresses: [host] }).ports("victim");
    const handlers = {
      received(bytes: Uint8Array): void {
        received.datagrams++;
        received.bytes += bytes.length;
        received.longest = Math.max(received.longest, bytes.length);
      },
    };
    for (const port of ports)
      // One socket after the other, for the same trace each time.
      // oxlint-disable-next-line no-await-in-loop
      await world.settle(datagrams.bind({ host: "0.0.0.0", port }, handlers));
  }
  const orders = victims.flatMap(({ host, ports }) =>
    ports.map((port) => encodeHolepunch(ourId, { kind: "connect", host, port })),
  );
  const known = orders.filter((order) => order !== undefined);
  const relay: HostilePeer = {
    name: "hostile-relay",
    does: "orders dials without end",
    cases: [57],
    connections,
    misbehave: (connection) => orderForEver(connection, known),
  };
  const visits = new Visits(relay, swarm, 1_000_000);
  await world.settle(engine.add(torrent));
  await world.runUntil(() => engine.jobs[0]?.state === "active");
  visits.begin();
  await world.run(minutes * minuteMs);
  visits.end();
  await swarm.settle();
  const begun = engine.engine?.metrics.holepunches
    .read()
    .find(({ labels }) => labels["event"] === "begun")?.value;
  return {
    begun: begun ?? 0,
    crashes: engine.crashes,
    orderBytes: known[0]?.length ?? 0,
    received,
  };
}

/** A few orders a second: more of them close the connection. */
async function orderForEver(
  connection: RawConnection,
  orders: readonly Uint8Array[],
): Promise<void> {
  await connection.shakeHands();
  await connection.send(extended(0, "d1:md12:ut_holepunchi7eee"));
  await connection.pause(1_000);
  for (let turn = 0; ; turn++) {
    const order = orders[turn % orders.length];
    // One order after the other.
    // oxlint-disable-next-line no-await-in-loop
    if (order !== undefined) await connection.send(order);
    // oxlint-disable-next-line no-await-in-loop
    await connection.pause(1_000);
  }
}

test("case 57: whatever relays order, a victim gets two dials of three SYNs an hour: 120 bytes, over all its ports", async (t) => {
  const victim = { host: "46.1.1.1", ports: [7_001, 7_002, 7_003, 7_004] };
  const { begun, crashes, received } = await reflect([victim], 3);
  t.deepEqual(crashes, []);
  t.is(begun, dialsOfHost);
  t.is(received.longest, synBytes);
  t.is(received.bytes, dialsOfHost * sendsOfSyn * synBytes);
});

test("case 57: an order of 18 bytes sends 60 bytes to a stranger, and 30 orders a minute are obeyed: 1,800 bytes a minute in all", async (t) => {
  const victims = Array.from({ length: 250 }, (_, at) => ({
    host: `46.${at + 1}.1.1`,
    ports: [7_000],
  }));
  const { begun, crashes, orderBytes, received } = await reflect(victims, 3);
  t.deepEqual(crashes, []);
  t.is(orderBytes, 18);
  t.true(begun >= (minutes - 1) * ordersPerMinute, `${begun} dials`);
  t.true(begun <= minutes * ordersPerMinute, `${begun} dials`);
  t.is(received.longest, synBytes);
  t.true(received.bytes <= begun * sendsOfSyn * synBytes, `${received.bytes} bytes`);
  t.true(received.bytes > 0.9 * begun * sendsOfSyn * synBytes, `${received.bytes} bytes`);
});
