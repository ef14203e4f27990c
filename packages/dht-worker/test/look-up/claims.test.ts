import test from "ava";
import { nodeIdFrom } from "@troupe/protocol/dht";
import { Claims } from "../../src/look-up/claims.ts";
import type { KnownNode } from "../../src/look-up/look-up-node.ts";

function claim(first: number, isFitting: boolean, host = "45.1.1.1"): KnownNode {
  const id = nodeIdFrom(new Uint8Array(20).fill(first));
  return { id, host, port: 6881, place: host, isFitting, state: { kind: "unasked" } };
}

test("a claim that fits and one that does not stand side by side", (t) => {
  const claims = new Claims();
  const [fitting, other] = [claim(1, true), claim(2, false)];
  claims.add(fitting);
  claims.add(other);
  t.is(claims.rivalOf(claim(3, true)), fitting);
  t.is(claims.rivalOf(claim(3, false)), other);
  t.is(claims.rivalOf(claim(3, false, "45.1.1.2")), undefined);
  t.true(claims.has(claim(1, true)));
  t.false(claims.has(claim(3, true)));
});

test("the claims about an address are forgotten when it is asked", (t) => {
  const claims = new Claims();
  const [fitting, other] = [claim(1, true), claim(2, false)];
  claims.add(fitting);
  claims.add(other);
  t.deepEqual(claims.take({ host: "45.1.1.1", port: 6881 }), [fitting, other]);
  t.deepEqual(claims.take({ host: "45.1.1.1", port: 6881 }), []);
  t.false(claims.has(fitting));
});

test("a removed claim makes room, and one that was replaced is no longer removed", (t) => {
  const claims = new Claims();
  const [replaced, newer] = [claim(1, true), claim(2, true)];
  claims.add(replaced);
  claims.add(newer);
  claims.remove(replaced);
  t.true(claims.has(newer));
  claims.remove(newer);
  t.false(claims.has(newer));
});
