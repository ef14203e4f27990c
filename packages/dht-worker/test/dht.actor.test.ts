import test from "ava";

import type { DhtEndpoint } from "@troupe/messages";
import { rangesOf } from "@troupe/messages/testing";
import { ScriptedNode } from "./support/scripted-node.ts";
import { peersOf, TestNode } from "./support/test-node.ts";
import { TestNetwork, testPort } from "./support/test-network.ts";

const target = new Uint8Array(20).fill(0x5a);

test("two nodes find each other, and one finds the peer that the other announced", async (t) => {
  const network = new TestNetwork();
  const first = await network.node();
  const second = await network.node();
  await network.world.run(10_000);
  const [own] = (await network.world.settle(second.status())).families;
  t.like(own, { state: "running", nodes: 1, family: 4 });
  const announce = first.begin({ kind: "announce-peer", target, port: 7_000 });
  await network.world.runUntil(() => announce.rounds.length > 0, 60_000);
  t.like(announce.rounds[0], { stored: 1, asked: 1, answered: 1, isLast: true });
  const search = first.begin({ kind: "get-peers", target });
  await network.world.runUntil(() => search.rounds.length > 0, 60_000);
  t.deepEqual(peersOf(search), ["20.0.1.1 7000"]);
  await network.stop();
  t.deepEqual([...first.errors, ...second.errors], []);
});

test("of forty nodes each finds the peer that another announced", async (t) => {
  const network = new TestNetwork({ keepTrace: false });
  for (let i = 0; i < 40; i++) {
    // In sequence: as nodes join. oxlint-disable-next-line no-await-in-loop
    await network.node();
    // oxlint-disable-next-line no-await-in-loop
    await network.world.run(1_000);
  }
  await network.world.run(60_000);
  const announce = network.nodes[7]?.begin({ kind: "announce-peer", target, port: 7_000 });
  await network.world.runUntil(() => announce?.rounds.length === 1, 60_000);
  t.true((announce?.rounds[0]?.stored ?? 0) >= 8, `stored at ${announce?.rounds[0]?.stored}`);
  const searches = network.nodes.map((node) => node.begin({ kind: "get-peers", target }));
  await network.world.runUntil(() => searches.every(({ rounds }) => rounds.length > 0), 60_000);
  for (const search of searches) t.deepEqual(peersOf(search), ["20.0.8.1 7000"]);
  await network.stop();
  t.deepEqual(
    network.nodes.flatMap((node) => node.errors),
    [],
  );
});

test("a quest for a target that has not 20 bytes is refused, and the worker and its other quests go on", async (t) => {
  const network = new TestNetwork();
  const first = await network.node();
  await network.node();
  const quest = first.begin({ kind: "find-node", target });
  for (const kind of ["find-node", "get-peers", "announce-peer", "get-item"] as const)
    first.begin({ kind, target: new Uint8Array(19) });
  await network.world.runUntil(() => quest.rounds.length > 0, 60_000);
  t.like(quest.rounds[0], { answered: 1, isLast: true });
  t.deepEqual(
    first.errors.map(String),
    Array.from(
      { length: 4 },
      () => "Error: cannot read a node id from 19 bytes: it is 20 bytes, or 40 hexadecimal digits",
    ),
  );
  await network.stop();
});

test("AE3, ND2: the first free port of a list is taken, for each family by itself, and both ports are reported", async (t) => {
  const network = new TestNetwork();
  const machine = network.machine("20.0.9.1", "2001:db8::1");
  await machine.ports("other").datagrams.bind({ host: "20.0.9.1", port: 7_000 }, { received() {} });
  const node = await network.node({}, machine);
  t.deepEqual(
    (await network.world.settle(node.status())).families.map(({ port }) => port),
    [6_881, 6_881],
  );
  await network.stop();
  const listen = { hosts: machine.addresses, ports: [7_000, 7_001] };
  const other = await network.world.settle(TestNode.start(machine.host, { routers: [] }, listen));
  const { families } = await network.world.settle(other.status());
  t.deepEqual(
    families.map(({ family, port }) => ({ family, port })),
    [
      { family: 4, port: 7_001 },
      { family: 6, port: 7_000 },
    ],
  );
  t.notDeepEqual(families[0]?.id, families[1]?.id);
  await network.world.settle(other.stop());
});

