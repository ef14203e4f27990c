import test from "ava";
import fc from "fast-check";
import {
  decodeKrpc,
  immutableTarget,
  itemTarget,
  estimateAddresses,
  type GetPeersQuery,
  type KrpcQuery,
  mutableTarget,
  signItem,
  type StoredItem,
} from "@troupe/protocol/dht";

import { idOf, QueryScene } from "../support/query-scene.ts";

const target = idOf(0x33);
const getPeers: GetPeersQuery = { method: "get_peers", target };

/** Announces by a token of an earlier answer. */
function announce(scene: QueryScene, host: string, port: number, isPortImplied = false): unknown {
  const asking = { host, port: 7_000 };
  const { token } = scene.answer(getPeers, asking);
  if (token === undefined) throw new Error("no token");
  return scene.ask({ method: "announce_peer", target, port, isPortImplied, token }, asking);
}

function put(scene: QueryScene, item: StoredItem, cas?: bigint): number | undefined {
  const { token } = scene.answer({ method: "get", target: itemTarget(item) });
  if (token === undefined) throw new Error("no token");
  return scene.errorCode({ method: "put", token, item, cas });
}

test("a ping is answered with our id of that family and the asker's address", (t) => {
  const scene = new QueryScene();
  const four = scene.ask({ method: "ping" }, { host: "203.0.113.7", port: 51_413 });
  const six = scene.ask({ method: "ping" }, { host: "2001:db8::7", port: 51_413 });
  t.like(four, { kind: "response", ip: { host: "203.0.113.7", port: 51_413 } });
  t.like(six, { kind: "response", ip: { host: "2001:db8::7", port: 51_413 } });
  t.deepEqual(scene.answer({ method: "ping" }).id, idOf(4));
  t.deepEqual(scene.answer({ method: "ping" }, { host: "2001:db8::7" }).id, idOf(6));
});

test("find_node names eight nodes of the asking family, or of the families that it wants", (t) => {
  const scene = new QueryScene();
  const query: KrpcQuery = { method: "find_node", target };
  const lengths = (asking: object): (number | undefined)[] => {
    const { nodes, nodes6 } = scene.answer(query, asking);
    return [nodes?.length, nodes6?.length];
  };
  t.deepEqual(lengths({}), [8 * 26, undefined]);
  t.deepEqual(lengths({ host: "2001:db8::7" }), [undefined, 8 * 38]);
  t.deepEqual(lengths({ want: [6] }), [undefined, 8 * 38]);
  t.deepEqual(lengths({ want: [4, 6] }), [8 * 26, 8 * 38]);
});

for (const host of ["203.0.113.7", "2001:db8::7"]) {
  test(`a peer that ${host} announces with a token is named in answers`, (t) => {
    const scene = new QueryScene();
    t.like(announce(scene, host, 51_413), { kind: "response" });
    const { values, values6, token, nodes, nodes6 } = scene.answer(getPeers, { host });
    t.is((values ?? values6)?.length, host.includes(":") ? 18 : 6);
    t.is(Buffer.from((values ?? values6)?.subarray(-2) ?? []).readUInt16BE(), 51_413);
    t.truthy(token);
    t.truthy(nodes ?? nodes6);
  });
}

test("implied_port takes the port of the datagram", (t) => {
  const scene = new QueryScene();
  announce(scene, "203.0.113.7", 1, true);
  const { values } = scene.answer(getPeers);
  t.is(Buffer.from(values?.subarray(-2) ?? []).readUInt16BE(), 7_000);
});

test("case 83: an announce or a put with a foreign, forged or old token gets error 203", (t) => {
  const scene = new QueryScene();
  const { token = new Uint8Array() } = scene.answer(getPeers);
  const query: KrpcQuery = {
    method: "announce_peer",
    target,
    port: 1,
    isPortImplied: false,
    token,
  };
  t.is(scene.errorCode(query, { host: "203.0.113.8" }), 203);
  t.is(scene.errorCode({ ...query, target: idOf(0x34) }), 203);
  t.is(scene.errorCode({ ...query, token: Buffer.from("forged") }), 203);
  t.is(scene.errorCode(query, { nowMs: 600_000 }), 203);
  t.is(scene.serving.peers.peerCount, 0);
  const item: StoredItem = { kind: "immutable", value: Buffer.from("1:x") };
  t.is(scene.errorCode({ method: "put", token, item }), 203);
  t.is(scene.serving.items.size, 0);
});

test("an immutable item is stored and given again", (t) => {
  const scene = new QueryScene();
  const item: StoredItem = { kind: "immutable", value: Buffer.from("12:Hello World!") };
  t.is(put(scene, item), undefined);
  const { item: found, token, nodes } = scene.answer({ method: "get", target: itemTarget(item) });
  t.is(Buffer.compare(found?.value ?? Buffer.alloc(0), item.value), 0);
  t.truthy(token);
  t.is(nodes?.length, 8 * 26);
});

