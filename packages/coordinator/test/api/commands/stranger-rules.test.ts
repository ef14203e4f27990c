import { hostsForStrangers } from "@troupe/actor-runtime";
import test from "ava";
import type { Caller } from "../../../src/api/commands/caller.ts";
import {
  addedBy,
  changedBy,
  placeOf,
  refuseLocalPeers,
  refuseLocalTrackers,
} from "../../../src/api/commands/stranger-rules.ts";

const local: Caller = { right: "local" };
const control: Caller = { right: "control", roots: ["/data"] };
const refused = { code: "not-permitted" };

test("a torrent of a caller elsewhere is one of a stranger", (t) => {
  t.deepEqual(addedBy(local), {});
  t.deepEqual(addedBy(control), { fromNetwork: true, useLocalHosts: false });
});

test("a torrent that gets trackers or web seeds of a caller elsewhere reaches no local host", (t) => {
  for (const name of ["trackers", "trackerTiers", "webSeeds"]) {
    const changes = { [name]: [] };
    t.deepEqual(changedBy(control, changes), { ...changes, useLocalHosts: false });
    t.deepEqual(changedBy(local, changes), changes);
    t.deepEqual(changedBy(control, { [name]: null }), { [name]: null });
  }
  t.deepEqual(changedBy(control, { maxPeers: 3 }), { maxPeers: 3 });
});

test("a caller elsewhere names folders below its roots, and no file", async (t) => {
  const folderBelow = async (path: string, roots: readonly string[]) => `${roots[0]}/${path}`;
  const rules = { of: "folder", folderBelow } as const;
  t.is(await placeOf(local, "/x", rules), "/x");
  t.is(await placeOf(control, "x", rules), "/data/x");
  await t.throwsAsync(placeOf({ right: "control" }, "x", rules), refused);
  await t.throwsAsync(placeOf(control, "x", { ...rules, of: "file" }), refused);
  t.is(await placeOf(local, "/x", { ...rules, of: "file" }), "/x");
});

const own = { host: "203.0.113.7", prefixLength: 24, isInternal: false };
const interfaces = { list: () => [{ name: "eth0", addresses: [own] }] };
const mayDial = hostsForStrangers(interfaces, ["nas", "192.168.1.5", "localhost"]);

test("a caller elsewhere names no tracker of all torrents in a local network, but at listed hosts", (t) => {
  const check = (caller: Caller, url: string) => () =>
    refuseLocalTrackers(caller, { defaultTrackers: [url] }, mayDial);
  const locals = [
    "http://127.0.0.1/announce",
    "udp://[::1]:80/announce",
    "http://192.168.1.6/announce",
    "http://2130706433/announce",
    "udp://router:80",
    "http://tracker.local/announce",
    "http://0.0.0.0/announce",
    "http://203.0.113.7/announce",
    "udp://[64:ff9b::203.0.113.7]:80",
    "http://168.63.129.16/",
  ];
  for (const url of locals) {
    t.throws(check(control, url), refused, url);
    t.notThrows(check(local, url), url);
  }
  t.throws(check(control, "no URL"), { code: "option-out-of-range" });
  for (const url of ["http://t.example/announce", "udp://8.8.8.8:80", "udp://[2a00::1]:80"])
    t.notThrows(check(control, url), url);
  for (const url of ["http://NAS/announce", "udp://192.168.1.5:80", "http://localhost:6969/"])
    t.notThrows(check(control, url), url);
  t.notThrows(() => refuseLocalTrackers(control, { defaultTrackers: null }, mayDial));
  t.notThrows(() => refuseLocalTrackers(control, {}, mayDial));
});

test("a caller elsewhere names no peer of this machine or of a local network, in no notation, but at listed hosts", (t) => {
  const check = (caller: Caller, host: string) => () =>
    refuseLocalPeers(caller, [{ host: "8.8.8.8" }, { host }], mayDial);
  for (const host of [
    ...["127.0.0.1", "::1", "[::1]", "::1%lo", "[::1%lo]", "127.0.0.1%lo", "ip6-localhost"],
    ...["0.0.0.0", "192.168.1.1", "fe80::1%eth0", "[fe80::1%25eth0]", "router", "pc.lan"],
    ...["203.0.113.7", "::ffff:203.0.113.7", "64:ff9b:1::8.8.8.8", "168.63.129.16"],
  ]) {
    t.throws(check(control, host), refused, host);
    t.notThrows(check(local, host), host);
  }
  for (const host of ["8.8.8.8", "[2a00::1]", "a.example", "nas", "192.168.1.5", "localhost"])
    t.notThrows(check(control, host), host);
});

test("an empty list names no local host", (t) => {
  const nobody = hostsForStrangers(interfaces, []);
  for (const host of ["nas", "192.168.1.5", "localhost"])
    t.throws(() => refuseLocalPeers(control, [{ host }], nobody), refused, host);
});
