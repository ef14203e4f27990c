import test from "ava";
import { nodeIdFrom, type Contact } from "@troupe/protocol/dht";
import { isNameable, mostNamedNodes, namedNodes } from "../../src/look-up/named-nodes.ts";

const target = nodeIdFrom(new Uint8Array(20));

function contact(distance: number, host: string, port = 6881): Contact {
  return { id: nodeIdFrom(new Uint8Array(20).fill(distance)), host, port };
}

for (const [host, teller, isFine] of [
  ["45.10.1.1", "46.1.1.1", true],
  ["45.10.1.1", "192.168.1.2", true],
  ["192.168.1.1", "46.1.1.1", false],
  ["192.168.1.1", "10.0.0.1", true],
  ["127.0.0.1", "10.0.0.1", false],
  ["127.0.0.1", "127.0.0.9", true],
  ["fe80::1", "2a00::1", false],
  ["::1", "fe80::2", false],
  ["224.0.0.1", "127.0.0.1", false],
  ["0.0.0.0", "127.0.0.1", false],
] as const) {
  test(`case 86: a node at ${teller} ${isFine ? "may" : "may not"} name ${host}`, (t) => {
    t.is(isNameable({ host, port: 6881 }, teller), isFine);
  });
}

test("case 86: nodes with port 0 and of the other family are dropped", (t) => {
  const named = [contact(1, "45.1.1.1", 0), contact(2, "2a00::1"), contact(3, "45.1.2.1")];
  t.deepEqual(
    namedNodes(named, "46.1.1.1", target, 4).map(({ host }) => host),
    ["45.1.2.1"],
  );
  t.deepEqual(
    namedNodes(named, "2a00::2", target, 6).map(({ host }) => host),
    ["2a00::1"],
  );
});

test("of a long answer the nodes nearest to the target are taken", (t) => {
  const named = Array.from({ length: 57 }, (_, at) => contact(57 - at, `45.1.${at}.1`));
  const taken = namedNodes(named, "46.1.1.1", target, 4);
  t.is(taken.length, mostNamedNodes);
  t.deepEqual(
    taken.map(({ id }) => id[0]),
    Array.from({ length: mostNamedNodes }, (_, at) => at + 1),
  );
});