test("ND2: the last port of a family goes before the list", async (t) => {
  const network = new TestNetwork();
  const machine = network.machine("20.0.9.2", "2001:db8::2");
  const listen = { hosts: machine.addresses, ports: [7_000, 0], last: { ipv6: 7_001 } };
  const node = await network.world.settle(TestNode.start(machine.host, { routers: [] }, listen));
  const { families } = await network.world.settle(node.status());
  t.deepEqual(
    families.map(({ port }) => port),
    [7_000, 7_001],
  );
  await network.world.settle(node.stop());
});

test("ND2: a family without an address has no socket, and says why", async (t) => {
  const network = new TestNetwork();
  const node = await network.node();
  const again = { hosts: ["0.0.0.0", "::"], ports: [testPort, 0] };
  const { sockets, refused } = await network.world.settle(node.ref.call("listen", again));
  t.deepEqual(
    sockets.map(({ family }) => family),
    [4],
  );
  t.like(refused[0], { family: 6, code: "EAFNOSUPPORT" });
  await network.stop();
});

test("ND3: a name that is not found holds up neither numeric addresses nor other names", async (t) => {
  const network = new TestNetwork();
  await network.node();
  network.world.names.set("node.example", "20.0.1.1");
  const bootstrap = [
    { host: "nowhere.example", port: 1 },
    { host: "node.example", port: testPort },
  ];
  const node = await network.node({ bootstrap });
  await network.world.run(5_000);
  t.is((await network.world.settle(node.status())).families[0]?.nodes, 1);
  await network.stop();
});

test("ND3: routers are asked last, and do not enter the table", async (t) => {
  const network = new TestNetwork();
  const router = await network.node();
  await network.node();
  await network.world.run(10_000);
  network.world.names.set("router.example", "20.0.1.1");
  const routers = [{ host: "router.example", port: testPort }];
  const node = await network.node({ bootstrap: [], routers });
  await network.world.run(20_000);
  const { table } = await network.world.settle(node.ref.call("read-table", { family: 4 }));
  const hosts = table?.buckets.flatMap(({ nodes }) => nodes.map(({ host }) => host));
  t.deepEqual(hosts, ["20.0.2.1"]);
  t.deepEqual(router.errors, []);
  await network.stop();
});

test("ND8: a node that the IP filter names is forgotten, and neither asked nor answered", async (t) => {
  const network = new TestNetwork();
  const first = await network.node();
  const second = await network.node();
  await network.world.run(10_000);
  first.ref.cast("set-ip-filter", { ranges: rangesOf("20.0.2.1") });
  await network.world.run(1_000);
  const before = (await network.world.settle(first.status())).families[0];
  t.is(before?.nodes, 0);
  const ping = second.ref.call(
    "ping",
    { host: "20.0.1.1", port: testPort },
    { deadlineMs: 20_000 },
  );
  t.like(await network.world.settle(ping), { refused: "no-answer" });
  const pinging = first.ref.call("ping", { host: "20.0.2.1", port: testPort });
  t.like(await network.world.settle(pinging), { refused: "filtered" });
  const after = (await network.world.settle(first.status())).families[0];
  t.is(after?.traffic.answersSent, before?.traffic.answersSent);
  await network.stop();
});

test("ND7: a node runs without an engine: it answers a ping by its id", async (t) => {
  const network = new TestNetwork();
  const first = await network.node();
  const second = await network.node();
  const pinged = second.ref.call("ping", { host: "20.0.1.1", port: testPort });
  const [own] = (await network.world.settle(first.status())).families;
  t.like(await network.world.settle(pinged), { id: own?.id, host: "20.0.1.1", port: testPort });
  const itself = second.ref.call("ping", { host: "20.0.2.1", port: testPort });
  t.like(await network.world.settle(itself), { refused: "address-refused" });
  await network.stop();
});

test("saved nodes are asked first: a restarted node finds peers without any other address", async (t) => {
  const network = new TestNetwork();
  await network.node();
  const machine = network.machine();
  const old = await network.node({}, machine);
  await network.world.run(10_000);
  const saved = await network.world.settle(old.ref.call("export-nodes", {}));
  t.is(saved.nodes.length, 1);
  const [before] = (await network.world.settle(old.status())).families;
  await network.world.settle(old.stop());
  const node = await network.node({ saved, bootstrap: [] }, machine);
  await network.world.run(10_000);
  const [after] = (await network.world.settle(node.status())).families;
  t.like(after, { nodes: 1, state: "running" });
  t.deepEqual(after?.id, before?.id);
  await network.stop();
});

