import test from "ava";
import { plainTcp } from "@troupe/messages";
import { DialBounds } from "../../../src/torrent/addresses/dial-bounds.ts";
import { addressOf, directoryServices, everyDial, makeDirectory } from "../../support/directory.ts";
import type { PeerDirectory } from "../../../src/torrent/addresses/peer-directory.ts";
import { untriedAddress } from "../../../src/torrent/addresses/known-address.ts";

const port = 6881;
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Dials until nothing may be dialled. @returns The ports, as `host:port`. */
function dialAll(directory: PeerDirectory, nowMs: number): string[] {
  const dialled: string[] = [];
  while (directory.hasAny(nowMs, everyDial, false)) {
    const next = directory.next(nowMs, everyDial, false);
    if (next === undefined) break;
    dialled.push(`${next.host}:${next.port}`);
  }
  return dialled;
}

/** Dials like `dialAll`, and each dial fails. */
function failAll(directory: PeerDirectory, nowMs: number): string[] {
  const dialled = dialAll(directory, nowMs);
  for (const address of dialled) {
    const [host = "", at] = address.split(":");
    directory.failed(host, Number(at), nowMs);
  }
  return dialled;
}

function namePorts(directory: PeerDirectory, host: string, count: number, from = 2_000): void {
  for (let n = 0; n < count; n++) directory.add(host, from + n, "tracker-internet", "http://a");
}

test("of ten thousand ports that a tracker names of a host four are dialled, and redialled", (t) => {
  const directory = makeDirectory();
  namePorts(directory, "8.0.0.1", 10_000);
  const dials: number[] = [];
  for (let nowMs = 0; nowMs < 30 * minute; nowMs += second)
    dials.push(...failAll(directory, nowMs).map(() => nowMs));
  t.is(dials.filter((atMs) => atMs === 0).length, 4);
  for (const atMs of dials) {
    t.true(dials.filter((other) => other >= atMs && other < atMs + minute).length <= 8);
  }
  t.is(directory.size, 104, "a hundred ports wait, and no more are kept");
});

test("a host's ports count over all torrents and trackers", (t) => {
  const services = directoryServices();
  let dialled = 0;
  for (let n = 0; n < 20; n++) {
    const directory = makeDirectory(services);
    directory.add("8.0.0.1", 2_000 + n, "tracker-internet", `http://${n}`);
    dialled += dialAll(directory, 0).length;
  }
  t.is(dialled, 4);
});

test("an address that twenty torrents name counts once, and each of them dials it", (t) => {
  const services = directoryServices();
  const torrents = Array.from({ length: 20 }, () => makeDirectory(services));
  for (const directory of torrents) directory.add("8.0.0.1", port, "tracker-internet", "http://a");
  const dials: { at: number; atMs: number }[] = [];
  for (let nowMs = 0; nowMs < 10 * minute; nowMs += second) {
    for (const [at, directory] of torrents.entries())
      dials.push(...failAll(directory, nowMs).map(() => ({ at, atMs: nowMs })));
  }
  t.is(new Set(dials.map(({ at }) => at)).size, 20);
  for (const { atMs } of dials) {
    const within = dials.filter((dial) => dial.atMs >= atMs && dial.atMs < atMs + minute);
    t.true(within.length <= 8, `${within.length} dials of the host in a minute`);
  }
  const other = makeDirectory(services);
  namePorts(other, "8.0.0.1", 10);
  t.is(dialAll(other, 12 * minute).length, 3, "the address has taken one place of four");
});

test("a torrent that is added again counts no address again", (t) => {
  const services = directoryServices();
  for (let nowMs = 0; nowMs < 20 * minute; nowMs += 2 * minute) {
    const directory = makeDirectory(services);
    directory.add("8.0.0.1", port, "tracker-internet", "http://a");
    t.is(failAll(directory, nowMs).length, 1);
    directory.close();
  }
});

test("an address that answers in one torrent is dialled in two hundred others within a second", (t) => {
  const services = directoryServices();
  const torrents = Array.from({ length: 200 }, () => makeDirectory(services));
  for (const directory of torrents) {
    namePorts(directory, "8.0.0.1", 3, 3_000);
    directory.add("8.0.0.1", port, "tracker-internet", "http://a");
    for (let n = 2; n < 40; n++) directory.add(`8.0.0.${n}`, port, "tracker-internet", "http://a");
  }
  for (const directory of torrents) failAll(directory, 0);
  const [first] = torrents;
  first?.connected("8.0.0.1", port, plainTcp, 0);
  const dialled = torrents.slice(1).flatMap((directory) => dialAll(directory, second));
  const address = `8.0.0.1:${port}`;
  t.is(dialled.filter((each) => each === address).length, 199);
  t.true(dialled.filter((each) => each.startsWith("8.0.0.1:") && each !== address).length <= 4);
});

