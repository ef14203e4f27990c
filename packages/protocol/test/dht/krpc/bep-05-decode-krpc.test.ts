import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import {
  decodeKrpc,
  nodeIdFrom,
  type KrpcFaultyQuery,
  type KrpcMessage,
  type KrpcQueryMessage,
  type KrpcResponse,
} from "../../../src/dht/index.ts";
import { bencoded, bytesOf, flips, prefixes, textOf } from "../../support/bytes.ts";
import { countedReads } from "../../support/counted-reads.ts";

const id = nodeIdFrom(bytesOf("abcdefghij0123456789"));
const target = nodeIdFrom(bytesOf("mnopqrstuvwxyz123456"));

/** The queries and answers that BEP 5 has for examples. */
const examples = {
  ping: "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
  pong: "d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re",
  findNode:
    "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
  getPeers:
    "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
  peers:
    "d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re",
  announcePeer:
    "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
  error: "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
} as const;

const envelope = { transaction: bytesOf("aa"), version: undefined };

function decodeText(text: string, family: 4 | 6 = 4): KrpcMessage | undefined {
  return decodeKrpc(bytesOf(text), family);
}

function queryOf(
  t: ExecutionContext,
  query: string,
  args: object,
  more: object = {},
): KrpcQueryMessage | KrpcFaultyQuery {
  const message = decodeKrpc(
    bencoded({ t: "aa", y: "q", q: query, a: { id: Buffer.from(id), ...args }, ...more }),
    4,
  );
  if (message?.kind !== "query" && message?.kind !== "faulty-query") return t.fail();
  return message;
}

function responseOf(t: ExecutionContext, values: object, more: object = {}): KrpcResponse {
  const message = decodeKrpc(
    bencoded({ t: "aa", y: "r", r: { id: Buffer.from(id), ...values }, ...more }),
    4,
  );
  if (message?.kind !== "response") return t.fail();
  return message;
}

test("EX15: the examples of BEP 5 are read", (t) => {
  const asked = { kind: "query", ...envelope, id, isReadOnly: false, want: [4] };
  t.deepEqual<unknown, unknown>(decodeText(examples.ping), { ...asked, query: { method: "ping" } });
  t.deepEqual<unknown, unknown>(decodeText(examples.findNode), {
    ...asked,
    query: { method: "find_node", target },
  });
  t.deepEqual<unknown, unknown>(decodeText(examples.getPeers), {
    ...asked,
    query: { method: "get_peers", target },
  });
  t.deepEqual<unknown, unknown>(decodeText(examples.announcePeer), {
    ...asked,
    query: {
      ...{ method: "announce_peer", target, port: 6_881, isPortImplied: true },
      token: bytesOf("aoeusnth"),
    },
  });
  const nothing = {
    ...{ nodes: undefined, nodes6: undefined, values: undefined, values6: undefined },
    ...{ token: undefined, item: undefined, sequence: undefined },
  };
  const answered = { kind: "response", ...envelope, ip: undefined };
  t.deepEqual<unknown, unknown>(decodeText(examples.pong), {
    ...answered,
    answer: { ...nothing, id: target },
  });
  t.deepEqual<unknown, unknown>(decodeText(examples.peers), {
    ...answered,
    answer: { ...nothing, id, token: bytesOf("aoeusnth"), values: bytesOf("axje.uidhtnm") },
  });
  const message = bytesOf("A Generic Error Ocurred");
  t.deepEqual<unknown, unknown>(decodeText(examples.error), {
    ...{ kind: "error", ...envelope, code: 201, message, ip: undefined },
  });
});

test("EX15: `v`, `ro`, `want` and `ip` are read", (t) => {
  const more = { v: "LT\x02\x08", ro: 1 };
  const query = queryOf(t, "find_node", { target: Buffer.from(target), want: ["n4", "n6"] }, more);
  t.like(query, { isReadOnly: true, want: [4, 6], version: bytesOf("LT\x02\x08") });
  t.deepEqual(responseOf(t, {}, { ip: Buffer.from([1, 2, 3, 4, 0x1a, 0xe1]) }).ip, {
    host: "1.2.3.4",
    port: 6_881,
  });
  const ip6 = Buffer.from([0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1, 1, 2]);
  t.deepEqual(responseOf(t, {}, { ip: ip6 }).ip, { host: "2001:db8::1", port: 258 });
  t.is(responseOf(t, {}, { ip: "12345" }).ip, undefined);
  t.like(queryOf(t, "ping", {}, { ro: 0 }), { isReadOnly: false });
  t.is(queryOf(t, "ping", {}, { v: "LTx" }).version, undefined);
});

