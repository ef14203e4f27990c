import test from "ava";
import { IpFilter, plainTcp, type AddressSource } from "@troupe/messages";
import { rangesOf } from "@troupe/messages/testing";
import { peerPriority } from "@troupe/protocol/address";
import { AddressBudget } from "../../../src/torrent/addresses/address-budget.ts";
import { OwnAddresses } from "../../../src/torrent/addresses/own-addresses.ts";
import { UnverifiedDials } from "../../../src/torrent/addresses/unverified-dials.ts";
import { directoryLimit } from "../../../src/torrent/addresses/known-addresses.ts";
import type { PeerDirectory } from "../../../src/torrent/addresses/peer-directory.ts";
import { addressSources, sourceRules } from "../../../src/torrent/addresses/source-rules.ts";
import {
  addressOf,
  directoryServices,
  everyDial,
  firstDials,
  makeDirectory,
  ownPort,
} from "../../support/directory.ts";

const port = 6881;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Addresses of ours in these families, which are unknown. */
function ownAddresses(families: readonly (4 | 6)[]): OwnAddresses {
  return new OwnAddresses(() => [ownPort], undefined, families);
}

function directoryOf(...hosts: readonly string[]): PeerDirectory {
  const directory = makeDirectory();
  for (const host of hosts) directory.add(host, port, "user");
  return directory;
}

/** Dials until there is nothing to dial. @returns the hosts in order. */
function dialAll(directory: PeerDirectory, nowMs = 0): string[] {
  const hosts: string[] = [];
  for (;;) {
    const next = directory.next(nowMs, everyDial, false);
    if (next === undefined) return hosts;
    hosts.push(next.host);
  }
}

test("untried addresses are dialled in the order in which they came", (t) => {
  t.deepEqual(dialAll(directoryOf("8.0.0.3", "8.0.0.1", "8.0.0.2")), [
    "8.0.0.3",
    "8.0.0.1",
    "8.0.0.2",
  ]);
});

test("trackers take turns: thousands of addresses of one tracker do not hold up those of another", (t) => {
  const directory = directoryOf();
  for (let n = 0; n < 5_000; n++) directory.add(addressOf(n), port, "tracker-internet", "http://a");
  for (const host of ["8.0.0.1", "8.0.0.2"]) {
    directory.add(host, port, "tracker-internet", "http://b");
  }
  directory.add("8.0.0.3", port, "user");
  t.is(directory.untriedCount, 5_003);
  const order = dialAll(directory);
  t.deepEqual(order.slice(0, 6), [
    addressOf(0),
    "8.0.0.1",
    "8.0.0.3",
    addressOf(1),
    "8.0.0.2",
    addressOf(2),
  ]);
  t.deepEqual(
    order.filter((host) => host.startsWith("9.")),
    Array.from({ length: 5_000 }, (_, n) => addressOf(n)),
  );
  t.is(directory.untriedCount, 0);
});

test("an address of two trackers waits for the turns of both, and is dialled once", (t) => {
  const directory = directoryOf();
  for (let n = 0; n < 1_000; n++) directory.add(addressOf(n), port, "tracker-internet", "http://a");
  for (const origin of ["http://a", "http://b", "http://b"]) {
    directory.add("8.0.0.1", port, "tracker-internet", origin);
  }
  t.is(directory.untriedCount, 1_001);
  const order = dialAll(directory);
  t.deepEqual(order.slice(0, 3), [addressOf(0), "8.0.0.1", addressOf(1)]);
  t.is(order.length, 1_001);
  t.is(directory.untriedCount, 0);
});

test("an address that is being dialled or connected is not dialled again", (t) => {
  const directory = directoryOf("8.0.0.1");
  t.deepEqual(dialAll(directory), ["8.0.0.1"]);
  t.deepEqual(dialAll(directory, hour), []);
  directory.connected("8.0.0.1", port, plainTcp, 0);
  t.deepEqual(dialAll(directory, hour), []);
});

test("an address is known once, and one host may have several ports", (t) => {
  const directory = makeDirectory();
  t.true(directory.add("8.0.0.1", 1, "tracker-internet"));
  t.false(directory.add("8.0.0.1", 1, "user"));
  t.true(directory.add("8.0.0.1", 2, "tracker-internet"));
  t.is(directory.size, 2);
});

test("untried addresses come before failed ones that are due", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  directory.failed("8.0.0.1", port, 0);
  directory.add("8.0.0.2", port, "tracker-internet");
  t.deepEqual(dialAll(directory, hour), ["8.0.0.2", "8.0.0.1"]);
});

test("a retried dial is marked as a retry, and can be forbidden", (t) => {
  const directory = directoryOf("8.0.0.1");
  t.is(directory.next(0, firstDials, false)?.isRetry, false);
  directory.failed("8.0.0.1", port, 0);
  t.is(directory.next(hour, firstDials, false), undefined);
  t.is(directory.next(hour, everyDial, false)?.isRetry, true);
});

