import test from "ava";
import fc from "fast-check";
import { decode } from "../../../src/bencode/index.ts";
import {
  decodeKrpc,
  encodeError,
  encodeQuery,
  encodeResponse,
  krpcLimits,
  nodeIdFrom,
  type KrpcAnswer,
  type KrpcQuery,
  type KrpcResponse,
  type StoredItem,
} from "../../../src/dht/index.ts";
import type { AddressFamily } from "../../../src/tracker/index.ts";
import { bytesOf, textOf } from "../../support/bytes.ts";

const id = nodeIdFrom(bytesOf("abcdefghij0123456789"));
const target = nodeIdFrom(bytesOf("mnopqrstuvwxyz123456"));
const transaction = bytesOf("aa");
const to = { host: "1.2.3.4", port: 6_881 };
const version = "1:v4:TP\0\x01";

const bytes = (min: number, max = min): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: min, maxLength: max });
const numbers = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const ids = bytes(20).map(nodeIdFrom);
const values = bytes(0, 996).map((content) => bytesOf(`${content.length}:${textOf(content)}`));
const items: fc.Arbitrary<StoredItem> = fc.oneof(
  fc.record({ kind: fc.constant("immutable" as const), value: values }),
  fc.record({
    kind: fc.constant("mutable" as const),
    value: values,
    publicKey: bytes(32),
    salt: bytes(0, 64),
    sequence: numbers,
    signature: bytes(64),
  }),
);
const tokens = bytes(1, 64);
const queries: fc.Arbitrary<KrpcQuery> = fc.oneof(
  fc.constant({ method: "ping" as const }),
  fc.record({ method: fc.constant("find_node" as const), target: ids }),
  fc.record({ method: fc.constant("get_peers" as const), target: ids }),
  fc.record({
    method: fc.constant("announce_peer" as const),
    target: ids,
    port: fc.integer({ min: 1, max: 65_535 }),
    isPortImplied: fc.boolean(),
    token: tokens,
  }),
  fc.record(
    { method: fc.constant("get" as const), target: ids, sequence: numbers },
    { requiredKeys: ["method", "target"] },
  ),
  fc.record(
    { method: fc.constant("put" as const), token: bytes(1, 20), item: items, cas: numbers },
    { requiredKeys: ["method", "token", "item"] },
  ),
);
const wants = fc.constantFrom<readonly AddressFamily[]>([4], [6], [4, 6]);

test("EX15: queries are spelled as BEP 5 spells them, with our version", (t) => {
  const spelled = (query: KrpcQuery): string => textOf(encodeQuery(transaction, id, query));
  const end = `1:t2:aa${version}1:y1:qe`;
  t.is(spelled({ method: "ping" }), `d1:ad2:id20:abcdefghij0123456789e1:q4:ping${end}`);
  t.is(
    spelled({ method: "find_node", target }),
    `d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node${end}`,
  );
  t.is(
    spelled({ method: "get_peers", target }),
    `d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers${end}`,
  );
  const token = bytesOf("aoeusnth");
  const announce = { method: "announce_peer", target, port: 6_881, token } as const;
  t.is(
    spelled({ ...announce, isPortImplied: true }),
    `d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer${end}`,
  );
  t.false(spelled({ ...announce, isPortImplied: false }).includes("implied_port"));
  t.true(spelled({ ...announce, isPortImplied: false, isSeed: true }).includes("4:seedi1e5:token"));
  t.true(
    spelled({ method: "get_peers", target, wantsScrape: true }).includes(
      "9:info_hash20:mnopqrstuvwxyz1234566:scrapei1ee1:q",
    ),
  );
});

test("`ro` and `want` are sent where they are asked for", (t) => {
  const options = { isReadOnly: true, want: [6, 4] as const };
  t.is(
    textOf(encodeQuery(transaction, id, { method: "find_node", target }, options)),
    `d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz1234564:wantl2:n42:n6ee1:q9:find_node2:roi1e1:t2:aa${version}1:y1:qe`,
  );
});

