import test from "ava";
import { hostsForStrangers } from "../../../src/io/network/hosts-for-strangers.ts";
import type { Interfaces } from "../../../src/ports/interfaces.ts";

const interfaces: Pick<Interfaces, "list"> = {
  list: () => [
    {
      name: "eth0",
      addresses: [
        { host: "203.0.113.7", prefixLength: 24, isInternal: false },
        { host: "2001:db8::7", prefixLength: 64, isInternal: false },
      ],
    },
  ],
};

test("a stranger names hosts of the internet, and none of a local network", (t) => {
  const mayDial = hostsForStrangers(interfaces);
  for (const host of ["1.1.1.1", "203.0.113.8", "2001:db8::8"]) t.true(mayDial(host, host), host);
  for (const host of [
    "127.0.0.1",
    "10.0.0.1",
    "::1",
    "168.63.129.16",
    "64:ff9b:1::1",
    "0.0.0.0",
    "a",
  ])
    t.false(mayDial(host, "public.example"), host);
});

test("a stranger names no public address of this machine, in no notation", (t) => {
  const mayDial = hostsForStrangers(interfaces);
  for (const host of [
    "203.0.113.7",
    "::ffff:203.0.113.7",
    "::ffff:cb00:7107",
    "64:ff9b::203.0.113.7",
    "2002:cb00:7107::1",
    "2001:db8::7",
    "2001:DB8:0::7",
  ])
    t.false(mayDial(host, "public.example"), host);
});

test("a stranger names the listed hosts, by name or by address, and no others", (t) => {
  const mayDial = hostsForStrangers(interfaces, ["NAS.local", "192.168.1.5", "fd00::5"]);
  t.true(mayDial("10.0.0.1", "nas.local."));
  t.true(mayDial("192.168.1.5", "192.168.1.5"));
  t.true(mayDial("192.168.1.5", "other.local"));
  t.true(mayDial("fd00::5", "[fd00:0::5]"));
  t.false(mayDial("192.168.1.6", "192.168.1.6"));
  t.false(mayDial("10.0.0.1", "x.nas.local"));
});

test("a name that a proxy looks up passes where the internet may know it", (t) => {
  const mayDial = hostsForStrangers(interfaces, ["nas.local"]);
  for (const host of ["tracker.example", "Tracker.Example.", "nas.local"])
    t.true(mayDial(host, host), host);
  for (const host of ["localhost", "printer.local", "127.1", "0x7f.1", "1", "a.0x7f"])
    t.false(mayDial(host, host), host);
});