test("a saved node that has another id now is found by its address", async (t) => {
  const network = new TestNetwork();
  const machine = network.machine();
  const first = await network.node({}, machine);
  const old = new Uint8Array(20).fill(0x77);
  const saved = {
    ids: [],
    nodes: [{ id: old, host: machine.addresses[0] ?? "", port: testPort, lastAnswerMs: 0 }],
  };
  const second = await network.node({ saved, bootstrap: [], isReadOnly: true });
  await network.world.run(30_000);
  const { table } = await network.world.settle(second.ref.call("read-table", { family: 4 }));
  const [own] = (await network.world.settle(first.status())).families;
  t.deepEqual(
    table?.buckets.flatMap(({ nodes }) => nodes.map(({ id }) => id)),
    own === undefined ? [] : [own.id],
  );
  await network.stop();
});

test("a read-only node answers no query, and no other node remembers it", async (t) => {
  const network = new TestNetwork();
  const first = await network.node();
  const reader = await network.node({ isReadOnly: true });
  await network.world.run(30_000);
  t.is((await network.world.settle(first.status())).families[0]?.nodes, 0);
  t.is((await network.world.settle(reader.status())).families[0]?.nodes, 1);
  const ping = first.ref.call("ping", { host: "20.0.2.1", port: testPort }, { deadlineMs: 20_000 });
  t.like(await network.world.settle(ping), { refused: "no-answer" });
  await network.stop();
});

test("a quest whose round met a lost network has its next round when the network is back", async (t) => {
  const network = new TestNetwork({ keepTrace: false });
  for (let i = 0; i < 12; i++) {
    // In sequence: as nodes join. oxlint-disable-next-line no-await-in-loop
    await network.node();
  }
  const { world } = network;
  await world.run(60_000);
  const quest = network.nodes[3]?.begin({ kind: "announce-peer", target, port: 7_000 }, 900_000);
  await world.runUntil(() => quest?.rounds.length === 1, 60_000);
  await world.run(600_000);
  const [, , , machine] = network.machines;
  world.network.setUplink(machine?.addresses[0] ?? "", "silent");
  await world.run(600_000);
  t.like(quest?.rounds[1], { answered: 0 });
  world.network.setUplink(machine?.addresses[0] ?? "", "up");
  await world.run(300_000);
  t.true((quest?.rounds[2]?.stored ?? 0) >= 8, JSON.stringify(quest?.rounds[2]));
  await network.stop();
});

test("a node whose last neighbour outlasts a lost network finds the others again", async (t) => {
  const network = new TestNetwork({ keepTrace: false });
  const { world } = network;
  let isAway = false;
  const bootstrap: DhtEndpoint[] = [];
  for (let i = 0; i < 12; i++) {
    const machine = network.machine();
    bootstrap.push({ host: machine.addresses[0] ?? "", port: testPort });
    const answerOf = () => (isAway && i > 0 ? undefined : {});
    // In sequence: each machine binds. oxlint-disable-next-line no-await-in-loop
    await world.settle(ScriptedNode.start(machine, testPort, { byte: i * 16, answerOf }));
  }
  const node = await network.node({ bootstrap });
  const nodes = async (): Promise<number | undefined> =>
    (await world.settle(node.status())).families[0]?.nodes;
  await world.run(600_000);
  t.true(((await nodes()) ?? 0) >= 8);
  isAway = true;
  await world.run(7_200_000);
  t.is(await nodes(), 1);
  isAway = false;
  await world.run(300_000);
  t.true(((await nodes()) ?? 0) >= 8);
  await network.stop();
});

test("a network that was away for an hour is back within five minutes", async (t) => {
  const network = new TestNetwork({ keepTrace: false });
  for (let i = 0; i < 12; i++) {
    // In sequence: as nodes join. oxlint-disable-next-line no-await-in-loop
    await network.node();
  }
  const { world } = network;
  await world.run(600_000);
  const usual = world.network.datagramConditions;
  world.network.datagramConditions = { ...usual, lossChance: 1 };
  await world.run(3_600_000);
  const lost = await world.settle(Promise.all(network.nodes.map((node) => node.status())));
  world.network.datagramConditions = usual;
  await world.run(300_000);
  const back = await world.settle(Promise.all(network.nodes.map((node) => node.status())));
  t.deepEqual([...new Set(lost.map(({ families }) => families[0]?.state))], ["empty"]);
  t.deepEqual([...new Set(back.map(({ families }) => families[0]?.state))], ["running"]);
  const announce = network.nodes[3]?.begin({ kind: "announce-peer", target, port: 7_000 });
  await world.runUntil(() => announce?.rounds.length === 1, 60_000);
  t.true((announce?.rounds[0]?.stored ?? 0) >= 8);
  await network.stop();
});
