import test from "ava";

import type { DatagramConditions } from "../../../src/simulated/network/simulated-datagrams.ts";
import { SimulatedWorld } from "../../../src/simulated/simulated-world.ts";
import { datagramsSuite, Inbox } from "../../io/support/datagrams-suite.ts";
import { bytesOfText } from "../../support/text-bytes.ts";

datagramsSuite(test, () => {
  const world = new SimulatedWorld({ seed: "suite" });
  const { datagrams } = world.machine({ addresses: ["10.0.0.1"] }).ports("test");
  return { datagrams, host: "10.0.0.1", settle: (promise) => world.settle(promise) };
});

/** Two machines; the second one's inbox after `count` numbered datagrams of the first. */
async function carried(
  seed: string,
  conditions: Partial<DatagramConditions>,
  count = 1_000,
): Promise<{ readonly texts: readonly string[]; readonly trace: string }> {
  const world = new SimulatedWorld({ seed, datagrams: conditions });
  const [a, b] = [
    world.machine({ addresses: ["10.0.0.1"] }).ports("a"),
    world.machine({ addresses: ["10.0.0.2", "2001:db8::2"] }).ports("b"),
  ];
  const inbox = new Inbox();
  await world.settle(b.datagrams.bind({ host: "0.0.0.0", port: 5 }, inbox));
  const sender = await world.settle(a.datagrams.bind({ host: "0.0.0.0", port: 5 }, new Inbox()));
  for (let i = 0; i < count; i++) sender.send(bytesOfText(`${i}`), { host: "10.0.0.2", port: 5 });
  await world.run(1_000);
  return { texts: inbox.texts, trace: world.traceDigest() };
}

test("a share of the datagrams is lost, and another one arrives twice", async (t) => {
  const { texts } = await carried("loss", { lossChance: 0.2, duplicateChance: 0.1 });
  const seen = new Set(texts);
  t.true(seen.size > 750 && seen.size < 850, `${seen.size} of 1,000`);
  t.true(texts.length > seen.size * 1.05 && texts.length < seen.size * 1.15);
});

test("datagrams overtake each other", async (t) => {
  const { texts } = await carried("order", {});
  t.is(texts.length, 1_000);
  t.notDeepEqual(
    texts,
    texts.toSorted((one, other) => Number(one) - Number(other)),
  );
});

test("the same seed loses the same datagrams", async (t) => {
  const conditions = { lossChance: 0.5 };
  const first = await carried("7", conditions);
  t.deepEqual(await carried("7", conditions), first);
  t.notDeepEqual((await carried("8", conditions)).texts, first.texts);
});

test("more than 1,500 bytes, an unknown address, a black hole and the other family carry nothing", async (t) => {
  const world = new SimulatedWorld({ seed: "hole" });
  const [a, b] = [
    world.machine({ addresses: ["10.0.0.1"] }).ports("a"),
    world.machine({ addresses: ["10.0.0.2"] }).ports("b"),
  ];
  const [sender, inbox] = [new Inbox(), new Inbox()];
  await world.settle(b.datagrams.bind({ host: "0.0.0.0", port: 5 }, inbox));
  const socket = await world.settle(a.datagrams.bind({ host: "0.0.0.0", port: 0 }, sender));
  const to = { host: "10.0.0.2", port: 5 };
  socket.send(new Uint8Array(1_501), to);
  socket.send(bytesOfText("x"), { host: "2001:db8::2", port: 5 });
  t.deepEqual(sender.refusals, ["EMSGSIZE", "ENETUNREACH"]);
  socket.send(bytesOfText("x"), { host: "10.0.0.3", port: 5 });
  world.network.setBlackHole("10.0.0.1", "10.0.0.2", true);
  socket.send(bytesOfText("x"), to);
  await world.run(1_000);
  t.deepEqual(inbox.texts, []);
  world.network.setBlackHole("10.0.0.1", "10.0.0.2", false);
  socket.send(new Uint8Array(1_500), to);
  await world.run(1_000);
  t.is(inbox.texts.length, 1);
});

