// Light peers that dial over uTP, in virtual time.

import type { DatagramSocket, StreamHandlers } from "@troupe/actor-runtime";
import { systemError } from "@troupe/actor-runtime";
import test from "ava";

import { UtpDialer } from "../../../src/index.ts";
import { arrival, PeerWorld, targetHost, type GroupChanges } from "../../support/peer-world.ts";
import { bridgeTo, utpTarget } from "../../support/utp-target.ts";

const seeder: GroupChanges = { behaviour: "seeder", has: 1, take: undefined };
const silent: StreamHandlers = { bytes: () => {}, closed: () => {} };
const firstHost = "45.2.0.1";
const secondHost = "45.2.0.2";

/** A machine with two addresses for peers, whose sockets are counted. */
function twoAddresses({ world }: PeerWorld) {
  const ports = world.machine({ addresses: [firstHost, secondHost] }).ports("peers");
  const open = new Set<DatagramSocket>();
  const bind: typeof ports.datagrams.bind = async (options, handlers) => {
    const socket = await ports.datagrams.bind(options, handlers);
    open.add(socket);
    const close = (): void => {
      socket.close();
      open.delete(socket);
    };
    return { address: socket.address, send: (bytes, to) => socket.send(bytes, to), close };
  };
  return { ports: { ...ports, datagrams: { bind } }, open };
}

test("a leecher takes all pieces over uTP, and its connect has a latency of its own", async (t) => {
  const world = new PeerWorld();
  const behind = await world.waiting(seeder);
  const target = await utpTarget(world, bridgeTo(world, behind.address));
  const { group, recorded } = world.group(target.address, { transport: "utp" });
  group.arrive(arrival(0));
  await world.world.runUntil(() => recorded.of("completed") === 1, 600_000);
  t.is(recorded.of("bytes_down"), world.torrent.metainfo.geometry.totalBytes);
  t.deepEqual([recorded.of("wrong_blocks"), recorded.of("broken_rules")], [0, 0]);
  const blocks = recorded.of("blocks");
  t.deepEqual(recorded.requests, [blocks, blocks, 0, 0, 0, 0]);
  for (const measure of ["utp_connect", "handshake", "completion"] as const)
    t.is(recorded.latencies(measure).length, 1, measure);
  t.deepEqual(recorded.latencies("connect"), []);
  const [connectMs = 0] = recorded.latencies("utp_connect");
  t.true(connectMs >= 40 && connectMs <= 50, String(connectMs));
  await world.world.settle(group.end("cut"));
  t.deepEqual(recorded.now, { gone: 1 });
  t.is(recorded.of("sent"), 1);
});

test("peers at one address share a UDP socket, and the end of the group closes all sockets", async (t) => {
  const world = new PeerWorld();
  const target = await utpTarget(world, () => silent);
  const { ports, open } = twoAddresses(world);
  const { group, recorded } = world.group(target.address, { ports, transport: "utp" });
  for (const [peer, localHost] of [firstHost, secondHost, firstHost, secondHost].entries())
    group.arrive(arrival(peer, { localHost }));
  await world.world.runUntil(() => recorded.of("opened") === 4);
  t.deepEqual([...target.dialers].map((key) => key.split(":")[0]).toSorted(), [
    firstHost,
    secondHost,
  ]);
  t.is(open.size, 2);
  await world.world.settle(group.end("cut"));
  t.is(open.size, 0);
});

test("a peer that comes again dials from the socket of its address", async (t) => {
  const world = new PeerWorld();
  const target = await utpTarget(world, () => silent);
  const { ports, open } = twoAddresses(world);
  const { group, recorded } = world.group(target.address, { ports, transport: "utp" });
  for (const visit of [0, 1, 2]) {
    group.arrive(arrival(0, { visit, localHost: firstHost }));
    await world.world.runUntil(() => recorded.of("opened") === visit + 1);
  }
  t.deepEqual([open.size, target.dialers.size], [1, 1]);
  t.is(recorded.latencies("utp_connect").length, 3);
});

test("a target that refuses uTP is counted with its code, and the visit is charged to it", async (t) => {
  const world = new PeerWorld();
  const target = await utpTarget(world, undefined);
  const { group, recorded } = world.group(target.address, { transport: "utp" });
  group.arrive(arrival(0));
  await world.world.runUntil(() => recorded.now["gone"] === 1);
  t.deepEqual(recorded.labels("refused"), ["ECONNREFUSED"]);
  t.deepEqual(recorded.labels("not_sent_target"), ["no connection"]);
});

