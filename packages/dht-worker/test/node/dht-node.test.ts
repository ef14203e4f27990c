import type { DhtEndpoint } from "@troupe/messages";
import { encodeResponse, isSecureNodeId, nodeIdFrom, type NodeId } from "@troupe/protocol";
import test from "ava";

import { ScriptedNode } from "../support/scripted-node.ts";
import { peersOf } from "../support/test-node.ts";
import { TestNetwork, testPort } from "../support/test-network.ts";

const target = nodeIdFrom(new Uint8Array(20).fill(0x5a));
const ours = { host: "20.0.1.1", port: testPort };

test("case 81: an answer counts only from the address that was asked", async (t) => {
  const network = new TestNetwork();
  const node = await network.node();
  const liar = await network.world.settle(
    ScriptedNode.start(network.machine(), testPort, { byte: 0x22 }),
  );
  // Silent: another machine answers in its place.
  const asked = await network.world.settle(
    ScriptedNode.start(network.machine(), testPort, {
      byte: 0x33,
      answerOf: ({ transaction }) => {
        const answer = encodeResponse(transaction, { id: liar.id }, { family: 4, to: ours });
        liar.sendBytes(answer, ours);
        return undefined;
      },
    }),
  );
  node.ref.cast("add-nodes", { source: "user", nodes: [{ host: "20.0.3.1", port: testPort }] });
  await network.world.run(5_000);
  const [status] = (await network.world.settle(node.status())).families;
  t.true(asked.received.length > 0);
  t.like(status, { nodes: 0, traffic: { answersReceived: 0 } });
  t.is(status?.traffic.invalidReceived, asked.received.length);
  await network.stop();
});

test("case 81: a node that answers with our id, or with another id than before, has no place", async (t) => {
  const network = new TestNetwork();
  const node = await network.node();
  let id = nodeIdFrom(new Uint8Array(20).fill(0x44));
  const script = { byte: 0x44, answerOf: () => ({ id }) };
  await network.world.settle(ScriptedNode.start(network.machine(), testPort, script));
  const nodes = async (): Promise<number | undefined> =>
    (await network.world.settle(node.status())).families[0]?.nodes;
  node.ref.cast("add-nodes", { source: "user", nodes: [{ host: "20.0.2.1", port: testPort }] });
  await network.world.run(5_000);
  t.is(await nodes(), 1);
  id = nodeIdFrom(new Uint8Array(20).fill(0x45));
  const quest = node.begin({ kind: "find-node", target });
  await network.world.runUntil(() => quest.rounds.length > 0, 20_000);
  t.is(await nodes(), 0);
  const [own] = (await network.world.settle(node.status())).families;
  if (own !== undefined) id = nodeIdFrom(own.id);
  node.ref.cast("add-nodes", { source: "user", nodes: [{ host: "20.0.2.1", port: testPort }] });
  await network.world.run(60_000);
  t.is(await nodes(), 0);
  await network.stop();
});

test("a node behind a gateway gets an id of the address that nodes of five networks see", async (t) => {
  const network = new TestNetwork();
  const node = await network.node({}, network.machine("10.0.0.5"));
  const id = async (): Promise<NodeId> =>
    nodeIdFrom((await network.world.settle(node.status())).families[0]?.id ?? new Uint8Array(0));
  const first = await id();
  const nodes: DhtEndpoint[] = [];
  for (let i = 0; i < 5; i++) {
    const machine = network.machine();
    nodes.push({ host: machine.addresses[0] ?? "", port: testPort });
    const script = { byte: 0x10 + i, seen: "81.2.3.4" };
    // In sequence: each machine binds. oxlint-disable-next-line no-await-in-loop
    await network.world.settle(ScriptedNode.start(machine, testPort, script));
  }
  node.ref.cast("add-nodes", { source: "user", nodes: nodes.slice(0, 4) });
  await network.world.run(5_000);
  t.deepEqual(await id(), first);
  node.ref.cast("add-nodes", { source: "user", nodes: nodes.slice(4) });
  await network.world.run(5_000);
  const [own] = (await network.world.settle(node.status())).families;
  t.is(own?.publicHost, "81.2.3.4");
  t.is(own?.nodes, 5);
  t.true(isSecureNodeId(await id(), "81.2.3.4"));
  await network.stop();
});

test("case 80: 10,000 queries a second from one address are ignored, and slow no look-up down", async (t) => {
  const network = new TestNetwork({ keepTrace: false });
  const node = await network.node();
  for (let i = 0; i < 19; i++) {
    // In sequence: as nodes join. oxlint-disable-next-line no-await-in-loop
    await network.node();
  }
  const { world } = network;
  await world.run(30_000);
  const announce = network.nodes[4]?.begin({ kind: "announce-peer", target, port: 7_000 });
  await world.runUntil(() => announce?.rounds.length === 1, 30_000);
  const lookUps = async (): Promise<number[]> => {
    const tookMs: number[] = [];
    for (let i = 0; i < 10; i++) {
      const search = node.begin({ kind: "get-peers", target });
      // In sequence: as a user looks. oxlint-disable-next-line no-await-in-loop
      await world.runUntil(() => search.rounds.length > 0, 30_000);
      t.deepEqual(peersOf(search), ["20.0.5.1 7000"]);
      tookMs.push(search.rounds[0]?.tookMs ?? Infinity);
    }
    return tookMs.toSorted((x, y) => x - y);
  };
  const quiet = await lookUps();
  const flood = await world.settle(ScriptedNode.start(network.machine(), testPort, { byte: 0x66 }));
  const timer = world.scheduler.timers.every(1, () => {
    for (let query = 0; query < 10; query++) flood.ask({ method: "get_peers", target }, ours);
  });
  await world.run(100);
  const flooded = await lookUps();
  timer.cancel();
  t.true((flooded.at(-1) ?? Infinity) <= 2 * (quiet.at(-1) ?? 0), `${flooded} after ${quiet}`);
  const answers = flood.received.filter(({ kind }) => kind === "response");
  t.true(answers.length < 50, `${answers.length} answers`);
  await network.stop();
});

test("a node in quarantine is forgotten, and neither asked nor answered", async (t) => {
  const network = new TestNetwork();
  const first = await network.node();
  const second = await network.node();
  await network.world.run(10_000);
  first.ref.cast("quarantine-address", { host: "20.0.2.1", port: testPort, forMs: 60_000 });
  await network.world.run(1_000);
  t.is((await network.world.settle(first.status())).families[0]?.nodes, 0);
  const ping = (): Promise<unknown> =>
    network.world.settle(second.ref.call("ping", ours, { deadlineMs: 20_000 }));
  t.like(await ping(), { refused: "no-answer" });
  await network.world.run(60_000);
  t.like(await ping(), { host: ours.host });
  await network.stop();
});