test("EX15: each query of ours is read as it was written", (t) => {
  fc.assert(
    fc.property(
      bytes(1, 16),
      ids,
      queries,
      fc.boolean(),
      wants,
      (t0, own, query, isReadOnly, want) => {
        const encoded = encodeQuery(t0, own, query, { isReadOnly, want });
        t.true(encoded.length <= krpcLimits.maxSentItemBytes);
        const hasWant = ["find_node", "get_peers", "get"].includes(query.method);
        t.deepEqual<unknown, unknown>(decodeKrpc(encoded, 4), {
          ...{ kind: "query", transaction: t0, id: own, query, isReadOnly },
          ...{ version: bytesOf("TP\0\x01"), want: hasWant ? want : [4] },
        });
      },
    ),
  );
});

test("an error names its code, its message and the address of the asker", (t) => {
  t.is(
    textOf(encodeError(transaction, { code: 203, message: "bad token" }, to)),
    `d1:eli203e9:bad tokene2:ip6:\x01\x02\x03\x04\x1a\xe11:t2:aa${version}1:y1:ee`,
  );
});

test("an answer names the address of the asker", (t) => {
  t.is(
    textOf(encodeResponse(transaction, { id }, { family: 4, to })),
    `d2:ip6:\x01\x02\x03\x04\x1a\xe11:rd2:id20:abcdefghij0123456789e1:t2:aa${version}1:y1:re`,
  );
  const to6 = { host: "2001:db8::1", port: 258 };
  const encoded = encodeResponse(transaction, { id }, { family: 6, to: to6 });
  t.deepEqual((decodeKrpc(encoded, 6) as KrpcResponse).ip, to6);
});

/** Entries that tell where they come from. */
function list(entryBytes: number, count: number): Uint8Array {
  return Uint8Array.from({ length: entryBytes * count }, (_, at) => Math.trunc(at / entryBytes));
}

const answers: fc.Arbitrary<KrpcAnswer> = fc.record(
  {
    id: ids,
    nodes: fc.nat(8).map((count) => list(26, count)),
    nodes6: fc.nat(8).map((count) => list(38, count)),
    values: fc.nat(200).map((count) => list(6, count)),
    values6: fc.nat(80).map((count) => list(18, count)),
    token: tokens,
    item: items,
    sequence: numbers,
  },
  { requiredKeys: ["id"] },
);
const rooms = fc.record(
  { family: fc.constantFrom<AddressFamily>(4, 6), maxBytes: fc.nat(1_600) },
  { requiredKeys: ["family"] },
);

test("EX15: each answer of ours keeps its room, has its keys in order, and is read as far as it was written", (t) => {
  fc.assert(
    fc.property(bytes(1, 32), answers, rooms, (asked, answer, room) => {
      const encoded = encodeResponse(asked, answer, { ...room, to });
      const most = answer.item === undefined ? 1_024 : 1_400;
      const least = encodeResponse(asked, { id: answer.id }, { ...room, to }).length;
      t.true(encoded.length <= Math.max(least, Math.min(most, room.maxBytes ?? most)));
      t.notThrows(() => decode(encoded));
      const read = decodeKrpc(encoded, room.family);
      if (read?.kind !== "response") return t.fail();
      t.deepEqual(read.transaction, asked);
      t.deepEqual(read.answer.id, answer.id);
      for (const name of ["nodes", "nodes6", "values", "values6"] as const) {
        const part = read.answer[name] ?? new Uint8Array();
        const whole = answer[name] ?? new Uint8Array();
        t.is(Buffer.compare(part, whole.subarray(0, part.length)), 0, name);
      }
      if (read.answer.token !== undefined) t.deepEqual(read.answer.token, answer.token);
      if (read.answer.item !== undefined) {
        const { item } = answer;
        const sent = item?.kind === "mutable" ? { ...item, salt: new Uint8Array() } : item;
        t.deepEqual(read.answer.item, sent);
      }
    }),
  );
});

/** How much of an answer with everything is sent in so many bytes. */
function sent(family: AddressFamily, maxBytes?: number): Record<string, number | undefined> {
  const answer: KrpcAnswer = {
    ...{ id, nodes: list(26, 8), nodes6: list(38, 8), token: bytesOf("aoeusnth") },
    ...{ values: list(6, 100), values6: list(18, 50) },
  };
  const encoded = encodeResponse(transaction, answer, { family, to, maxBytes });
  const read = (decodeKrpc(encoded, family) as KrpcResponse).answer;
  return {
    token: read.token?.length,
    nodes: read.nodes && read.nodes.length / 26,
    nodes6: read.nodes6 && read.nodes6.length / 38,
    values: read.values && read.values.length / 6,
    values6: read.values6 && read.values6.length / 18,
  };
}