test("a target that is silent is refused after the third SYN", async (t) => {
  const world = new PeerWorld();
  const { group, recorded } = world.group({ host: targetHost, port: 9 }, { transport: "utp" });
  group.arrive(arrival(0));
  await world.world.runUntil(() => recorded.now["gone"] === 1, 20_000);
  t.deepEqual(recorded.labels("refused"), ["ETIMEDOUT"]);
  t.deepEqual(recorded.labels("not_sent_target"), ["no connection"]);
});

test("a socket that cannot be opened is a fault of this machine, and the next visit tries again", async (t) => {
  const world = new PeerWorld();
  const target = await utpTarget(world, () => silent);
  const { ports } = twoAddresses(world);
  const codes = ["EMFILE"];
  const bind: typeof ports.datagrams.bind = async (options, handlers) => {
    const code = codes.pop();
    if (code !== undefined) throw systemError(code, "cannot open a socket");
    return await ports.datagrams.bind(options, handlers);
  };
  const { group, recorded } = world.group(target.address, {
    ports: { ...ports, datagrams: { bind } },
    transport: "utp",
  });
  group.arrive(arrival(0, { localHost: firstHost }));
  group.arrive(arrival(1, { localHost: firstHost }));
  await world.world.runUntil(() => recorded.now["gone"] === 2);
  t.is(recorded.of("refused: EMFILE"), 2);
  t.is(recorded.of("not_sent_ours: EMFILE"), 2);
  group.arrive(arrival(0, { visit: 1, localHost: firstHost }));
  await world.world.runUntil(() => recorded.of("opened") === 1);
  t.pass();
});

test("a dial whose packets the system refuses to send ends with the system's code", async (t) => {
  const world = new PeerWorld();
  const target = await utpTarget(world, () => silent);
  const { ports } = twoAddresses(world);
  const bind: typeof ports.datagrams.bind = async (options, handlers) => {
    const socket = await ports.datagrams.bind(options, handlers);
    return { ...socket, send: (_bytes, to) => handlers.notSent?.(to, "EPERM") };
  };
  const { group, recorded } = world.group(target.address, {
    ports: { ...ports, datagrams: { bind } },
    transport: "utp",
  });
  group.arrive(arrival(0, { localHost: firstHost }));
  await world.world.runUntil(() => recorded.now["gone"] === 1, 20_000);
  t.deepEqual(recorded.labels("refused"), ["EPERM"]);
  t.is(recorded.of("not_sent_ours: EPERM"), 1);
});

test("a peer that leaves while its socket opens leaves no socket behind", async (t) => {
  const world = new PeerWorld();
  const target = await utpTarget(world, () => silent);
  const { ports, open } = twoAddresses(world);
  const { group, recorded } = world.group(target.address, { ports, transport: "utp" });
  group.arrive(arrival(0, { localHost: firstHost }));
  await world.world.settle(group.end("cut"));
  t.deepEqual(recorded.now, { gone: 1 });
  t.is(open.size, 0);
});

test("a socket that opens after the end of its dialer is closed", async (t) => {
  const world = new PeerWorld();
  const { ports, open } = twoAddresses(world);
  const opening = Promise.withResolvers<void>();
  const bind: typeof ports.datagrams.bind = async (options, handlers) => {
    await opening.promise;
    return await ports.datagrams.bind(options, handlers);
  };
  const ends: (string | undefined)[] = [];
  const dialer = new UtpDialer({ ...ports, datagrams: { bind } });
  const handlers: StreamHandlers = { ...silent, closed: (_stream, reason) => ends.push(reason) };
  const to = { host: targetHost, port: 6_881 };
  dialer.dial(to, handlers, { timeoutMs: 20_000, localHost: firstHost });
  await world.world.settle(dialer.close());
  opening.resolve();
  await world.world.run(10);
  t.deepEqual(ends, ["closed"]);
  t.is(open.size, 0);
});

test("an IPv6 target is dialled from an IPv6 socket, whatever the spelling of its address", async (t) => {
  const world = new PeerWorld();
  const { ports } = twoAddresses(world);
  const hosts: string[] = [];
  const bind: typeof ports.datagrams.bind = async ({ host }, handlers) => {
    hosts.push(host);
    const send = (_bytes: Uint8Array, to: { readonly host: string }): void =>
      void hosts.push(to.host);
    await Promise.resolve(handlers);
    return { address: { host, port: 1 }, send, close: () => {} };
  };
  const dialer = new UtpDialer({ ...ports, datagrams: { bind } });
  dialer.dial({ host: "2A02:0:0::5", port: 6_881 }, silent, { timeoutMs: 20_000 });
  await world.world.run(10);
  t.deepEqual(hosts, ["::", "2a02::5"]);
});