test("a redial names the kind of the last connection to the address", (t) => {
  const directory = directoryOf("8.0.0.1");
  t.is(directory.next(0, firstDials, false)?.kind, plainTcp);
  directory.connected("8.0.0.1", port, { transport: "tcp", encryption: "none" }, 0);
  directory.closed("8.0.0.1", port, 0, "now");
  t.is(directory.next(hour, everyDial, false)?.kind, plainTcp);
});

test("each announce that names a failed address again forgives one failure", (t) => {
  const directory = directoryOf("8.0.0.1");
  for (const failedAtMs of [0, hour, 2 * hour, 3 * hour]) {
    t.deepEqual(dialAll(directory, failedAtMs), ["8.0.0.1"]);
    directory.failed("8.0.0.1", port, failedAtMs);
  }
  const atMs = 3 * hour;
  directory.add("8.0.0.1", port, "tracker-internet");
  t.deepEqual(dialAll(directory, atMs + 119 * second), []);
  for (let announces = 0; announces < 5; announces++) {
    directory.add("8.0.0.1", port, "tracker-internet");
  }
  t.deepEqual(
    dialAll(directory, atMs + 29 * second),
    [],
    "never sooner than after a first failure",
  );
  t.deepEqual(dialAll(directory, atMs + 30 * second), ["8.0.0.1"]);
});

test("a failed address that several trackers name is forgiven by one of them alone", (t) => {
  const directory = directoryOf("8.0.0.1");
  for (const failedAtMs of [0, hour, 2 * hour]) {
    dialAll(directory, failedAtMs);
    directory.failed("8.0.0.1", port, failedAtMs);
  }
  for (const tracker of ["http://a/announce", "udp://b:6969", "http://c/announce"]) {
    directory.add("8.0.0.1", port, "tracker-internet", tracker);
  }
  t.deepEqual(dialAll(directory, 2 * hour + 59 * second), []);
  t.deepEqual(dialAll(directory, 2 * hour + 60 * second), ["8.0.0.1"]);
});

test("the pause doubles with each failure, from 30 seconds to an hour", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  const pauses: number[] = [];
  let nowMs = 0;
  for (let round = 0; round < 9; round++) {
    directory.failed("8.0.0.1", port, nowMs);
    const failedAtMs = nowMs;
    while (dialAll(directory, nowMs).length === 0) nowMs += second;
    pauses.push((nowMs - failedAtMs) / second);
  }
  t.deepEqual(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
});

test("a connection that lasted resets the failures", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  for (let failure = 0; failure < 5; failure++) directory.failed("8.0.0.1", port, 0);
  directory.connected("8.0.0.1", port, plainTcp, 0);
  directory.closed("8.0.0.1", port, 0, "later");
  t.deepEqual(dialAll(directory, 30 * second - 1), []);
  t.deepEqual(dialAll(directory, 30 * second), ["8.0.0.1"]);
});

test("a connection that our own worker dropped is dialled again at once", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  directory.connected("8.0.0.1", port, plainTcp, 0);
  directory.closed("8.0.0.1", port, 5, "now");
  t.deepEqual(dialAll(directory, 5), ["8.0.0.1"]);
});

test("of the due addresses the one with the fewest failures is dialled first", (t) => {
  const directory = directoryOf("8.0.0.1", "8.0.0.2", "8.0.0.3");
  dialAll(directory);
  for (const [host, failures] of [
    ["8.0.0.1", 3],
    ["8.0.0.2", 1],
    ["8.0.0.3", 2],
  ] as const) {
    for (let failure = 0; failure < failures; failure++) directory.failed(host, port, 0);
  }
  t.deepEqual(dialAll(directory, hour), ["8.0.0.2", "8.0.0.3", "8.0.0.1"]);
});

test("addPeer makes an address due at once", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  directory.failed("8.0.0.1", port, 0);
  directory.add("8.0.0.1", port, "tracker-internet");
  t.deepEqual(dialAll(directory, 1), []);
  directory.add("8.0.0.1", port, "user");
  t.deepEqual(dialAll(directory, 1), ["8.0.0.1"]);
});

test("seeds are not dialled again while we are one", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  directory.note("8.0.0.1", port, { isSeed: true });
  directory.closed("8.0.0.1", port, 0, "later");
  t.is(directory.next(hour, everyDial, true), undefined);
  t.is(directory.next(hour, everyDial, false)?.host, "8.0.0.1");
});

test("a dial times out after 15 seconds, after 2 while more addresses wait than places are free", (t) => {
  const directory = makeDirectory();
  for (let n = 0; n < 200; n++) directory.add(addressOf(n), port, "tracker-internet");
  const next = directory.next(0, firstDials, false);
  if (next === undefined) return t.fail();
  t.is(directory.dialTimeoutMs(next, 200), 15_000);
  t.is(directory.dialTimeoutMs(next, 199), 2_000);
  t.is(directory.dialTimeoutMs({ isUnverified: true }, 200), 2_000);
});

