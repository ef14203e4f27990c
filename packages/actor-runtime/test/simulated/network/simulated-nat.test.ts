import test from "ava";

import type { NatOptions } from "../../../src/simulated/network/simulated-nat.ts";
import { SimulatedWorld } from "../../../src/simulated/simulated-world.ts";
import { Inbox } from "../../io/support/datagrams-suite.ts";
import { bytesOfText } from "../../support/text-bytes.ts";

const router = "45.10.1.1";
const strangers = ["45.10.2.1", "45.10.2.2"] as const;

/** A machine behind a router, and two on the internet; all receive at port 6881. */
async function home(options: Partial<NatOptions> = {}) {
  const world = new SimulatedWorld({ seed: "nat" });
  const inside = world.machine({
    addresses: ["192.168.1.9"],
    nat: { host: router, ...options },
  });
  const receive = async (machine: typeof inside, port = 6_881) => {
    const inbox = new Inbox();
    const { datagrams } = machine.ports("test");
    const socket = await world.settle(datagrams.bind({ host: "0.0.0.0", port }, inbox));
    return { inbox, socket };
  };
  const own = await receive(inside);
  const machines = strangers.map((host) => world.machine({ addresses: [host] }));
  /** Another socket of a stranger. */
  const moreOf = (at: number) => receive(machines[at] ?? inside, 6_882);
  const [first, second] = [
    await receive(machines[0] ?? inside),
    await receive(machines[1] ?? inside),
  ];
  /** @returns The address that the receiver sees. */
  const seenBy = async (other: typeof first, at: number) => {
    own.socket.send(bytesOfText("question"), { host: strangers[at] ?? "", port: 6_881 });
    await world.run(1_000);
    return other.inbox.senders.at(-1);
  };
  return { world, inside, own, first, second, seenBy, moreOf };
}

test("a machine behind a router is seen at the router's address, at another port", async (t) => {
  const { first, second, seenBy } = await home();
  const seen = await seenBy(first, 0);
  t.is(seen?.host, router);
  t.not(seen?.port, 6_881);
  t.deepEqual(await seenBy(second, 1), seen);
});

test("a symmetric router gives another port for each remote address", async (t) => {
  const { first, second, seenBy } = await home({ isSymmetric: true });
  const seen = await seenBy(first, 0);
  t.notDeepEqual(await seenBy(second, 1), seen);
  t.deepEqual(await seenBy(first, 0), seen);
});

test("only remote addresses that the machine has sent to get through, for two minutes", async (t) => {
  const { world, own, first, second, seenBy } = await home();
  const seen = await seenBy(first, 0);
  const to = { host: router, port: seen?.port ?? 0 };
  first.socket.send(bytesOfText("answer"), to);
  second.socket.send(bytesOfText("unasked"), to);
  await world.run(1_000);
  t.deepEqual(own.inbox.texts, ["answer"]);
  await world.run(120_000);
  first.socket.send(bytesOfText("late"), to);
  await world.run(1_000);
  t.deepEqual(own.inbox.texts, ["answer"]);
  t.notDeepEqual(await seenBy(first, 0), seen);
});

for (const [letsIn, heard] of [
  ["any", ["same host", "other port", "stranger"]],
  ["hosts", ["same host", "other port"]],
  ["addresses", ["same host"]],
] as const) {
  test(`a router that lets in ${letsIn} passes ${heard.join(", ")}`, async (t) => {
    const { world, own, first, second, seenBy, moreOf } = await home({ letsIn });
    const seen = await seenBy(first, 0);
    const to = { host: router, port: seen?.port ?? 0 };
    const other = await moreOf(0);
    for (const [socket, text] of [
      [first.socket, "same host"],
      [other.socket, "other port"],
      [second.socket, "stranger"],
    ] as const) {
      socket.send(bytesOfText(text), to);
      // In this order.
      // oxlint-disable-next-line no-await-in-loop
      await world.run(1_000);
    }
    t.deepEqual(own.inbox.texts, [...heard]);
    await world.run(120_000);
    for (const { socket } of [first, other, second]) socket.send(bytesOfText("late"), to);
    await world.run(1_000);
    t.is(own.inbox.texts.length, heard.length);
  });
}

test("forwarded ports lead to the machine, for UDP and TCP", async (t) => {
  const { world, inside, own, second, first, seenBy } = await home({
    udpPorts: new Map([[7_000, 6_881]]),
    tcpPorts: new Map([[7_001, 6_889]]),
  });
  second.socket.send(bytesOfText("hello"), { host: router, port: 7_000 });
  await world.run(1_000);
  t.deepEqual(own.inbox.texts, ["hello"]);
  t.deepEqual(await seenBy(first, 0), { host: router, port: 7_000 });
  let accepted = 0;
  await world.settle(
    inside.sockets.listen({ host: "0.0.0.0", port: 6_889 }, () => {
      accepted += 1;
      return { bytes() {}, closed() {} };
    }),
  );
  const { sockets } = world.machine({ addresses: ["45.10.2.3"] });
  const ends: (string | undefined)[] = [];
  const handlers = {
    bytes() {},
    closed: (_: unknown, reason: string | undefined) => ends.push(reason),
  };
  for (const port of [7_001, 6_889]) {
    sockets.dial({ host: router, port }, handlers, { timeoutMs: 1_000 });
  }
  await world.run(1_000);
  t.deepEqual([accepted, ends], [1, ["ECONNREFUSED"]]);
});