test("a `want` without a known family counts as that of the socket", (t) => {
  const wantOf = (want: string, family: 4 | 6): unknown => {
    const text = examples.findNode.replace("23456e", `23456${want}e`);
    return (decodeText(text, family) as KrpcQueryMessage).want;
  };
  t.deepEqual(wantOf("", 4), [4]);
  t.deepEqual(wantOf("", 6), [6]);
  t.deepEqual(wantOf("4:wantl2:n6e", 4), [6]);
  t.deepEqual(wantOf("4:wantl2:n4e", 6), [4]);
  t.deepEqual(wantOf("4:wantl2:n62:n4e", 6), [4, 6]);
  t.deepEqual(wantOf("4:wantl2:n8i7ee", 6), [6]);
  t.deepEqual(wantOf("4:want2:n4", 6), [6]);
});

const dropped = test.macro((t, text: string) => t.is(decodeText(text), undefined));

test("a message without a transaction is dropped", dropped, "d1:q4:ping1:y1:qe");
test("an empty transaction is dropped", dropped, examples.ping.replace("2:aa", "0:"));
test(
  "a transaction of 33 bytes is dropped",
  dropped,
  examples.ping.replace("2:aa", `33:${"a".repeat(33)}`),
);
test("a transaction that is a number is dropped", dropped, examples.ping.replace("2:aa", "i1e"));
test("a message without a kind is dropped", dropped, "d1:q4:ping1:t2:aae");
test("a message of another kind is dropped", dropped, examples.ping.replace("1:qe", "1:xe"));
test("an answer without an id is dropped", dropped, "d1:rde1:t2:aa1:y1:re");
test("an answer with a short id is dropped", dropped, "d1:rd2:id2:xye1:t2:aa1:y1:re");
test("an answer without values is dropped", dropped, "d1:t2:aa1:y1:re");
test("an answer with the arguments of a query is dropped", dropped, "d1:ade1:rde1:t2:aa1:y1:re");

test("a transaction may have 1 to 32 bytes", (t) => {
  for (const length of [1, 2, 4, 20, 32]) {
    const text = examples.ping.replace("2:aa", `${length}:${"z".repeat(length)}`);
    t.is(decodeText(text)?.transaction.length, length);
  }
});

test("EX15: a query with broken arguments is answered with error 203, 205 or 207", (t) => {
  const sound = { id: Buffer.from(id) };
  const hash = { info_hash: Buffer.from(target) };
  const key = { k: Buffer.alloc(32), sig: Buffer.alloc(64), seq: 1 };
  for (const [code, query, args] of [
    [203, "ping", { id: "short" }],
    [203, "ping", { id: 7 }],
    [203, "find_node", { target: "short" }],
    [203, "get_peers", { target: Buffer.from(target) }],
    [203, "announce_peer", { ...hash, port: 6_881 }],
    [203, "announce_peer", { ...hash, port: 6_881, token: "" }],
    [203, "announce_peer", { ...hash, port: 6_881, token: "x".repeat(65) }],
    [203, "announce_peer", { ...hash, token: "x" }],
    [203, "announce_peer", { ...hash, token: "x", port: 0 }],
    [203, "announce_peer", { ...hash, token: "x", port: 65_536 }],
    [203, "announce_peer", { ...hash, token: "x", port: "80", implied_port: 0 }],
    [203, "get", {}],
    [203, "get", { target: Buffer.from(target), seq: -1 }],
    [203, "get", { target: Buffer.from(target), seq: "1" }],
    [203, "put", { v: "x" }],
    [203, "put", { token: "x" }],
    [205, "put", { token: "x", v: "x".repeat(997) }],
    [207, "put", { token: "x", v: "x", ...key, salt: "x".repeat(65) }],
    [203, "put", { token: "x", v: "x", ...key, salt: 1 }],
    [203, "put", { token: "x", v: "x", ...key, k: "x" }],
    [203, "put", { token: "x", v: "x", ...key, sig: "x" }],
    [203, "put", { token: "x", v: "x", ...key, seq: -1 }],
    [203, "put", { token: "x", v: "x", seq: 1 }],
    [203, "put", { token: "x", v: "x", ...key, cas: "x" }],
  ] as const) {
    const message = queryOf(t, query, { ...sound, ...args });
    if (message.kind !== "faulty-query") return t.fail(`${query} ${JSON.stringify(args)}`);
    t.is(message.error.code, code, JSON.stringify(args));
    t.regex(message.error.message, /^[ -~]{10,60}$/);
    t.deepEqual(message.transaction, bytesOf("aa"));
  }
});