test("a peer that left when there were few is dialled after a second, and less often the longer it is gone", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  directory.connected("8.0.0.1", port, plainTcp, 0);
  let nowMs = minute;
  directory.closed("8.0.0.1", port, nowMs, "soon");
  const pauses: number[] = [];
  for (let round = 0; round < 8; round++) {
    const endedAtMs = nowMs;
    while (dialAll(directory, nowMs).length === 0) nowMs += second / 10;
    pauses.push((nowMs - endedAtMs) / second);
    directory.failed("8.0.0.1", port, nowMs, "soon");
  }
  t.deepEqual(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
});

test("an address whose connections end at once is dialled less and less often", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  const pauses: number[] = [];
  let nowMs = 0;
  for (const stoodMs of [0, 0, 0, 10 * second, 0]) {
    directory.connected("8.0.0.1", port, plainTcp, nowMs);
    nowMs += stoodMs;
    const endedAtMs = nowMs;
    directory.closed("8.0.0.1", port, nowMs, "soon");
    while (dialAll(directory, nowMs).length === 0) nowMs += second / 10;
    pauses.push((nowMs - endedAtMs) / second);
  }
  t.deepEqual(pauses, [1, 2, 4, 1, 2]);
});

test("peers that left together are dialled at different moments", (t) => {
  for (const [chance, dueMs] of [
    [0, 500],
    [0.999, 1_499],
  ] as const) {
    const directory = makeDirectory({ random: { next: () => chance } });
    directory.add("8.0.0.1", port, "user");
    dialAll(directory);
    directory.connected("8.0.0.1", port, plainTcp, 0);
    directory.closed("8.0.0.1", port, 0, "soon");
    t.deepEqual(dialAll(directory, dueMs - 1), []);
    t.deepEqual(dialAll(directory, dueMs), ["8.0.0.1"]);
  }
});

test("an address without a lasting connection is not dialled sooner because peers are few", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  directory.failed("8.0.0.1", port, 0, "soon");
  t.deepEqual(dialAll(directory, 30 * second - 1), []);
  t.deepEqual(dialAll(directory, 30 * second), ["8.0.0.1"]);
});

test("a dial that this machine could not begin is not counted against the address", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  for (let round = 0; round < 5; round++) {
    const atMs = round * 5 * second;
    directory.untouched("8.0.0.1", port, atMs);
    t.deepEqual(dialAll(directory, atMs + 5 * second - 1), []);
    t.deepEqual(dialAll(directory, atMs + 5 * second), ["8.0.0.1"]);
  }
});

test("an incoming peer is dialled at the port that it named after it has disconnected", (t) => {
  const directory = makeDirectory();
  directory.heardOf("8.0.0.1", port, 0);
  t.deepEqual(dialAll(directory, minute), []);
  directory.closed("8.0.0.1", port, minute, "now");
  t.deepEqual(dialAll(directory, minute), ["8.0.0.1"]);
});

test("an address that only an incoming peer has named is given up after two dials", (t) => {
  const directory = makeDirectory();
  directory.heardOf("8.0.0.1", port, 0);
  directory.closed("8.0.0.1", port, 0, "now");
  for (const nowMs of [0, minute]) {
    t.deepEqual(dialAll(directory, nowMs), ["8.0.0.1"]);
    directory.failed("8.0.0.1", port, nowMs);
  }
  t.deepEqual(dialAll(directory, hour), []);
  t.is(directory.size, 0);
});

test("a peer that names several ports is known by the last", (t) => {
  const directory = makeDirectory();
  for (let named = 2_001; named <= 2_100; named++) {
    directory.heardOf("8.0.0.1", named, 0);
    directory.closed("8.0.0.1", named, 0, "later");
  }
  t.is(directory.size, 1);
  t.is(directory.next(minute, everyDial, false)?.port, 2_100);
});

test("an address that an incoming peer names and a tracker confirms counts like any other", (t) => {
  const directory = makeDirectory();
  directory.heardOf("8.0.0.1", port, 0);
  directory.add("8.0.0.1", port, "tracker-internet");
  directory.closed("8.0.0.1", port, 0, "now");
  for (let failure = 0; failure < 3; failure++) directory.failed("8.0.0.1", port, 0);
  t.is(directory.size, 1);
});

test("20,000 addresses are held, one more is refused while none has failed", (t) => {
  const directory = full();
  t.is(directory.size, 20_000);
  t.false(directory.add("8.0.0.1", port, "user"));
  t.is(directory.size, directoryLimit);
});