test("an answer is cut: nodes of the other family go first, then peers, then the token, then nodes of the asking family", (t) => {
  const none = { values: undefined, values6: undefined, nodes: undefined, nodes6: undefined };
  t.deepEqual(sent(4), { ...none, token: 8, nodes: 8, values: 88 });
  t.deepEqual(sent(4, 380), { ...none, token: 8, nodes: 8, values: 8 });
  t.deepEqual(sent(4, 310), { ...none, token: 8, nodes: 8 });
  t.deepEqual(sent(4, 200), { ...none, token: 8, nodes: 4 });
  t.deepEqual(sent(4, 100), { ...none, token: 8 });
  t.deepEqual(sent(4, 0), { ...none, token: undefined });
  t.deepEqual(sent(6, 380), { ...none, token: 8, nodes6: 7 });
  const few: KrpcAnswer = { id, nodes: list(26, 8), nodes6: list(38, 8), values: list(6, 3) };
  const encoded = encodeResponse(transaction, few, { family: 4, to });
  t.like((decodeKrpc(encoded, 4) as KrpcResponse).answer, few);
});

test("peers of the other family are not sent", (t) => {
  const answer = { id, values: list(6, 1), values6: list(18, 1) };
  for (const family of [4, 6] as const) {
    const encoded = encodeResponse(transaction, answer, { family, to });
    const read = (decodeKrpc(encoded, family) as KrpcResponse).answer;
    t.is(read.values?.length, family === 4 ? 6 : undefined);
    t.is(read.values6?.length, family === 6 ? 18 : undefined);
  }
});

test("an empty table is sent as an empty list of nodes", (t) => {
  const encoded = encodeResponse(transaction, { id, nodes: new Uint8Array() }, { family: 4, to });
  t.true(textOf(encoded).includes("5:nodes0:"));
});

test("the longest item is sent whole, with its token, before nodes", (t) => {
  const item = {
    kind: "mutable" as const,
    value: bytesOf(`996:${"x".repeat(996)}`),
    salt: new Uint8Array(),
    publicKey: new Uint8Array(32),
    signature: new Uint8Array(64),
    sequence: 2n ** 63n - 1n,
  };
  const answer = { id, item, token: new Uint8Array(20), nodes: list(26, 8) };
  const encoded = encodeResponse(transaction, answer, { family: 4, to });
  const read = (decodeKrpc(encoded, 4) as KrpcResponse).answer;
  t.true(encoded.length <= 1_400);
  t.deepEqual(read.item, item);
  t.is(read.token?.length, 20);
  t.true((read.nodes?.length ?? 0) >= 26 * 4);
});

test("a query beyond the bounds is a bug of the caller, and spoils no other", (t) => {
  const item = { kind: "immutable", value: new Uint8Array(4_000) } as const;
  const put = { method: "put", token: bytesOf("x"), item } as const;
  t.throws(() => encodeQuery(transaction, id, put), { message: /^bug: / });
  t.like(decodeKrpc(encodeQuery(transaction, id, { method: "ping" }), 4), { kind: "query" });
});

test("L12: without a version, no message has a `v`, and an answer fits the same room", (t) => {
  const options = { version: "" };
  const query: KrpcQuery = { method: "ping" };
  t.is(
    textOf(encodeQuery(transaction, id, query, options)),
    `d1:ad2:id20:${textOf(id)}e1:q4:ping1:t2:aa1:y1:qe`,
  );
  const error = { code: 201, message: "no" };
  t.false(textOf(encodeError(transaction, error, to, options)).includes("1:v"));
  const nodes = new Uint8Array(8 * 26);
  const room = { family: 4, to } as const;
  const named = encodeResponse(transaction, { id, nodes }, room);
  const nameless = encodeResponse(transaction, { id, nodes }, { ...room, ...options });
  t.is(named.length - nameless.length, version.length);
  t.false(textOf(nameless).includes("1:v"));
  const cut = { ...room, ...options, maxBytes: nameless.length };
  t.deepEqual(encodeResponse(transaction, { id, nodes }, cut), nameless);
});