test("the ports of an IPv6 /64 count together", (t) => {
  const directory = makeDirectory();
  for (let n = 1; n <= 20; n++) directory.add(`2001:db8::${n}`, port, "tracker-internet");
  t.is(dialAll(directory, 0).length, 4);
});

test("after an answer further ports of the host are dialled, and after more answers all of them", (t) => {
  const directory = makeDirectory();
  namePorts(directory, "8.0.0.1", 25);
  const met = dialAll(directory, 0);
  t.is(met.length, 4);
  while (met.length < 25) {
    const before = met.length;
    for (const address of met.slice(-4))
      directory.connected("8.0.0.1", Number(address.split(":")[1]), plainTcp, 0);
    met.push(...dialAll(directory, 0));
    if (met.length === before) break;
  }
  t.is(met.length, 25);
  t.is(new Set(met).size, 25);
});

test("an answer in one torrent lets the ports of the host go in the others within a second", (t) => {
  const services = directoryServices();
  const [one, other] = [makeDirectory(services), makeDirectory(services)];
  namePorts(one, "8.0.0.1", 4);
  namePorts(other, "8.0.0.1", 10, 3_000);
  t.is(dialAll(one, 0).length, 4);
  t.is(dialAll(other, 0).length, 0);
  one.connected("8.0.0.1", 2_000, plainTcp, 500);
  t.is(dialAll(other, second).length, 2);
});

test("ports of a host that wait hold up no other address", (t) => {
  const directory = makeDirectory();
  namePorts(directory, "8.0.0.1", 5_000);
  directory.add("8.0.1.1", port, "tracker-internet", "http://a");
  const dialled = dialAll(directory, 0);
  t.is(dialled.length, 5);
  t.is(dialled.at(-1), `8.0.1.1:${port}`);
  t.is(directory.untriedCount, 0, "a download with these addresses alone needs peers");
});

test("all sources together dial thirty addresses of a /24 first in any minute, and redial thirty", (t) => {
  const services = directoryServices();
  const torrents = [makeDirectory(services), makeDirectory(services)];
  for (const [at, directory] of torrents.entries()) {
    for (let n = 1; n < 255; n++) {
      const host = `8.0.0.${n}`;
      if (n % 2 === at) directory.add(host, port, "tracker-internet", "http://a");
      else directory.add(host, port, "pex-internet", `pex ${n}`);
    }
  }
  const dials: { host: string; atMs: number }[] = [];
  const seen = new Set<string>();
  for (let nowMs = 0; nowMs < 20 * minute; nowMs += second) {
    for (const [at, directory] of torrents.entries())
      dials.push(
        ...failAll(directory, nowMs).map((address) => ({ host: `${at} ${address}`, atMs: nowMs })),
      );
  }
  const first = dials.filter(({ host }) => !seen.has(host) && seen.add(host));
  t.is(first.filter(({ atMs }) => atMs === 0).length, 30);
  for (const { atMs } of dials) {
    const within = (dial: { atMs: number }) => dial.atMs >= atMs && dial.atMs < atMs + minute;
    t.true(first.filter(within).length <= 30);
    t.true(dials.filter(within).length <= 60);
  }
  t.true(first.length >= 254, `${first.length} first dials: each host has its turn`);
});

test("an IPv4 address within IPv6 counts in the network of the IPv4 address", (t) => {
  const directory = makeDirectory();
  for (let n = 1; n <= 20; n++) {
    directory.add(`8.0.0.${n}`, port, "tracker-internet");
    directory.add(`64:ff9b::8.0.0.${100 + n}`, port, "tracker-internet");
  }
  t.is(dialAll(directory, 0).length, 30);
  for (let n = 1; n <= 20; n++) directory.add(`64:ff9b::8.0.${n}.1`, port, "tracker-internet");
  t.is(dialAll(directory, 0).length, 20, "other networks behind the same NAT64 prefix");
});