test("at the bound a new address replaces the failed address with the latest retry", (t) => {
  const directory = full();
  const first = directory.next(0, firstDials, false);
  const second = directory.next(0, firstDials, false);
  if (first === undefined || second === undefined) return t.fail();
  directory.failed(first.host, port, 0);
  directory.failed(second.host, port, 0);
  directory.failed(first.host, port, 0);
  t.true(directory.add("8.0.0.1", port, "user"));
  t.is(directory.size, directoryLimit);
  const dialled = new Set(dialAll(directory, hour));
  t.false(dialled.has(first.host));
  t.true(dialled.has(second.host));
  t.true(dialled.has("8.0.0.1"));
});

test("an address that is in use again is not replaced", (t) => {
  const directory = full();
  const known = [0, 1].map(() => directory.next(0, firstDials, false)?.host ?? "");
  for (const host of known) directory.failed(host, port, 0);
  const again = directory.next(hour, everyDial, false);
  t.is(again?.isRetry, false, "untried ones come first");
  t.true(directory.add("8.0.0.1", port, "user"));
  t.true(directory.add("8.0.0.2", port, "user"));
  t.false(directory.add("8.0.0.3", port, "user"), "both failed ones are gone, the rest is wanted");
});

function full(): PeerDirectory {
  const directory = makeDirectory();
  for (let n = 0; n < directoryLimit; n++) directory.add(addressOf(n), port, "tracker-internet");
  return directory;
}

test("all torrents together keep 200,000 addresses; beyond that each keeps 200", (t) => {
  const budget = new AddressBudget();
  const fill = (directory: PeerDirectory): number => {
    let count = 0;
    while (count < directoryLimit && directory.add(addressOf(count), port, "tracker-internet")) {
      count++;
    }
    return count;
  };
  const directories = Array.from({ length: 12 }, () => makeDirectory({ budget }));
  const counts = directories.map(fill);
  t.deepEqual(counts, [...Array.from({ length: 10 }, () => 20_000), 200, 200]);
  directories[0]?.close();
  t.is(fill(makeDirectory({ budget })), 20_000 - 400, "what is closed is free again");
});

test("a banned address is refused for an hour", (t) => {
  const directory = directoryOf("8.0.0.1");
  dialAll(directory);
  directory.closed("8.0.0.1", port, 0, "now");
  directory.ban("8.0.0.1", port, 0);
  t.true(directory.isBanned("8.0.0.1", port, hour - 1));
  t.deepEqual(dialAll(directory, hour - 1), []);
  t.false(directory.isBanned("8.0.0.1", port, hour));
  t.deepEqual(dialAll(directory, hour), ["8.0.0.1"]);
});

test("an address that was banned before it was tried is not dialled", (t) => {
  const directory = directoryOf("8.0.0.1", "8.0.0.2");
  directory.ban("8.0.0.1", port, 0);
  t.deepEqual(dialAll(directory, 1), ["8.0.0.2"]);
  t.deepEqual(dialAll(directory, hour), ["8.0.0.1"], "later it may be");
});

test("a ban counts for every port of a host of the internet, for one port of a local one", (t) => {
  const directory = makeDirectory();
  directory.ban("8.0.0.1", 50_000, 0);
  t.true(directory.isBanned("8.0.0.1", 50_001, 1), "who is banned comes back from another port");
  directory.ban("127.0.0.1", 50_000, 0);
  t.true(directory.isBanned("127.0.0.1", 50_000, 1));
  t.false(directory.isBanned("127.0.0.1", 50_001, 1), "a swarm on one machine has one address");
});

test("at most 10,000 bans are held; the oldest goes", (t) => {
  const directory = makeDirectory();
  for (let n = 0; n <= 10_000; n++) directory.ban(addressOf(n), port, 0);
  t.false(directory.isBanned(addressOf(0), port, 1));
  t.true(directory.isBanned(addressOf(1), port, 1));
  t.true(directory.isBanned(addressOf(10_000), port, 1));
});

/** Accepted from every source, from sources that may name local addresses, or from none. */
const policy = test.macro((t, host: string, from: "every" | "local" | "none") => {
  for (const source of Object.keys(sourceRules) as AddressSource[]) {
    const expected = from === "every" || (from === "local" && sourceRules[source].mayNameLocal);
    t.is(makeDirectory().add(host, port, source), expected, source);
  }
});

test("an address of the internet is accepted from every source", policy, "8.8.8.8", "every");
test("loopback is accepted from local sources alone", policy, "127.0.0.1", "local");
test("a private address is accepted from local sources alone", policy, "192.168.1.7", "local");
test("a link-local address is accepted from local sources alone", policy, "fe80::1", "local");
test("IPv4 inside IPv6 is classified as IPv4", policy, "::ffff:10.0.0.1", "local");
test("a multicast address is accepted from no source", policy, "224.0.0.1", "none");
test("the unspecified address is accepted from no source", policy, "0.0.0.0", "none");
test("a name is accepted from no source", policy, "peer.example", "none");

