import test from "ava";
import { HostDials } from "../../../src/torrent/addresses/host-dials.ts";
import { addressOf } from "../../support/directory.ts";

const hour = 3_600_000;
const host = "8.0.0.1";

test("a host has room for four addresses until a peer has answered", (t) => {
  const dials = new HostDials();
  for (let left = 4; left > 0; left--) {
    t.is(dials.room(host, 0), left);
    dials.began(host, left, 0);
  }
  t.is(dials.room(host, 0), 0);
  t.is(dials.room("8.0.0.2", 0), 4);
});

test("each answer makes room for the address that answered and for one more", (t) => {
  const dials = new HostDials();
  for (let n = 0; n < 4; n++) dials.began(host, n, 0);
  dials.answered(host, 0, 0);
  t.is(dials.room(host, 0), 2);
  dials.answered("8.0.0.2", 0, 0);
  t.is(dials.room("8.0.0.2", 0), 4, "an answer of an address that was not counted makes no room");
});

test("an address answers once, and an answer makes no room without a dial", (t) => {
  const dials = new HostDials();
  dials.began(host, 1, 0);
  for (let n = 0; n < 10; n++) dials.answered(host, 1, 0);
  for (let n = 2; n < 10; n++) dials.answered(host, n, 0);
  t.is(dials.room(host, 0), 5);
});

test("an address is new, unanswered, or answered, for an hour", (t) => {
  const dials = new HostDials();
  t.is(dials.stateOf(host, 1, 0), "new");
  dials.began(host, 1, 0);
  t.is(dials.stateOf(host, 1, 0), "unanswered");
  dials.answered(host, 1, 0);
  t.is(dials.stateOf(host, 1, 0), "answered");
  t.is(dials.stateOf(host, 2, 0), "new");
  t.is(dials.stateOf(host, 1, hour), "new");
});

test("of a host that answers at all ports the latest 200 are kept", (t) => {
  const dials = new HostDials();
  for (let n = 0; n < 1_000; n++) {
    dials.began(host, n, 0);
    dials.answered(host, n, 0);
  }
  t.is(dials.stateOf(host, 799, 0), "new");
  t.is(dials.stateOf(host, 800, 0), "answered");
  t.is(dials.room(host, 0), 204);
});

test("a host is forgotten an hour after its last address, or when 108,000 others were dialled since", (t) => {
  const dials = new HostDials();
  for (const atMs of [0, 1, 2, hour / 2]) dials.began(host, atMs, atMs);
  t.is(dials.room(host, hour), 0);
  t.is(dials.room(host, hour / 2 + hour), 4);
  for (let n = 0; n < 108_000; n++) dials.began(addressOf(n), 1, hour / 2);
  t.is(dials.size, 108_000);
  t.is(dials.room(host, hour), 4);
  dials.began(host, 1, 2 * hour);
  t.is(dials.size, 1);
});