test("a query without arguments or without a method is answered with error 203", (t) => {
  for (const text of ["d1:q4:ping1:t2:aa1:y1:qe", "d1:ale1:q4:ping1:t2:aa1:y1:qe"]) {
    t.like(decodeText(text), { kind: "faulty-query", error: { code: 203 } });
  }
  for (const method of ["", "1:qi1e"]) {
    const text = `d1:ad2:id20:abcdefghij0123456789e${method}1:t2:aa1:y1:qe`;
    t.like(decodeText(text), { kind: "faulty-query", error: { code: 203 } });
  }
});

test("EX15: an unknown query with a target is read with it, another one is answered with error 204", (t) => {
  for (const name of ["target", "info_hash"]) {
    t.like(queryOf(t, "sample_infohashes", { [name]: Buffer.from(target) }), {
      kind: "query",
      query: { method: "unknown", target },
    });
  }
  for (const args of [{}, { target: "short" }]) {
    const message = queryOf(t, "vote", args);
    t.like(message, { kind: "faulty-query", error: { code: 204 } });
  }
});

test("the port of an announce is that of the sender when it is implied, whatever else is named", (t) => {
  const args = { info_hash: Buffer.from(target), token: "x", implied_port: 1 };
  for (const [port, read] of [
    [6_881, 6_881],
    [0, 0],
    [65_536, 0],
    [-1, 0],
  ]) {
    const { query } = queryOf(t, "announce_peer", { ...args, port }) as KrpcQueryMessage;
    t.like(query, { isPortImplied: true, port: read });
  }
  t.like((queryOf(t, "announce_peer", args) as KrpcQueryMessage).query, { port: 0 });
  const explicit = queryOf(t, "announce_peer", { ...args, port: 80, implied_port: 0 });
  t.like((explicit as KrpcQueryMessage).query, { isPortImplied: false, port: 80 });
});

test("items are read with the exact bytes of their value", (t) => {
  const value = { b: [1, "x"], a: {} };
  const immutable = queryOf(t, "put", { token: "tok", v: value }) as KrpcQueryMessage;
  t.deepEqual<unknown, unknown>(immutable.query, {
    method: "put",
    token: bytesOf("tok"),
    item: { kind: "immutable", value: bytesOf("d1:ade1:bli1e1:xee") },
  });
  const key = { k: Buffer.alloc(32, 1), sig: Buffer.alloc(64, 2), seq: 5 };
  const mutable = queryOf(t, "put", { token: "tok", v: "x", salt: "s", cas: 4, ...key });
  t.deepEqual<unknown, unknown>((mutable as KrpcQueryMessage).query, {
    method: "put",
    token: bytesOf("tok"),
    cas: 4n,
    item: {
      ...{ kind: "mutable", value: bytesOf("1:x"), salt: bytesOf("s"), sequence: 5n },
      ...{ publicKey: new Uint8Array(32).fill(1), signature: new Uint8Array(64).fill(2) },
    },
  });
});

test("a value with unsorted or repeated keys is no item", (t) => {
  const put = (value: string): string =>
    `d1:ad2:id20:abcdefghij01234567895:token1:x1:v${value}e1:q3:put1:t2:aa1:y1:qe`;
  t.like(decodeText(put("d1:a0:1:b0:e")), { kind: "query" });
  for (const value of ["d1:b0:1:a0:e", "ld1:a0:1:a0:ee"]) {
    t.like(decodeText(put(value)), { kind: "faulty-query", error: { code: 203 } });
    const text = `d1:rd2:id20:abcdefghij01234567891:v${value}e1:t2:aa1:y1:re`;
    t.is((decodeText(text) as KrpcResponse).answer.item, undefined);
  }
});

test("a value of 1,000 bytes is the longest", (t) => {
  const put = queryOf(t, "put", { token: "x", v: "x".repeat(996) }) as KrpcQueryMessage;
  t.is(put.query.method === "put" && put.query.item.value.length, 1_000);
});

test("EX18: peers and nodes of both families are read from one answer", (t) => {
  const { answer } = responseOf(t, {
    nodes: "n".repeat(52),
    nodes6: "m".repeat(38),
    values: ["peer 1", "an IPv6 address 12", "peer 2", "else", 7, "peer 3"],
  });
  t.is(textOf(answer.nodes ?? new Uint8Array()), "n".repeat(52));
  t.is(textOf(answer.nodes6 ?? new Uint8Array()), "m".repeat(38));
  t.is(textOf(answer.values ?? new Uint8Array()), "peer 1peer 2peer 3");
  t.is(textOf(answer.values6 ?? new Uint8Array()), "an IPv6 address 12");
});