test("a network at its bound is passed over by one look at its line", (t) => {
  const bounds = new DialBounds();
  let looks = 0;
  const services = directoryServices({
    dialBounds: new Proxy(bounds, {
      get: (target, key) => {
        looks++;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    }),
  });
  const directory = makeDirectory(services);
  for (let n = 1; n < 255; n++)
    for (let at = 0; at < 50; at++) directory.add(`8.0.0.${n}`, 2_000 + at, "tracker-internet");
  t.is(dialAll(directory, 0).length, 30);
  looks = 0;
  for (let nowMs = 0; nowMs < minute; nowMs += 250) t.is(dialAll(directory, nowMs).length, 0);
  t.true(looks <= 60 * 64 * 2, `${looks} looks at 12,700 addresses in a minute`);
  looks = 0;
  for (let n = 0; n < 1_000; n++) directory.hasAny(59 * second, everyDial, false);
  t.is(looks, 0, "a look a second");
});

test("addresses that wait make room for new ones when the directory is full", (t) => {
  const directory = makeDirectory();
  for (let n = 0; n < 200; n++) namePorts(directory, addressOf(n), 100);
  t.is(directory.size, 20_000);
  dialAll(directory, 0);
  t.true(directory.add("8.0.0.1", port, "tracker-internet", "http://b"));
  t.is(directory.size, 20_000);
  t.deepEqual(dialAll(directory, 0), [`8.0.0.1:${port}`]);
});

test("local addresses, and those of the user and of links, are free of the bounds", (t) => {
  const dialled = (source: "user" | "magnet" | "tracker-local", host: string): number => {
    const directory = makeDirectory();
    for (let n = 1; n <= 100; n++) directory.add(host, n, source);
    return dialAll(directory, 0).length;
  };
  t.is(dialled("user", "8.0.0.1"), 100);
  t.is(dialled("magnet", "8.0.0.1"), 100);
  t.is(dialled("tracker-local", "192.168.1.7"), 100);
  t.is(dialled("tracker-local", "8.0.0.1"), 4);
});

test("an address that waits is dialled at once when the user names it", (t) => {
  const directory = makeDirectory();
  namePorts(directory, "8.0.0.1", 10);
  t.is(dialAll(directory, 0).length, 4);
  directory.add("8.0.0.1", 2_009, "user");
  t.deepEqual(dialAll(directory, 0), ["8.0.0.1:2009"]);
});

test("an address that sources without proof named counts at its host when a tracker names it too", (t) => {
  const directory = makeDirectory();
  namePorts(directory, "8.0.0.1", 4);
  t.is(failAll(directory, 0).length, 4);
  directory.add("8.0.0.1", 3_000, "pex-internet", "pex a");
  directory.add("8.0.0.1", 3_000, "tracker-internet", "http://a");
  t.deepEqual(dialAll(directory, 0), []);
});

test("an address that a tracker and a peer named waits once, and is forgotten with its line", (t) => {
  const directory = makeDirectory();
  for (let n = 1; n <= 40; n++) directory.add(`8.0.0.${n}`, port, "pex-internet", "pex a");
  t.is(dialAll(directory, 0).length, 30);
  for (let n = 1; n <= 40; n++) directory.add(`8.0.0.${n}`, port, "tracker-internet", "http://a");
  t.is(dialAll(directory, second).length, 0);
  t.is(dialAll(directory, minute + 6 * second).length, 10);
});

test("an unverified address that waits for its network counts among those of its teller", (t) => {
  const directory = makeDirectory();
  for (let n = 1; n <= 250; n++) directory.add(`8.0.0.${n}`, port, "pex-internet", "pex a");
  t.is(directory.size, 200);
  t.is(dialAll(directory, 0).length, 30);
  for (let n = 1; n <= 250; n++) directory.add(`8.0.1.${n}`, port, "pex-internet", "pex a");
  t.is(directory.size, 230);
});

test("low ports of the internet are dialled for trackers and users alone", (t) => {
  const sources = ["user", "magnet", "tracker-internet", "record"] as const;
  for (const source of sources) t.true(makeDirectory().add("8.0.0.1", 80, source), source);
  for (const source of ["pex-internet", "pex-local", "dht-internet", "dht-local"] as const) {
    t.false(makeDirectory().add("8.0.0.1", 1_023, source), source);
    t.true(makeDirectory().add("8.0.0.1", 1_024, source), source);
  }
  t.false(makeDirectory().add("8.0.0.1", 80, "local-discovery"));
  t.true(makeDirectory().add("192.168.1.7", 80, "pex-local"));
  const directory = makeDirectory();
  directory.heardOf("8.0.0.1", 80, 0);
  directory.heardOf("192.168.1.7", 80, 0);
  t.false(directory.has("8.0.0.1", 80));
  t.true(directory.has("192.168.1.7", 80));
});

test("a low port that a tracker has named is connected when an incoming peer names it too", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", 443, "tracker-internet", "http://a");
  directory.heardOf("8.0.0.1", 443, 0);
  t.deepEqual(dialAll(directory, 0), [], "no second connection to the peer");
});

test("after an hour four other ports of a host are dialled", (t) => {
  const directory = makeDirectory();
  namePorts(directory, "8.0.0.1", 10);
  const first = failAll(directory, 0);
  const later = failAll(directory, hour);
  t.is(later.filter((address) => !first.includes(address)).length, 4);
});

test("an address at which a peer has answered is redialled whatever its network has seen", (t) => {
  const bounds = new DialBounds();
  const directory = makeDirectory({ ...directoryServices(), dialBounds: bounds });
  directory.add("8.0.0.200", port, "tracker-internet");
  dialAll(directory, 0);
  directory.connected("8.0.0.200", port, plainTcp, 0);
  directory.closed("8.0.0.200", port, 0, "later");
  for (let n = 0; n < 30; n++)
    bounds.began({ ...untriedAddress(`8.0.0.${n}`, port) }, "again", minute);
  t.deepEqual(dialAll(directory, minute), [`8.0.0.200:${port}`]);
});