test("trackers, peers and DHT nodes of the internet alone may name no local address", (t) => {
  const strangers = Object.entries(sourceRules).filter(([, rules]) => !rules.mayNameLocal);
  t.deepEqual(
    strangers.map(([source]) => source),
    ["tracker-internet", "pex-internet", "dht-internet"],
  );
});

test("an address that only peers, neighbours or the DHT have named is given up after two dials", (t) => {
  for (const source of [
    "pex-local",
    "pex-internet",
    "local-discovery",
    "dht-local",
    "dht-internet",
  ] as const) {
    const directory = makeDirectory();
    directory.add("8.0.0.1", port, source, "teller");
    for (const nowMs of [0, minute]) {
      t.deepEqual(dialAll(directory, nowMs), ["8.0.0.1"], source);
      directory.failed("8.0.0.1", port, nowMs);
    }
    t.is(directory.size, 0, source);
  }
});

test("an address that a further peer names stays unverified, and a tracker's word ends it", (t) => {
  const triesOf = (...sources: AddressSource[]): number => {
    const directory = makeDirectory();
    for (const source of sources) directory.add("8.0.0.1", port, source);
    let tries = 0;
    for (let nowMs = 0; nowMs < 12 * hour; nowMs += hour) {
      if (dialAll(directory, nowMs).length === 0) break;
      directory.failed("8.0.0.1", port, nowMs);
      tries++;
    }
    return tries;
  };
  t.is(triesOf("pex-internet", "local-discovery", "dht-internet"), 2);
  t.is(triesOf("pex-internet", "tracker-internet"), 12);
  t.is(triesOf("magnet", "pex-internet"), 12);
});

test("a teller has 200 untried addresses, the oldest, and each teller its turns", (t) => {
  const directory = makeDirectory();
  for (let n = 0; n < 300; n++) directory.add(addressOf(n), port, "pex-internet", "pex liar");
  directory.add("8.0.0.1", port, "pex-internet", "pex honest");
  t.is(directory.unverifiedCount, 201);
  t.is(directory.untriedCount, 0);
  const dialled = dialAll(directory);
  t.deepEqual(dialled.slice(0, 3), [addressOf(0), "8.0.0.1", addressOf(1)]);
  t.false(dialled.includes(addressOf(200)));
  t.true(directory.add(addressOf(200), port, "pex-internet", "pex liar"), "room again");
});

test("all tellers have 2,000 untried addresses", (t) => {
  const directory = makeDirectory();
  for (let n = 0; n < 2_100; n++) {
    directory.add(addressOf(n), port, "pex-internet", `pex ${n % 50}`);
  }
  t.is(directory.unverifiedCount, 2_000);
  t.is(directory.size, 2_000);
});

test("unverified and other addresses take turns, and unverified ones wait without a permit", (t) => {
  const directory = makeDirectory();
  for (let n = 0; n < 3; n++) directory.add(addressOf(n), port, "tracker-internet");
  for (let n = 10; n < 13; n++) directory.add(addressOf(n), port, "pex-internet");
  t.deepEqual(dialAll(directory), [10, 0, 11, 1, 12, 2].map(addressOf));
  directory.add(addressOf(20), port, "pex-internet");
  const permits = { mayRetry: true, mayTryUnverified: false };
  t.false(directory.hasAny(0, permits, false));
  t.is(directory.next(0, permits, false), undefined);
  t.true(directory.hasAny(0, everyDial, false));
  t.deepEqual(directory.next(0, everyDial, false), {
    foundBy: "v1",
    host: addressOf(20),
    port,
    kind: plainTcp,
    isRetry: false,
    isUnverified: true,
  });
});

test("an internet host has one unverified port; another source's port does not count", (t) => {
  const directory = makeDirectory();
  t.true(directory.add("8.0.0.1", 2_001, "tracker-internet"));
  t.true(directory.add("8.0.0.1", 2_002, "pex-internet", "pex a"));
  t.false(directory.add("8.0.0.1", 2_003, "pex-internet", "pex a"));
  t.false(directory.add("8.0.0.1", 2_004, "local-discovery", "local-discovery b"));
  for (let n = 1; n <= 9; n++) t.true(directory.add("192.168.1.7", n, "pex-local", "pex a"));
});

test("an IPv6 /64 that peers name is one host, and neighbours that name themselves are told apart", (t) => {
  const directory = makeDirectory();
  t.true(directory.add("2001:db8::1", port, "pex-internet", "pex a"));
  t.false(directory.add("2001:db8::2", port, "pex-internet", "pex a"));
  t.true(directory.add("2001:db8:0:1::2", port, "pex-internet", "pex a"));
  for (let n = 1; n <= 9; n++) {
    const host = `2001:db8:0:2::${n}`;
    t.true(directory.add(host, port, "local-discovery", `local-discovery ${host}`));
    t.false(directory.add(host, 2_001, "local-discovery", `local-discovery ${host}`), "one port");
  }
  for (let n = 1; n <= 9; n++) directory.heardOf(`2001:db8:0:3::${n}`, port, 0);
  for (let n = 1; n <= 9; n++) directory.closed(`2001:db8:0:3::${n}`, port, 0, "now");
  t.is(directory.size, 2 + 9 + 9);
});

