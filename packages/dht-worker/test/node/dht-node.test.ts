import type { DhtEndpoint } from "@troupe/messages";
import {
  decodeKrpc,
  encodeError,
  encodeNodes,
  encodeResponse,
  isSecureNodeId,
  nodeIdFrom,
  type Contact,
  type NodeId,
} from "@troupe/protocol/dht";
import test from "ava";

import type { Question } from "../../src/node/question.ts";
import { FedWorker } from "../support/fed-worker.ts";
import { NodeBench } from "../support/node-bench.ts";
import { ScriptedNode } from "../support/scripted-node.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";
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

test("case 81: a node that answers with our id, or with another id than before, loses its place", async (t) => {
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

const neighbour: Contact = { id: idOf(0x44), host: "30.0.0.1", port: 6_881 };

function idOf(byte: number): NodeId {
  return nodeIdFrom(new Uint8Array(20).fill(byte));
}

/** A node whose table has the neighbour. Its worker is stopped, so that it sends no queries of its own. */
function workerWithNeighbour(): FedWorker {
  const fed = new FedWorker();
  fed.worker.stop();
  fed.node.table.answered({ ...neighbour, roundTripMs: 20 }, fed.time.nowMs());
  return fed;
}

/** Asks the neighbour, by this id. @returns The transaction of the query. */
function askNeighbour({ node, sent, time }: FedWorker, id: NodeId, query: Question["query"]) {
  const { host, port } = neighbour;
  const calls = { answered() {}, refused() {}, silent() {}, failed() {} };
  node.ask({ family: 4, host, port, id, query, ...calls }, time.nowMs());
  const asked = decodeKrpc(sent.at(-1)?.bytes ?? new Uint8Array(0), 4);
  if (asked?.kind !== "query") throw new Error("no query was sent");
  return asked.transaction;
}

test("case 81: a node keeps its place when another node names it by a wrong id", (t) => {
  const fed = workerWithNeighbour();
  const transaction = askNeighbour(fed, idOf(0x5b), { method: "find_node", target });
  const answer = encodeResponse(transaction, { id: neighbour.id }, { family: 4, to: ours });
  fed.node.received(answer, neighbour);
  t.is(fed.node.table.size, 1);
});

test("case 81: a node of the table that begins to answer with our id loses its place", (t) => {
  const fed = workerWithNeighbour();
  const transaction = askNeighbour(fed, neighbour.id, { method: "ping" });
  const answer = encodeResponse(transaction, { id: fed.node.table.id }, { family: 4, to: ours });
  fed.node.received(answer, neighbour);
  t.is(fed.node.table.size, 0);
});

test("case 86: a node asks itself neither at its own nor at its public address", (t) => {
  const address = { host: "0.0.0.0", port: 6_881 };
  const own = { family: 4, ...address, id: idOf(1), publicHost: "20.0.9.9" } as const;
  const { node } = new FedWorker({ saved: { ids: [own], nodes: [] } }, address);
  const admits = (host: string, port: number) => node.admits({ host, port, id: idOf(2) });
  t.false(admits("20.0.9.9", 6_881));
  t.true(admits("20.0.9.9", 6_882));
  t.true(admits("20.0.9.8", 6_881));
});

test("a node that answers two pings with errors loses its place, one that stores nothing does not", (t) => {
  const sizeAfter = (query: Question["query"]): number => {
    const fed = workerWithNeighbour();
    for (let i = 0; i < 2; i++) {
      fed.time.advance(10_000);
      const transaction = askNeighbour(fed, neighbour.id, query);
      const error = { code: 202, message: "server error" } as const;
      fed.node.received(encodeError(transaction, error, ours), neighbour);
    }
    return fed.node.table.size;
  };
  t.is(sizeAfter({ method: "ping" }), 0);
  t.is(sizeAfter({ method: "get", target, sequence: undefined }), 1);
});

/**
 * A worker that knows no node of IPv6, after a node of IPv4 has answered its first query.
 *
 * @returns The hosts of IPv6 that it asks.
 */
async function askedAfter(named: readonly Contact[]): Promise<readonly string[]> {
  const bench = await NodeBench.start(seededRandom(1), { bootstrap: [neighbour] });
  bench.time.advance(3_000);
  const asked = bench.take().find(({ to }) => to.host === neighbour.host);
  if (asked?.message?.kind !== "query") throw new Error("no query was sent");
  const { transaction } = asked.message;
  const nodes6 = encodeNodes(named, 6);
  const answer = { id: neighbour.id, nodes6 };
  bench.receive(encodeResponse(transaction, answer, { family: 4, to: ours }), neighbour);
  return bench.take().flatMap(({ to }) => (to.host.includes(":") ? [to.host] : []));
}

test("a worker without a node of IPv6 asks those that its nodes of IPv4 name", async (t) => {
  const named = [2, 3, 4].map((n) => ({ id: idOf(n), host: `2a00:${n}::1`, port: 6_881 }));
  t.deepEqual(
    await askedAfter(named),
    named.map(({ host }) => host),
  );
});

test("case 86: a node of the internet cannot make us ask nodes of the other family on local addresses", async (t) => {
  const hosts = ["::1", "fe80::1", "fd00::1", "2a00:2::1"];
  const named = hosts.map((host, n) => ({ id: idOf(n + 1), host, port: 6_881 }));
  t.deepEqual(await askedAfter(named), ["2a00:2::1"]);
});
