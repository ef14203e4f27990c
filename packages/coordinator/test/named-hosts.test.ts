import test from "ava";
import { mayBeNamed } from "../src/named-hosts.ts";

test("peers on system ports of private networks are not dialled, whatever the source", (t) => {
  for (const source of ["file", "network"] as const) {
    t.false(mayBeNamed("192.168.1.1", 80, source));
    t.false(mayBeNamed("fd00::1", 1_023, source));
    t.true(mayBeNamed("192.168.1.1", 1_024, source));
    t.true(mayBeNamed("45.10.0.1", 80, source));
  }
});

test("peers on loopback are dialled for a link of the user alone", (t) => {
  t.true(mayBeNamed("127.0.0.1", 6881, "file"));
  for (const host of [
    "127.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "localhost",
    "a.localhost",
    "ip6-localhost",
    "[::1]",
    "::1%lo",
    "[::1%lo]",
    "127.0.0.1%lo",
  ])
    t.false(mayBeNamed(host, 6881, "network"), host);
});
