import test from "ava";

import { senderOf } from "../../src/serving/sender.ts";

test("all ports of an IPv4 address, and all addresses of an IPv6 /64, have one key", (t) => {
  t.is(senderOf("203.0.113.7", 1).key, senderOf("203.0.113.7", 2).key);
  t.not(senderOf("203.0.113.7", 1).key, senderOf("203.0.113.8", 1).key);
  t.is(senderOf("2001:db8:0:1::1", 1).key, senderOf("2001:db8:0:1:ffff::2", 9).key);
  t.not(senderOf("2001:db8:0:1::1", 1).key, senderOf("2001:db8:0:2::1", 1).key);
});

test("each port of a local address has a key of its own", (t) => {
  t.not(senderOf("127.0.0.1", 1).key, senderOf("127.0.0.1", 2).key);
  t.not(senderOf("192.168.1.7", 1).key, senderOf("192.168.1.7", 2).key);
  t.not(senderOf("::1", 1).key, senderOf("::1", 2).key);
  t.is(senderOf("10.0.0.7", 1).key, senderOf("10.0.0.7", 1).key);
});