test("case 87: a mutable item is given with key, signature and number, and refused by BEP 44's rules", (t) => {
  const scene = new QueryScene();
  const secretKey = new Uint8Array(32).fill(7);
  const sign = (sequence: bigint, text: string): StoredItem =>
    signItem(secretKey, {
      salt: Buffer.from("salt"),
      sequence,
      value: Buffer.from(`${text.length}:${text}`),
    });
  const five = sign(5n, "five");
  t.is(put(scene, five), undefined);
  t.is(put(scene, sign(4n, "four")), 302);
  t.is(put(scene, sign(6n, "six"), 4n), 301);
  t.is(put(scene, { ...sign(6n, "six"), value: Buffer.from("3:sex") }), 206);
  const name = itemTarget(five);
  const { item, sequence } = scene.answer({ method: "get", target: name });
  t.is(sequence, 5n);
  if (item?.kind !== "mutable" || five.kind !== "mutable") return t.fail();
  t.is(Buffer.compare(mutableTarget({ ...item, salt: Buffer.from("salt") }), name), 0);
  t.is(Buffer.compare(item.signature, five.signature), 0);
  const known = scene.answer({ method: "get", target: name, sequence: 5n });
  t.is(known.item, undefined);
  t.is(known.sequence, 5n);
  t.truthy(scene.answer({ method: "get", target: name, sequence: 4n }).item);
});

test("an unknown query with a target is answered as find_node, and error 204 without", (t) => {
  const scene = new QueryScene();
  const query = (args: string): Uint8Array =>
    Buffer.from(`d1:ad2:id20:${"i".repeat(20)}${args}e1:q4:vote1:t2:ab1:y1:qe`, "latin1");
  const found = scene.ask(query(`6:target20:${"t".repeat(20)}`));
  t.is(found?.kind === "response" ? found.answer.nodes?.length : 0, 8 * 26);
  t.is(scene.errorCode(query("")), 204);
});

test("a query without its arguments gets error 203", (t) => {
  const scene = new QueryScene();
  const query = Buffer.from(`d1:ad2:id20:${"i".repeat(20)}e1:q9:get_peers1:t2:ab1:y1:qe`, "latin1");
  t.is(scene.errorCode(query), 203);
});

test("a whole answer fits into 1,024 bytes, and with an item into 1,400", (t) => {
  const scene = new QueryScene();
  for (let host = 1; host < 200; host++) {
    scene.serving.peers.announce(target, `198.18.${host}.1`, 6_881, 0);
    scene.serving.peers.announce(target, `2001:db8:${host}::2`, 6_881, 0);
  }
  for (const host of ["203.0.113.7", "2001:db8::7"]) {
    const { answer } = scene.askBytes(getPeers, { host, want: [4, 6] });
    t.true((answer?.length ?? 0) > 900 && (answer?.length ?? 0) <= 1_024, `${answer?.length}`);
    const message = decodeKrpc(answer ?? Buffer.alloc(0), host.includes(":") ? 6 : 4);
    if (message?.kind !== "response") return t.fail();
    t.is(message.answer.nodes?.length, 8 * 26);
    t.is(message.answer.nodes6?.length, 8 * 38);
  }
  const item: StoredItem = { kind: "immutable", value: Buffer.from(`996:${"x".repeat(996)}`) };
  t.is(put(scene, item), undefined);
  const { answer } = scene.askBytes({ method: "get", target: itemTarget(item) }, { want: [4, 6] });
  t.true((answer?.length ?? 0) > 1_200 && (answer?.length ?? 0) <= 1_400, `${answer?.length}`);
});

test("case 85: an answer to an address that is not proven is cut to four times its question", (t) => {
  const scene = new QueryScene({ bytesPerSecond: 8_000, unprovenBytesPerSecond: 0 });
  for (let host = 1; host < 200; host++) {
    scene.serving.peers.announce(target, `198.18.${host}.1`, 6_881, 0);
  }
  const cut = scene.askBytes(getPeers, { want: [4, 6] });
  t.true((cut.answer?.length ?? 0) <= 4 * cut.questionBytes);
  t.true((cut.answer?.length ?? 0) > 3 * cut.questionBytes);
  const { nodes, token, values, nodes6 } = scene.answer(getPeers, { want: [4, 6] });
  t.is(nodes?.length, 8 * 26);
  t.is(token?.length, 8);
  t.true((values?.length ?? 0) >= 6 * 5);
  t.is(nodes6, undefined);
});

test("case 85: a valid token proves an address, which gets whole answers from then on", (t) => {
  const scene = new QueryScene({ bytesPerSecond: 8_000, unprovenBytesPerSecond: 0 });
  for (let host = 1; host < 200; host++) {
    scene.serving.peers.announce(target, `198.18.${host}.1`, 6_881, 0);
  }
  announce(scene, "203.0.113.7", 1);
  t.is(scene.answer(getPeers).values?.length, 6 * 48);
  t.true((scene.answer(getPeers, { host: "203.0.113.9" }).values?.length ?? 0) < 6 * 48);
});

