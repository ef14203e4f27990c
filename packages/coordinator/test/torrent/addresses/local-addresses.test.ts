import test from "ava";
import { LocalAddresses } from "../../../src/torrent/addresses/local-addresses.ts";

function scene(hosts: readonly string[]) {
  const clock = { ms: 0, nowMs: () => clock.ms };
  let lists = 0;
  const addresses = ["127.0.0.1", "192.168.1.9", "fd00::9"].map((host) => ({
    ...{ host, prefixLength: 24, isInternal: false },
  }));
  const interfaces = {
    list: () => {
      lists++;
      return [{ name: "eth0", addresses }];
    },
  };
  const local = new LocalAddresses({ clock, interfaces }, () => hosts);
  return { local, clock, lists: () => lists };
}

test("an engine that listens on all addresses of a family is found at those of the machine", (t) => {
  const { local } = scene(["0.0.0.0"]);
  t.true(local.has("192.168.1.9"));
  t.true(local.has("127.0.0.1"));
  t.false(local.has("192.168.1.10"));
  t.false(local.has("fd00::9"), "it does not listen over IPv6");
});

test("an engine that listens on one address is not found at the others", (t) => {
  const { local } = scene(["127.0.0.1"]);
  t.true(local.has("127.0.0.1"));
  t.false(local.has("192.168.1.9"), "another program may have the port there");
});

test("the interfaces are listed every ten seconds at most", (t) => {
  const { local, clock, lists } = scene(["0.0.0.0"]);
  for (let at = 0; at < 1000; at++) local.has("10.0.0.1");
  t.is(lists(), 1);
  clock.ms = 10_000;
  local.has("10.0.0.1");
  t.is(lists(), 2);
});