test("every member of a group gets a datagram to the group, the sender too", async (t) => {
  const world = new SimulatedWorld({ seed: "group" });
  const group = { host: "239.192.152.143" };
  const inboxes = [];
  const sockets = [];
  for (let i = 1; i <= 3; i++) {
    const { datagrams } = world.machine({ addresses: [`10.0.0.${i}`] }).ports("test");
    const inbox = new Inbox();
    inboxes.push(inbox);
    const joins = i < 3 ? { group } : {};
    sockets.push(
      await world.settle(datagrams.bind({ host: "0.0.0.0", port: 6_771, ...joins }, inbox)),
    );
  }
  sockets[0]?.send(bytesOfText("all"), { host: group.host, port: 6_771 });
  await world.run(1_000);
  t.deepEqual(
    inboxes.map(({ texts }) => texts),
    [["all"], ["all"], []],
  );
});

test("a datagram to a group comes from the interface that has joined it", async (t) => {
  const world = new SimulatedWorld({ seed: "through" });
  const { datagrams } = world.machine({ addresses: ["10.0.0.1", "10.1.0.1"] }).ports("test");
  const group = { host: "239.192.152.143", through: "10.1.0.1" };
  const inbox = new Inbox();
  const socket = await world.settle(datagrams.bind({ host: "0.0.0.0", port: 6_771, group }, inbox));
  socket.send(bytesOfText("here"), { host: group.host, port: 6_771 });
  await world.run(1_000);
  t.deepEqual(inbox.senders, [{ host: "10.1.0.1", port: 6_771 }]);
});

test("a machine without its uplink neither sends nor receives, silently or with an error", async (t) => {
  const world = new SimulatedWorld({ seed: "uplink" });
  const [a, b] = [
    world.machine({ addresses: ["10.0.0.1"] }).ports("a"),
    world.machine({ addresses: ["10.0.0.2"] }).ports("b"),
  ];
  const [inboxA, inboxB] = [new Inbox(), new Inbox()];
  const address = { host: "0.0.0.0", port: 5 };
  const socketA = await world.settle(a.datagrams.bind(address, inboxA));
  const socketB = await world.settle(b.datagrams.bind(address, inboxB));
  const exchange = async (): Promise<void> => {
    socketA.send(bytesOfText("to b"), { host: "10.0.0.2", port: 5 });
    socketB.send(bytesOfText("to a"), { host: "10.0.0.1", port: 5 });
    await world.run(1_000);
  };
  world.network.setUplink("10.0.0.1", "silent");
  await exchange();
  t.deepEqual([inboxA.texts, inboxB.texts, inboxA.refusals], [[], [], []]);
  world.network.setUplink("10.0.0.1", "unreachable");
  await exchange();
  t.deepEqual([inboxA.texts, inboxB.texts, inboxA.refusals], [[], [], ["ENETUNREACH"]]);
  world.network.setUplink("10.0.0.1", "up");
  await exchange();
  t.deepEqual([inboxA.texts, inboxB.texts], [["to a"], ["to b"]]);
  t.throws(() => world.network.setUplink("10.0.0.3", "silent"), { message: /no machine/u });
});

test("a travel time of the caller's replaces latency and jitter", async (t) => {
  const travelMs = (from: string, to: string): number => (from === "a" && to === "b" ? 300 : 10);
  const world = new SimulatedWorld({ seed: "travel", datagrams: { travelMs } });
  const [a, b] = ["a", "b"].map((name, at) =>
    world.machine({ name, addresses: [`10.0.0.${at + 1}`] }).ports(name),
  );
  const inbox = new Inbox();
  await world.settle(b?.datagrams.bind({ host: "0.0.0.0", port: 5 }, inbox) ?? Promise.reject());
  const sent = a?.datagrams.bind({ host: "0.0.0.0", port: 5 }, new Inbox());
  const sender = await world.settle(sent ?? Promise.reject());
  sender.send(bytesOfText("x"), { host: "10.0.0.2", port: 5 });
  await world.run(299);
  t.is(inbox.texts.length, 0);
  await world.run(1);
  t.is(inbox.texts.length, 1);
});