test("case 85: nothing is answered while the bytes of answers are spent, and nothing is stored", (t) => {
  const scene = new QueryScene({ bytesPerSecond: 400, unprovenBytesPerSecond: 400 });
  const { token = new Uint8Array() } = scene.answer(getPeers);
  while (scene.ask(getPeers) !== undefined);
  t.is(
    scene.ask({ method: "announce_peer", target, port: 1, isPortImplied: false, token }),
    undefined,
  );
  t.is(scene.serving.peers.peerCount, 0);
  t.truthy(scene.ask(getPeers, { nowMs: 1_000 }));
});

test("a node without a socket of the family answers nothing there", (t) => {
  const scene = new QueryScene();
  const { tableOf } = scene.serving;
  const tableOf4 = (family: 4 | 6) => (family === 4 ? tableOf(4) : undefined);
  const serving = { ...scene.serving, tableOf: tableOf4 };
  Object.assign(scene, { serving });
  t.is(scene.ask({ method: "ping" }, { host: "2001:db8::7" }), undefined);
  t.truthy(scene.ask({ method: "ping" }));
});

test("case 79, case 85: any query is answered within 1,400 bytes, or not at all", (t) => {
  const scene = new QueryScene({ bytesPerSecond: Infinity, unprovenBytesPerSecond: 0 });
  const { token = new Uint8Array() } = scene.answer(getPeers);
  const query = fc.oneof(
    fc.constantFrom<KrpcQuery>(
      { method: "ping" },
      { method: "find_node", target },
      getPeers,
      { method: "get", target },
      { method: "announce_peer", target, port: 0, isPortImplied: true, token },
    ),
    fc.uint8Array({ minLength: 1, maxLength: 64 }).map((shown): KrpcQuery => ({
      method: "announce_peer",
      target,
      port: 1,
      isPortImplied: false,
      token: shown,
    })),
  );
  fc.assert(
    fc.property(
      query,
      fc.constantFrom("203.0.113.5", "2001:db8::5", "127.0.0.1"),
      (asked, host) => {
        const { questionBytes, answer } = scene.askBytes(asked, { host });
        if (answer === undefined) return;
        t.true(answer.length <= 4 * questionBytes);
        t.true(answer.length <= 1_400);
      },
    ),
    { numRuns: 200 },
  );
});

test("case 99: an answer has no byte of an earlier one", (t) => {
  const [fresh, used] = [new QueryScene(), new QueryScene()];
  const secret = Buffer.from(`900:${"\u00ee".repeat(900)}`, "latin1");
  put(used, { kind: "immutable", value: secret });
  for (let host = 1; host < 200; host++) {
    used.serving.peers.announce(target, `198.18.${host}.1`, 6_881, 0);
  }
  const longQueries = [getPeers, { method: "get", target: immutableTarget(secret) } as const];
  const shortQueries: KrpcQuery[] = [{ method: "ping" }, { method: "find_node", target }];
  for (const long of longQueries) {
    for (const short of shortQueries) {
      used.askBytes(long, { want: [4, 6] });
      const [expected, answer] = [fresh, used].map((scene) => scene.askBytes(short).answer);
      t.is(Buffer.compare(answer ?? Buffer.alloc(0), expected ?? Buffer.alloc(0)), 0);
      // The memory may still wait to be sent when the next answer is written.
      used.askBytes(long, { want: [4, 6] });
      t.is(Buffer.compare(answer ?? Buffer.alloc(0), expected ?? Buffer.alloc(0)), 0);
    }
  }
});

test("C12: a scrape is answered with filters of seeds and leechers beside nodes and token, in 1,024 bytes", (t) => {
  const scene = new QueryScene();
  const { token = new Uint8Array() } = scene.answer(getPeers);
  const announce = { method: "announce_peer", target, port: 6_881, isPortImplied: false } as const;
  scene.ask({ ...announce, token, isSeed: true });
  for (let peer = 0; peer < 60; peer++)
    scene.serving.peers.announce(target, `45.10.${peer}.1`, 6_881, 0);
  const { answer } = scene.askBytes({ ...getPeers, wantsScrape: true }, { want: [4, 6] });
  t.true((answer?.length ?? 0) <= 1_024);
  const { scrape, nodes, token: own } = scene.answer({ ...getPeers, wantsScrape: true });
  t.is(scrape && Math.round(estimateAddresses(scrape.seeds)), 1);
  t.true(Math.abs(estimateAddresses(scrape?.leechers ?? new Uint8Array(256)) - 60) < 3);
  t.truthy(nodes);
  t.truthy(own);
  t.is(scene.answer(getPeers).scrape, undefined);
});

test("C12: a peer that announces again as a seed is a leecher no longer", (t) => {
  const scene = new QueryScene();
  scene.serving.peers.announce(target, "45.10.1.1", 6_881, 0);
  scene.serving.peers.announce(target, "45.10.1.1", 6_881, 1_000, true);
  const { scrape } = scene.answer({ ...getPeers, wantsScrape: true });
  t.is(scrape && Math.round(estimateAddresses(scrape.seeds)), 1);
  t.is(scrape && estimateAddresses(scrape.leechers), 0);
});
