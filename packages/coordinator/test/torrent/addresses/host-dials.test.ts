import test from "ava";
import { HostDials } from "../../../src/torrent/addresses/host-dials.ts";
import { addressOf } from "../../support/directory.ts";

const hour = 3_600_000;
const host = "8.0.0.1";

test("a host has room for four dials until a peer has answered", (t) => {
  const dials = new HostDials();
  for (let left = 4; left > 0; left--) {
    t.is(dials.room(host, 0), left);
    dials.began(host, 0);
  }
  t.is(dials.room(host, 0), 0);
  t.is(dials.room("8.0.0.2", 0), 4);
});

test("each answer makes room for the dial that it answered and for one more", (t) => {
  const dials = new HostDials();
  for (let n = 0; n < 4; n++) dials.began(host, 0);
  dials.answered(host);
  t.is(dials.room(host, 0), 2);
  dials.answered("8.0.0.2");
  t.is(dials.room("8.0.0.2", 0), 4, "an answer of a host that was not counted changes nothing");
});

test("answers never make room without a dial", (t) => {
  const dials = new HostDials();
  dials.began(host, 0);
  for (let n = 0; n < 10; n++) dials.answered(host);
  t.is(dials.room(host, 0), 5);
});

test("a host is forgotten an hour after its last dial, or when 108,000 others were dialled since", (t) => {
  const dials = new HostDials();
  for (const atMs of [0, 1, 2, hour / 2]) dials.began(host, atMs);
  t.is(dials.room(host, hour), 0);
  t.is(dials.room(host, hour / 2 + hour), 4);
  for (let n = 0; n < 108_000; n++) dials.began(addressOf(n), hour / 2);
  t.is(dials.size, 108_000);
  t.is(dials.room(host, hour), 4);
  dials.began(host, 2 * hour);
  t.is(dials.size, 1);
});