test("two dials of a host and all its ports are counted, of a local host for each port", (t) => {
  const services = directoryServices();
  const dialled = (hosts: readonly string[], ports: readonly number[]): number => {
    let count = 0;
    for (const host of hosts) {
      for (const at of ports) {
        const directory = makeDirectory(services);
        directory.add(host, at, "pex-local", "pex a");
        if (directory.next(0, everyDial, false) !== undefined) count++;
      }
    }
    return count;
  };
  t.is(dialled(["8.0.0.1"], [2_001, 2_002, 2_003, 2_004]), 2);
  t.is(dialled(["2001:db8::1", "2001:db8::2", "2001:db8::3"], [2_001, 2_002]), 2);
  t.is(dialled(["192.168.1.7"], [1, 1, 1, 2, 2, 2]), 4);
});

test("a port that another teller has named gets the second dial: the first may have lied", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", 2_001, "pex-internet", "pex liar");
  directory.add("8.0.0.1", 2_002, "pex-internet", "pex liar");
  directory.add("8.0.0.1", port, "pex-internet", "pex honest");
  t.is(directory.next(0, everyDial, false)?.port, 2_001);
  directory.failed("8.0.0.1", 2_001, 0);
  t.is(directory.next(0, everyDial, false)?.port, port);
  directory.connected("8.0.0.1", port, plainTcp, 0);
  directory.closed("8.0.0.1", port, 0, "now");
  t.is(directory.next(0, everyDial, false)?.port, port);
});

test("a port that another teller names after the first has failed is dialled at once", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", 2_001, "pex-internet", "pex liar");
  dialAll(directory);
  directory.failed("8.0.0.1", 2_001, 0);
  t.false(directory.add("8.0.0.1", 2_002, "pex-internet", "pex liar"));
  t.true(directory.add("8.0.0.1", port, "pex-internet", "pex honest"));
  t.is(directory.size, 1);
  t.is(directory.next(0, everyDial, false)?.port, port);
});

test("case 62: a host that only sources without proof name gets two dials an hour, over all ports, tellers and torrents", (t) => {
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  const services = directoryServices({ unverifiedDials: new UnverifiedDials(clock) });
  const torrents = Array.from({ length: 5 }, () => makeDirectory(services));
  const dials: number[] = [];
  for (; clock.atMs < 3 * hour; clock.atMs += minute) {
    for (const [index, directory] of torrents.entries()) {
      for (let teller = 0; teller < 10; teller++) {
        const named = 2_001 + ((clock.atMs / minute) * 50 + 10 * index + teller);
        directory.add("8.0.0.1", named, "pex-internet", `pex ${teller}`);
      }
      for (;;) {
        const next = directory.next(clock.atMs, everyDial, false);
        if (next === undefined) break;
        dials.push(clock.atMs);
        directory.failed(next.host, next.port, clock.atMs);
      }
    }
  }
  for (const atMs of dials) {
    t.true(dials.filter((other) => other >= atMs && other < atMs + hour).length <= 2);
  }
  t.true(dials.length >= 4, "after an hour it is tried again");
});

test("an unverified address whose dial this machine could not begin keeps its two dials", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", port, "pex-internet");
  for (let round = 0; round < 5; round++) {
    t.deepEqual(dialAll(directory, round * minute), ["8.0.0.1"]);
    directory.untouched("8.0.0.1", port, round * minute);
  }
});

test("a peer that was met is dialled again like any other", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", port, "pex-internet");
  dialAll(directory);
  directory.connected("8.0.0.1", port, plainTcp, 0);
  directory.closed("8.0.0.1", port, minute, "later");
  for (let round = 1; round <= 5; round++) {
    t.deepEqual(dialAll(directory, 2 * round * hour), ["8.0.0.1"]);
    directory.failed("8.0.0.1", port, 2 * round * hour);
  }
});

test("unverified addresses make room for those of trackers, and never take room of others", (t) => {
  const directory = makeDirectory();
  for (let n = 0; n < 1_000; n++) {
    directory.add(addressOf(n), port, "pex-internet", `pex ${n % 10}`);
  }
  for (let n = 0; n < directoryLimit; n++) {
    t.true(directory.add(addressOf(100_000 + n), port, "tracker-internet"));
  }
  t.is(directory.size, directoryLimit);
  t.is(directory.unverifiedCount, 0);
  const next = directory.next(0, firstDials, false);
  if (next === undefined) return t.fail();
  directory.failed(next.host, port, 0);
  t.false(directory.add("8.0.0.1", port, "pex-internet"));
});

