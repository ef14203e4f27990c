import test from "ava";
import { CountingRecorder } from "../support/counting-recorder.ts";
import { SocketPool } from "../../src/requests/socket-pool.ts";
import { type ClientCounters, TrackerClients } from "../../src/trackers/clients/tracker-clients.ts";
import { ClientAddresses } from "../../src/trackers/clients/client-addresses.ts";
import { ClientPorts, trackerInfoHashes } from "../../src/trackers/clients/tracker-swarms.ts";

test("each of twenty thousand clients has a port of its own, which leads back to it", (t) => {
  for (const seed of [0, 1, 12_345, 0xffff_ffff]) {
    const ports = new ClientPorts(seed);
    const all = Array.from({ length: 20_000 }, (_, member) => ports.portOf(member));
    t.is(new Set(all).size, 20_000);
    t.true(all.every((port) => port >= 1_024 && port <= 65_535));
    t.true(all.every((port, member) => ports.memberOf(port) === member));
  }
});

test("a port outside of the range of clients belongs to no client", (t) => {
  const ports = new ClientPorts(1);
  t.is(ports.memberOf(0), -1);
  t.is(ports.memberOf(65_535), -1);
});

test("info-hashes are drawn from the seed and the name of the group", (t) => {
  const hashes = trackerInfoHashes(1, "a", 3);
  t.deepEqual(trackerInfoHashes(1, "a", 3), hashes);
  t.is(
    new Set([...hashes, ...trackerInfoHashes(2, "a", 3), ...trackerInfoHashes(1, "b", 3)]).size,
    9,
  );
});

test("every generator computes the address of each client over UDP", (t) => {
  const count = 1_000;
  const shares = [0, 1, 2].map((index) => new SocketPool(count, { index, of: 3 }, 64));
  for (let member = 0; member < count; member++) {
    const own = shares[member % 3];
    const owner = own?.ownerOf(own.socketOf(member)) ?? -1;
    t.is(owner % 3, member % 3);
    t.true(shares.every((share) => share.addressOwnerOf(member) === owner));
  }
  t.deepEqual(
    shares.map((share) => share.socketCount),
    [64, 64, 64],
  );
});

test("a client without a known address may be anywhere", (t) => {
  const addresses = new ClientAddresses(2, (member) => (member === 0 ? "10.77.0.1" : undefined));
  t.true(addresses.isAtIp4(0, 0x0a_4d_00_01));
  t.false(addresses.isAtIp4(0, 0x0a_4d_00_02));
  t.true(addresses.isAtIp4(1, 0x0a_4d_00_02));
  t.true(addresses.isAt(1, "fd00::1"));
  t.false(addresses.isAt(0, "fd00::1"));
});

test("a client whose turn in an open load comes after its leave comes back with that announce", (t) => {
  const recorder = new CountingRecorder();
  const clients = new TrackerClients(1, 7, 0.5, recorder);
  const counters: ClientCounters = { event: undefined, downloaded: 0, left: 0 };
  clients.arrive(0, 0);
  clients.announce(0, counters);
  clients.change(0, "answered");
  clients.stop(0, counters);
  clients.change(0, "stopped");
  t.is(recorder.gauge("gone"), 1);
  clients.announce(0, counters);
  t.is(counters.event, "started");
  t.deepEqual([recorder.gauge("gone"), recorder.gauge("connecting")], [0, 1]);
});
