import test from "ava";
import type { SavedDhtId } from "@troupe/messages";
import { commonPrefixBits, isSecureNodeId, type NodeId } from "@troupe/protocol/dht";
import { ownIdAt, startOwnId, type IdDraw, type OwnId } from "../../src/node/own-id.ts";
import { idOf, randomId, seededBytes } from "../support/nodes.ts";

const socket = { host: "0.0.0.0", port: 6_881 };
const publicHost = "124.31.75.21";

function draw(seed = 1, other?: NodeId): IdDraw {
  return { other, random: seededBytes(seed) };
}

function savedId(change: Partial<SavedDhtId> = {}): SavedDhtId {
  return { family: 4, id: idOf("5"), ...socket, publicHost, ...change };
}

test("ND1: a node starts with a random id, and gets an id that fits its address once the address is known", (t) => {
  const start = startOwnId(socket, draw());
  t.is(start.origin, "random");
  t.true(start.id.some((byte) => byte !== 0));
  const known = ownIdAt(start, publicHost, draw(2));
  t.is(known.origin, "address");
  t.true(isSecureNodeId(known.id, publicHost));
  t.is(ownIdAt(known, publicHost, draw(3)), known, "nothing changes");
  const moved = ownIdAt(known, "21.75.31.124", draw(4));
  t.true(isSecureNodeId(moved.id, "21.75.31.124"));
  t.notDeepEqual(moved.id, known.id);
});

test("ND1: an id from the user stays when the address changes", (t) => {
  const given = startOwnId({ ...socket, given: idOf("abc"), saved: [savedId()] }, draw());
  t.deepEqual(given, { origin: "given", id: idOf("abc") });
  t.is(ownIdAt(given, publicHost, draw()), given);
});

test("ND1: an id of an earlier run is taken up on the same socket address only", (t) => {
  const other = savedId({ id: idOf("6"), port: 6_889 });
  const originOf = (saved: SavedDhtId, host = socket.host, port = socket.port): OwnId["origin"] =>
    startOwnId({ host, port, saved: [other, saved] }, draw()).origin;
  t.is(originOf(savedId()), "saved");
  t.is(originOf(savedId({ port: 6_882 })), "random");
  t.is(originOf(savedId({ host: "192.0.2.1" })), "random");
  const { publicHost: _, ...unseen } = savedId();
  t.is(originOf(unseen), "random", "any machine may have this socket address");
  t.is(originOf({ ...unseen, host: "127.0.0.2" }, "127.0.0.2"), "saved");
});

test("ND1: an id of an earlier run is given up when our address is another one now", (t) => {
  const fitting = ownIdAt(startOwnId(socket, draw()), publicHost, draw(9)).id;
  const start = startOwnId({ ...socket, saved: [savedId({ id: fitting })] }, draw());
  t.deepEqual(ownIdAt(start, publicHost, draw()), { origin: "address", publicHost, id: fitting });
  // This address has the same hash: the rule of BEP 42 alone would keep the id.
  const alike = "120.31.75.21";
  t.true(isSecureNodeId(fitting, alike));
  t.notDeepEqual(ownIdAt(start, alike, draw()).id, fitting);
});

test("an id that fits a new address by chance stays", (t) => {
  const state = ownIdAt(startOwnId(socket, draw()), publicHost, draw(9));
  t.deepEqual(ownIdAt(state, "120.31.75.21", draw()).id, state.id);
});

test("the ids of the two sockets differ in their first bits", (t) => {
  const random = seededBytes(3);
  for (let round = 0; round < 300; round++) {
    const other = randomId(random);
    const start = startOwnId(socket, { other, random });
    t.true(commonPrefixBits(start.id, other) <= 8);
    const near = ownIdAt(start, publicHost, { other: undefined, random }).id;
    t.true(commonPrefixBits(ownIdAt(start, publicHost, { other: near, random }).id, near) <= 8);
  }
});