test("unverified addresses fill half of the budget of all torrents", (t) => {
  const budget = new AddressBudget();
  for (let torrent = 0; torrent < 5; torrent++) {
    const directory = makeDirectory({ budget });
    for (let n = 0; n < directoryLimit; n++) directory.add(addressOf(n), port, "tracker-internet");
  }
  const directory = makeDirectory({ budget });
  t.false(directory.add("8.0.0.1", port, "pex-internet"));
  t.true(directory.add("8.0.0.1", port, "tracker-internet"));
});

test("an address knows every source that has named it", (t) => {
  const directory = makeDirectory();
  for (const source of ["local-discovery", "pex-internet", "user"] as const) {
    directory.add("8.0.0.1", port, source);
    directory.add("8.0.0.1", port, source);
  }
  t.deepEqual(directory.sourcesOf("8.0.0.1", port), ["user", "pex-internet", "local-discovery"]);
  t.deepEqual(directory.sourcesOf("8.0.0.2", port), []);
  directory.heardOf("8.0.0.3", port, 0);
  t.deepEqual(directory.sourcesOf("8.0.0.3", port), [], "only the peer itself");
});

test("addresses that came together, and redials of equal failures, are dialled by BEP 40", (t) => {
  const services = directoryServices();
  const directory = makeDirectory(services);
  for (let n = 0; n < 5; n++) services.own.seen("203.0.113.9", `8.1.${n}.1`);
  const peers = Array.from({ length: 20 }, (_, n) => ({ host: `8.${n}.0.1`, port }));
  const priority = ({ host }: { host: string }) =>
    peerPriority({ host: "203.0.113.9", port: ownPort }, { host, port }) ?? 0;
  const expected = peers.toSorted((a, b) => priority(b) - priority(a)).map(({ host }) => host);
  directory.addAll(peers, "tracker-internet", "http://a");
  t.deepEqual(dialAll(directory), expected);
  for (const { host } of peers) directory.failed(host, port, 0);
  t.deepEqual(dialAll(directory, hour), expected);
});

test("a redial among 20,000 addresses ranks at most 64 of them", (t) => {
  const services = directoryServices();
  for (let n = 0; n < 5; n++) services.own.seen("203.0.113.9", `8.1.${n}.1`);
  let asked = 0;
  const own = new Proxy(services.own, {
    get: (target, key) => {
      if (key === "addressOf") asked++;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  const directory = makeDirectory({ ...services, own });
  for (let n = 0; n < directoryLimit; n++) directory.add(addressOf(n), port, "tracker-internet");
  for (const host of dialAll(directory)) directory.failed(host, port, 0);
  asked = 0;
  t.true(directory.next(hour, everyDial, false)?.isRetry);
  t.true(asked <= 3 * 64, `${asked} questions for our own address`);
});

test("a private torrent takes no address of a foreign source", (t) => {
  const directory = makeDirectory();
  directory.ownTrackers = new Set(["own"]);
  directory.bePrivate("foreign");
  t.false(directory.add("8.0.0.1", port, "pex-internet"));
  t.false(directory.add("8.0.0.1", port, "local-discovery"));
  t.false(directory.add("8.0.0.1", port, "tracker-internet", "foreign"));
  t.true(directory.add("8.0.0.1", port, "tracker-internet", "own"));
  t.true(directory.add("8.0.0.2", port, "user"));
});

test("a magnet that turns out private keeps the peers of its user and of its link, and forgets unverified addresses", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", port, "user");
  directory.add("8.0.0.2", port, "magnet");
  directory.add("8.0.0.3", port, "pex-internet");
  t.deepEqual([...directory.bePrivate("foreign")], [`8.0.0.3:${port}`]);
  t.true(directory.add("8.0.0.4", port, "magnet"));
  t.deepEqual(dialAll(directory).toSorted(), ["8.0.0.1", "8.0.0.2", "8.0.0.4"]);
});

test("the address of an incoming peer is not forgotten with the foreign ones", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", port, "pex-internet");
  directory.heardOf("8.0.0.1", port, 0);
  directory.add("8.0.0.1", port, "pex-internet");
  t.is(directory.bePrivate("foreign").size, 0);
  t.true(directory.has("8.0.0.1", port));
});

test("an unverified address that the peer itself confirms by connecting has its dials again", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", port, "pex-internet");
  dialAll(directory);
  directory.heardOf("8.0.0.1", port, 0);
  directory.failed("8.0.0.1", port, 0);
  t.deepEqual(dialAll(directory, minute), ["8.0.0.1"]);
});