test("parts of an answer that are out of bounds are left out, and the rest is read", (t) => {
  const { answer } = responseOf(t, {
    ...{ nodes: "n".repeat(27), nodes6: "n".repeat(26), values: "peer 1", token: "x".repeat(65) },
    ...{ v: "x", k: "short", seq: -1 },
  });
  t.deepEqual<unknown, unknown>(answer, {
    ...{ id, nodes: undefined, nodes6: undefined, values: undefined, values6: undefined },
    ...{ token: undefined, item: undefined, sequence: undefined },
  });
});

test("an answer may name a sequence number without an item", (t) => {
  t.is(responseOf(t, { seq: 7 }).answer.sequence, 7n);
  const highest = "d1:rd2:id20:abcdefghij01234567893:seqi9223372036854775807ee1:t2:aa1:y1:re";
  t.is((decodeText(highest) as KrpcResponse).answer.sequence, 2n ** 63n - 1n);
  const beyond = highest.replace("807e", "808e");
  t.is((decodeText(beyond) as KrpcResponse).answer.sequence, undefined);
});

test("an error is read whatever its list holds", (t) => {
  for (const [list, code, message] of [
    ["li203e3:bade", 203, "bad"],
    ["li-5e3:bade", 0, "bad"],
    ["l3:badi203ee", 0, ""],
    ["li204ee", 204, ""],
    ["le", 0, ""],
    ["de", 0, ""],
    ["3:bad", 0, ""],
    [`li201e300:${"x".repeat(300)}e`, 201, "x".repeat(200)],
  ] as const) {
    const read = decodeText(`d1:e${list}1:t2:aa1:y1:ee`);
    if (read?.kind !== "error") return t.fail(list);
    t.is(read.code, code);
    t.is(textOf(read.message), message);
  }
  t.like(decodeText("d1:t2:aa1:y1:ee"), { kind: "error", code: 0 });
});

test("keys out of order are read", (t) => {
  const text =
    "d1:y1:q1:t2:aa1:q9:get_peers1:ad9:info_hash20:mnopqrstuvwxyz1234562:id20:abcdefghij0123456789ee";
  t.deepEqual(decodeText(text), decodeText(examples.getPeers));
});

test("a message has memory of its own", (t) => {
  for (const text of Object.values(examples)) {
    const bytes = bytesOf(text);
    const message = decodeKrpc(bytes, 4);
    bytes.fill(0);
    t.deepEqual(message, decodeText(text));
  }
});

test("a message cut anywhere is dropped, and changed anywhere it is read, dropped or faulty", (t) => {
  for (const text of Object.values(examples)) {
    for (const cut of prefixes(bytesOf(text))) t.is(decodeKrpc(cut, 4), undefined);
    for (const flipped of flips(bytesOf(text))) t.notThrows(() => decodeKrpc(flipped, 4));
  }
});

test("no bytes make the reader throw", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_600 }), (bytes) => {
      t.notThrows(() => decodeKrpc(bytes, 4));
    }),
  );
});

/** Datagrams that make a reader work: many values, deep lists, long and equal keys. */
const expensive = [
  ...Object.values(examples),
  `d1:rd2:id20:abcdefghij01234567896:valuesl${"6:123456".repeat(180)}ee1:t1:x1:y1:re`,
  `d1:rd2:id20:abcdefghij01234567896:valuesl${"0:".repeat(480)}ee1:t1:x1:y1:re`,
  `d1:ad2:id20:abcdefghij01234567894:wantl${"2:n4".repeat(300)}ee1:q4:ping1:t1:x1:y1:qe`,
  `d1:ad2:id20:abcdefghij01234567891:vd${Array.from({ length: 9 }, (_, i) => `100:${"k".repeat(99)}${i}i0e`).join("")}e5:token1:xe1:q3:put1:t1:x1:y1:qe`,
  `d1:ad2:id20:abcdefghij01234567891:vl${"d1:ali0eee".repeat(90)}e5:token1:xe1:q3:put1:t1:x1:y1:qe`,
  `d1:eli203e1300:${"x".repeat(1_300)}e1:t1:x1:y1:ee`,
  `d1:zl${"i0e".repeat(490)}ee`,
  `d${"1:zi0e".repeat(240)}e`,
  `d1:r${"ld".repeat(4)}`,
];

test("the bytes of a datagram are looked at twice at most", (t) => {
  for (const text of expensive) {
    const { bytes, reads } = countedReads(bytesOf(text));
    decodeKrpc(bytes, 4);
    t.true(reads() <= 2 * text.length + 16, `${reads()} of ${text.length}: ${text.slice(0, 60)}`);
  }
});
