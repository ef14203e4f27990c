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

test("a sender has the class of its address", (t) => {
  const hosts = ["203.0.113.7", "2001:db8::1", "192.168.1.7", "fe80::1", "240.0.0.1", "ff02::1"];
  t.deepEqual(
    hosts.map((host) => senderOf(host, 1).addressClass),
    ["internet", "internet", "local", "local", "refused", "refused"],
  );
});

test("IPv4 in IPv6 is the subscriber of that IPv4 address", (t) => {
  t.is(senderOf("::ffff:203.0.113.7", 1).key, senderOf("203.0.113.7", 2).key);
  t.is(senderOf("2002:cb00:7107::1", 1).key, senderOf("203.0.113.7", 2).key);
});

test("a local address has the key of no subscriber", (t) => {
  const locals = ["0.0.1.1", "10.0.0.7", "127.0.0.1", "192.168.1.7"];
  const keys = locals.map((host) => Number(senderOf(host, 6_881).key));
  t.true(keys.every((key) => key < 0));
  t.true(Number(senderOf("223.255.255.254", 6_881).key) > 0);
});