test("addresses that only foreign origins named are forgotten, in any state", (t) => {
  const directory = makeDirectory();
  directory.ownTrackers = new Set(["own"]);
  const name = (host: string, origin: string) =>
    directory.add(host, port, "tracker-internet", origin);
  for (const host of ["8.0.0.1", "8.0.0.2"]) name(host, "foreign");
  t.deepEqual(dialAll(directory), ["8.0.0.1", "8.0.0.2"]);
  directory.connected("8.0.0.2", port, plainTcp, 0);
  name("8.0.0.3", "foreign");
  name("8.0.0.3", "strange");
  name("8.0.0.4", "own");
  name("8.0.0.4", "foreign");
  name("8.0.0.5", "foreign");
  name("8.0.0.5", "own");
  t.deepEqual(
    [...directory.bePrivate("foreign")],
    [1, 2, 3].map((n) => `8.0.0.${n}:${port}`),
  );
  t.is(directory.size, 2);
  t.deepEqual(dialAll(directory), ["8.0.0.4", "8.0.0.5"]);
});

test("addresses of peers and neighbours are forgotten with the foreign ones", (t) => {
  const directory = makeDirectory();
  directory.add("8.0.0.1", port, "pex-internet");
  directory.add("8.0.0.2", port, "local-discovery");
  directory.add("8.0.0.3", port, "pex-internet");
  directory.add("8.0.0.3", port, "tracker-internet");
  t.is(directory.bePrivate("foreign").size, 2);
  t.deepEqual(dialAll(directory), ["8.0.0.3"]);
});

test("an address in the IP filter is not kept, from any source", (t) => {
  const filter = new IpFilter({ ranges: rangesOf("8.0.0.0-8.0.0.9") });
  const directory = makeDirectory({ filter });
  for (const source of ["user", "record", "tracker-internet"] as const) {
    t.false(directory.add("8.0.0.1", port, source));
  }
  t.true(directory.add("8.0.0.10", port, "user"));
  t.is(directory.size, 1);
});

test("an address that a newer IP filter names is forgotten instead of dialled", (t) => {
  const filter = new IpFilter();
  const directory = makeDirectory({ filter });
  for (const host of ["8.0.0.1", "8.0.0.2", "8.0.0.3"]) directory.add(host, port, "user");
  t.is(directory.next(0, everyDial, false)?.host, "8.0.0.1");
  directory.failed("8.0.0.1", port, 0);
  filter.set({ ranges: rangesOf("8.0.0.1", "8.0.0.2") });
  t.deepEqual(dialAll(directory, hour), ["8.0.0.3"]);
  t.is(directory.size, 1);
  filter.set({});
  t.true(directory.add("8.0.0.1", port, "user"));
});

test("L11: an address of a family that is off is refused, whatever its source", (t) => {
  const directory = makeDirectory({ own: ownAddresses([4]) });
  for (const source of addressSources) t.false(directory.add("2a10::1", 6_881, source), source);
  t.true(directory.add("9.0.0.1", 6_881, "user"));
  t.is(directory.size, 1);
});

test("L11: of addresses that came together, those of the preferred family are dialled first", (t) => {
  const directory = makeDirectory({ own: ownAddresses([6, 4]) });
  const hosts = ["9.0.0.1", "2a10::1", "9.0.0.2", "2a11::1"];
  directory.addAll(
    hosts.map((host) => ({ host, port: 6_881 })),
    "tracker-internet",
  );
  const dialled = hosts.map(() => directory.next(0, everyDial, false)?.host);
  t.deepEqual(dialled, ["2a10::1", "2a11::1", "9.0.0.1", "9.0.0.2"]);
});

test("A16: a dial begins with the hash that found the address, and later with that of the last connection", (t) => {
  const directory = directoryOf("8.0.0.1");
  directory.add("8.0.0.2", port, "tracker-internet", "http://a", "v2");
  directory.add("8.0.0.2", port, "tracker-internet", "http://a", "v1");
  const foundBy = (nowMs: number) => directory.next(nowMs, everyDial, false)?.foundBy;
  t.deepEqual([foundBy(0), foundBy(0)], ["v1", "v2"]);
  for (const [host, version] of [
    ["8.0.0.1", "v2"],
    ["8.0.0.2", "upgraded"],
  ] as const) {
    directory.connected(host, port, plainTcp, 0, version);
    t.is(directory.foundBy(host, port), "v2");
  }
  directory.connected("8.0.0.2", port, plainTcp, 0, "v1");
  t.is(directory.foundBy("8.0.0.2", port), "v1");
  directory.heardOf("8.0.0.3", port, 0, "v2");
  t.is(directory.foundBy("8.0.0.3", port), "v2");
});

test("an address that is named again and again while it waits holds up no redial of another", (t) => {
  const directory = directoryOf("8.0.0.1", "8.0.0.2");
  dialAll(directory);
  directory.failed("8.0.0.1", port, 0);
  directory.failed("8.0.0.2", port, second);
  for (let naming = 0; naming < 10_000; naming++)
    directory.add("8.0.0.1", port, "pex-internet", "pex liar");
  t.deepEqual(dialAll(directory, hour).toSorted(), ["8.0.0.1", "8.0.0.2"]);
});
