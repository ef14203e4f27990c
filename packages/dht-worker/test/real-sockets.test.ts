// Nodes with real sockets on addresses of this machine.

import { inlineHost, threadHost, type Host } from "@troupe/actor-runtime";
import test from "ava";
import { until } from "../../../test/support/time/until.ts";
import { peersOf, TestNode, type SeenQuest } from "./support/test-node.ts";

const target = new Uint8Array(20).fill(0x5a);

function untilRound(quest: SeenQuest): Promise<void> {
  return until("the first round of a look-up", () => quest.rounds.length > 0);
}

async function startNodes(host: Host, addresses: readonly string[]): Promise<TestNode[]> {
  const nodes: TestNode[] = [];
  for (const address of addresses) {
    const [first] = nodes;
    const bootstrap = first === undefined ? [] : [await first.endpoint()];
    const options = { bootstrap, routers: [] };
    nodes.push(await TestNode.start(host, options, { hosts: [address], ports: [0] }));
  }
  return nodes;
}

async function announceAndFind(nodes: readonly TestNode[]): Promise<SeenQuest | undefined> {
  for (const node of nodes)
    await until(
      "a node knows another",
      async () => ((await node.status()).families[0]?.nodes ?? 0) > 0,
    );
  const announce = nodes[1]?.begin({ kind: "announce-peer", target, port: 7_000 });
  if (announce !== undefined) await untilRound(announce);
  const search = nodes.at(-1)?.begin({ kind: "get-peers", target });
  if (search !== undefined) await untilRound(search);
  return search;
}

test("nodes on loopback addresses find the peer that one of them announced", async (t) => {
  const hosts = Array.from({ length: 8 }, (_, i) => `127.0.7.${i + 1}`);
  const nodes = await startNodes(inlineHost(), hosts);
  const search = await announceAndFind(nodes);
  t.deepEqual(search && peersOf(search), ["127.0.7.2 7000"]);
  await Promise.all(nodes.map((node) => node.stop()));
  t.deepEqual(
    nodes.flatMap((node) => node.errors),
    [],
  );
});

test("AE25: nodes in threads find each other over IPv6", async (t) => {
  const nodes = await startNodes(threadHost(), ["::1", "::1", "::1"]);
  const search = await announceAndFind(nodes);
  t.deepEqual(search && peersOf(search), ["::1 7000"]);
  await Promise.all(nodes.map((node) => node.stop()));
});
