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
  t.deepEqual(addedBy(control), { fromNetwork: true, localHosts: false });
});

test("a torrent that gets trackers or web seeds of a caller elsewhere reaches no local host", (t) => {
  for (const name of ["trackers", "trackerTiers", "webSeeds"]) {
    const changes = { [name]: [] };
    t.deepEqual(changedBy(control, changes), { ...changes, localHosts: false });
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

test("a caller elsewhere names no tracker of all torrents in a local network", (t) => {
  const check = (caller: Caller, url: string) => () =>
    refuseLocalTrackers(caller, { defaultTrackers: [url] });
  const locals = [
    "http://127.0.0.1/announce",
    "udp://[::1]:80/announce",
    "http://192.168.1.5/announce",
    "http://2130706433/announce",
    "udp://nas:80",
    "http://tracker.local/announce",
    "http://0.0.0.0/announce",
  ];
  for (const url of locals) {
    t.throws(check(control, url), refused, url);
    t.notThrows(check(local, url), url);
  }
  t.throws(check(control, "no URL"), { code: "option-out-of-range" });
  for (const url of ["http://t.example/announce", "udp://8.8.8.8:80", "udp://[2a00::1]:80"])
    t.notThrows(check(control, url), url);
  t.notThrows(() => refuseLocalTrackers(control, { defaultTrackers: null }));
  t.notThrows(() => refuseLocalTrackers(control, {}));
});

test("a caller elsewhere names no peer of this machine, and no system port of a local network", (t) => {
  const check = (caller: Caller, host: string, port: number) => () =>
    refuseLocalPeers(caller, [{ host, port }]);
  const locals: readonly (readonly [string, number])[] = [
    ...([
      ["127.0.0.1", 6_881],
      ["::1", 6_881],
      ["localhost", 6_881],
    ] as const),
    ...([
      ["0.0.0.0", 6_881],
      ["192.168.1.1", 80],
      ["nas.example", 80],
    ] as const),
  ];
  for (const [host, port] of locals) {
    t.throws(check(control, host, port), refused, host);
    t.notThrows(check(local, host, port), host);
  }
  for (const [host, port] of [
    ["192.168.1.1", 6_881],
    ["8.8.8.8", 80],
    ["a.example", 6_881],
  ] as const)
    t.notThrows(check(control, host, port), host);
});
