import test from "ava";
import type { Address, DatagramSocket, NetworkInterface } from "@troupe/actor-runtime";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import type { TorrentId } from "@troupe/messages";
import {
  decodeLocalAnnounce,
  encodeLocalAnnounce,
  localGroups,
  type OwnLocalAnnounce,
} from "@troupe/protocol/discovery";
import { parseInfoHash } from "@troupe/protocol/units";
import {
  announceIntervalMs,
  type LocalTorrent,
} from "../../../src/engine/local-discovery/announce-queue.ts";
import {
  announcesPerSecond,
  floodPerSecond,
} from "../../../src/engine/local-discovery/local-socket.ts";
import { LocalDiscovery, lookMs } from "../../../src/engine/local-discovery/local-discovery.ts";

const second = 1_000;
const ours = ["192.168.1.5", "2001:db8:1::5"];
const theirs = ["192.168.1.9", "2001:db8:1::9"];

function torrent(id: number, isComplete = false): LocalTorrent {
  const infoHash = parseInfoHash(id.toString(16).padStart(40, "0"));
  return { id: id as TorrentId, infoHash, isComplete };
}

const fail = (error: unknown): void => {
  throw error;
};

/** Our discovery, and a neighbour that writes down our announces: `torrent second`, and `v6` over IPv6. */
async function scene(
  given: {
    readonly addresses?: readonly string[];
    readonly hosts?: readonly string[];
    readonly port?: number;
  } = {},
) {
  const world = new SimulatedWorld({ seed: "lsd", datagrams: { latencyMs: 0, jitterMs: 0 } });
  const machine = world.machine({ addresses: given.addresses ?? ours });
  const neighbour = world.machine({ addresses: theirs }).ports("neighbour");
  const startMs = world.scheduler.nowMs;
  const heard: string[] = [];
  const sockets: DatagramSocket[] = [];
  for (const family of [4, 6] as const) {
    const host = family === 4 ? "0.0.0.0" : "::";
    const group = { host: localGroups[family].host };
    const received = (bytes: Uint8Array, from: Address): void => {
      if (!ours.includes(from.host)) return;
      const atSecond = Math.round((world.scheduler.nowMs - startMs) / second);
      for (const infoHash of decodeLocalAnnounce(bytes).infoHashes) {
        heard.push(`${Number.parseInt(infoHash, 16)} ${atSecond}${family === 6 ? " v6" : ""}`);
      }
    };
    const options = { host, port: 6_771, isShared: true, group };
    sockets.push(await world.settle(neighbour.datagrams.bind(options, { received })));
  }
  const found: string[] = [];
  const logged: string[] = [];
  const { hosts = ["0.0.0.0", "::"], port = 6_881 } = given;
  const { clock, datagrams, interfaces, random, timers } = machine.ports("engine");
  const log = (_level: string, _event: string, fields: object = {}): void =>
    void logged.push(Object.values(fields).join(" "));
  const discovery = new LocalDiscovery({
    context: { clock, datagrams, fail, interfaces, random, timers, log },
    listening: () => ({ hosts, port }),
    found: ({ id }, host, at) => void found.push(`${id} ${host} ${at}`),
  });
  /** The neighbour announces to the group. */
  const announce = (fields: Partial<OwnLocalAnnounce> = {}): void => {
    const announced = { port: 7_000, infoHash: torrent(1).infoHash, cookie: "x", ...fields };
    say(encodeLocalAnnounce(4, announced));
  };
  const say = (bytes: Uint8Array, family: 4 | 6 = 4): void =>
    sockets[family === 4 ? 0 : 1]?.send(bytes, localGroups[family]);
  return { announce, discovery, found, heard, logged, machine, say, world };
}

test("a new torrent is announced within two seconds, over both families, then every five minutes", async (t) => {
  const { discovery, heard, world } = await scene();
  discovery.join(torrent(1));
  await world.run(2 * announceIntervalMs - second);
  t.deepEqual(heard, ["1 0", "1 1 v6", "1 300", "1 301 v6"]);
});

test("over IPv6 announces leave from the bound address, and neighbours are heard", async (t) => {
  const [ip4 = "", bound = ""] = ours;
  const addresses = [ip4, "2001:db8:1::4", bound];
  const { discovery, found, heard, say, world } = await scene({ addresses, hosts: [bound] });
  discovery.join(torrent(1));
  await world.run(second);
  t.deepEqual(heard, ["1 0 v6"]);
  say(encodeLocalAnnounce(6, { port: 7_000, infoHash: torrent(1).infoHash, cookie: "x" }), 6);
  await world.run(second);
  t.deepEqual(found, ["1 2001:db8:1::9 7000"]);
});

test("an announce names the listen port", async (t) => {
  const { discovery, world, machine } = await scene({ port: 51_413 });
  const ports: number[] = [];
  const group = { host: localGroups[4].host };
  const received = (bytes: Uint8Array): void => void ports.push(decodeLocalAnnounce(bytes).port);
  const options = { host: "0.0.0.0", port: 6_771, isShared: true, group };
  await world.settle(machine.ports("other client").datagrams.bind(options, { received }));
  discovery.join(torrent(1));
  await world.run(second);
  t.deepEqual(ports, [51_413]);
});

test("one datagram a second leaves an interface, downloads before seeds", async (t) => {
  const { discovery, heard, world } = await scene({ hosts: ["0.0.0.0"] });
  for (let id = 1; id <= 3; id++) discovery.join(torrent(id, true));
  for (let id = 4; id <= 6; id++) discovery.join(torrent(id));
  await world.run(10 * second);
  t.deepEqual(heard, ["4 0", "5 1", "6 2", "1 3", "2 4", "3 5"]);
});

test("a torrent that returns is announced at once; after it has left, no datagram names it", async (t) => {
  const { discovery, heard, world } = await scene();
  discovery.join(torrent(1));
  await world.run(0.5 * second);
  discovery.leave(torrent(1));
  await world.run(2 * announceIntervalMs);
  t.deepEqual(heard, ["1 0"]);
  discovery.join(torrent(1));
  await world.run(2 * second);
  t.deepEqual(heard, ["1 0", "1 601", "1 602 v6"]);
});

test("a neighbour's address is found by its torrent", async (t) => {
  const { announce, discovery, found, world } = await scene();
  discovery.join(torrent(1));
  await world.run(second);
  announce();
  announce({ infoHash: torrent(2).infoHash });
  await world.run(second);
  t.deepEqual(found, ["1 192.168.1.9 7000"]);
});

test("one datagram may name several torrents", async (t) => {
  const { say, discovery, found, world } = await scene();
  discovery.join(torrent(1));
  discovery.join(torrent(2));
  await world.run(second);
  const lines = [1, 2, 3].map((id) => `Infohash: ${torrent(id).infoHash}`);
  const text = ["BT-SEARCH * HTTP/1.1", "Port: 7000", ...lines, "", "", ""].join("\r\n");
  say(new TextEncoder().encode(text));
  await world.run(second);
  t.deepEqual(found, ["1 192.168.1.9 7000", "2 192.168.1.9 7000"]);
});

test("our own announces, which come back to us, are ignored", async (t) => {
  const { discovery, found, world } = await scene();
  discovery.join(torrent(1));
  await world.run(announceIntervalMs);
  t.deepEqual(found, []);
});

test("a sender of another network is not believed", async (t) => {
  const { discovery, found, world } = await scene();
  const { datagrams } = world.machine({ addresses: ["192.168.7.9"] }).ports("stranger");
  const socket = await world.settle(
    datagrams.bind({ host: "0.0.0.0", port: 0 }, { received: () => {} }),
  );
  discovery.join(torrent(1));
  await world.run(second);
  const announce = { port: 7_000, infoHash: torrent(1).infoHash, cookie: "x" };
  socket.send(encodeLocalAnnounce(4, announce), localGroups[4]);
  await world.run(second);
  t.deepEqual(found, []);
});

const ignored = test.macro(async (t, text: string) => {
  const { say, discovery, found, world } = await scene();
  discovery.join(torrent(1));
  await world.run(second);
  say(new TextEncoder().encode(text));
  await world.run(second);
  t.deepEqual(found, []);
});

const hashLine = `Infohash: ${torrent(1).infoHash}`;
test("broken headers are ignored", ignored, `BT-SEARCH * HTTP/1.1\r\nPort 7000\r\n${hashLine}\r\n`);
test("port 0 is ignored", ignored, `BT-SEARCH * HTTP/1.1\r\nPort: 0\r\n${hashLine}\r\n\r\n\r\n`);
test(
  "a datagram of more than 1,400 bytes is ignored",
  ignored,
  `BT-SEARCH * HTTP/1.1\r\nPort: 7000\r\n${hashLine}\r\nX: ${"x".repeat(1_400)}\r\n\r\n\r\n`,
);

test("an announce cannot name a victim: the address is the sender's, whatever the headers say", async (t) => {
  const { say, discovery, found, world } = await scene();
  discovery.join(torrent(1));
  await world.run(second);
  const headers = ["Host: 203.0.113.1:80", "IP: 203.0.113.1", "Port: 80", hashLine];
  say(new TextEncoder().encode(["BT-SEARCH * HTTP/1.1", ...headers, "", "", ""].join("\r\n")));
  await world.run(second);
  t.deepEqual(found, ["1 192.168.1.9 80"]);
});

test("twenty announces a second are read", async (t) => {
  const { announce, discovery, found, world } = await scene();
  discovery.join(torrent(1));
  await world.run(2.5 * second);
  for (let port = 1; port <= 200; port++) announce({ port });
  await world.run(0.2 * second);
  t.is(found.length, announcesPerSecond);
  await world.run(second);
  announce();
  await world.run(0.2 * second);
  t.is(found.length, announcesPerSecond + 1);
});

test("strangers do not use up the announces of neighbours", async (t) => {
  const { announce, discovery, found, world } = await scene();
  const { datagrams } = world.machine({ addresses: ["192.168.7.9"] }).ports("stranger");
  const options = { host: "0.0.0.0", port: 0 };
  const stranger = await world.settle(datagrams.bind(options, { received: () => {} }));
  discovery.join(torrent(1));
  await world.run(1.5 * second);
  const forged = { port: 1, infoHash: torrent(1).infoHash, cookie: "x" };
  for (let i = 0; i < 100; i++) stranger.send(encodeLocalAnnounce(4, forged), localGroups[4]);
  announce();
  await world.run(0.2 * second);
  t.deepEqual(found, ["1 192.168.1.9 7000"]);
});

test("a flood closes the socket until the next look at the interfaces", async (t) => {
  const { announce, discovery, found, logged, world } = await scene({ hosts: ["0.0.0.0"] });
  discovery.join(torrent(1));
  await world.run(1.5 * second);
  for (let i = 0; i < 2 * floodPerSecond; i++) announce();
  await world.run(second);
  t.deepEqual(logged, ["eth0 4 receive flooded"]);
  found.length = 0;
  announce();
  await world.run(second);
  t.deepEqual(found, []);
  await world.run(lookMs);
  announce();
  await world.run(second);
  t.deepEqual(found, ["1 192.168.1.9 7000"]);
});

test("with loopback addresses alone no socket is opened", async (t) => {
  const { discovery, heard, world, found, announce } = await scene({ hosts: ["127.0.0.1", "::1"] });
  discovery.join(torrent(1));
  announce();
  await world.run(announceIntervalMs + second);
  t.deepEqual([heard, found], [[], []]);
});

test("an engine that does not listen announces nothing", async (t) => {
  const { discovery, heard, world } = await scene({ port: 0 });
  discovery.join(torrent(1));
  await world.run(announceIntervalMs + second);
  t.deepEqual(heard, []);
});

/** The machine's interface with these addresses. */
function eth0(...hosts: readonly string[]): readonly NetworkInterface[] {
  const addresses = hosts.map((host) => ({
    host,
    prefixLength: host.includes(":") ? 64 : 24,
    isInternal: false,
  }));
  return [{ name: "eth0", addresses }];
}

test("a network that comes later gets every torrent, and one that went gets none", async (t) => {
  const { discovery, heard, machine, world } = await scene();
  machine.interfaces.set([]);
  discovery.join(torrent(1));
  await world.run(10 * second);
  t.deepEqual(heard, []);
  machine.interfaces.set(eth0("192.168.1.5"));
  await world.run(lookMs);
  t.deepEqual(heard, ["1 30"]);
  machine.interfaces.set(eth0("192.168.1.5", "2001:db8:1::5"));
  await world.run(lookMs);
  t.deepEqual(heard, ["1 30", "1 60", "1 61 v6"]);
  heard.length = 0;
  machine.interfaces.set([]);
  await world.run(3 * announceIntervalMs);
  t.deepEqual(heard, []);
});

test("a machine without IPv6 announces over IPv4", async (t) => {
  const world = new SimulatedWorld({ seed: "v4" });
  const { clock, datagrams, interfaces, random, timers } = world
    .machine({ addresses: ["192.168.1.5"] })
    .ports("engine");
  const heard: number[] = [];
  const other = world.machine({ addresses: ["192.168.1.9"] }).ports("other");
  const group = { host: localGroups[4].host };
  const received = (bytes: Uint8Array): void => void heard.push(bytes.length);
  await world.settle(other.datagrams.bind({ host: "0.0.0.0", port: 6_771, group }, { received }));
  const discovery = new LocalDiscovery({
    context: { clock, datagrams, fail, interfaces, random, timers, log: () => {} },
    listening: () => ({ hosts: ["0.0.0.0", "::"], port: 1 }),
    found: () => {},
  });
  discovery.join(torrent(1));
  await world.run(10 * second);
  t.is(heard.length, 1);
});

test("a port that another program holds alone is tried again at the next look", async (t) => {
  const { announce, discovery, found, logged, machine, world } = await scene({
    hosts: ["0.0.0.0"],
  });
  const { datagrams } = machine.ports("other program");
  const other = await world.settle(
    datagrams.bind({ host: "0.0.0.0", port: 6_771 }, { received: () => {} }),
  );
  discovery.join(torrent(1));
  await world.run(second);
  t.deepEqual(logged, ["eth0 4 open EADDRINUSE"]);
  other.close();
  await world.run(lookMs);
  announce();
  await world.run(second);
  t.deepEqual(found, ["1 192.168.1.9 7000"]);
});

test("after a datagram that could not be sent the interfaces are looked at in five seconds", async (t) => {
  const { discovery, heard, machine, logged, world } = await scene({ hosts: ["0.0.0.0"] });
  const { datagrams } = machine.ports("engine");
  let isDown = true;
  const bind = datagrams.bind.bind(datagrams);
  datagrams.bind = async (options, handlers) => {
    const socket = await bind(options, handlers);
    return {
      ...socket,
      send: (bytes, to) =>
        isDown ? handlers.notSent?.(to, "ENETUNREACH") : socket.send(bytes, to),
    };
  };
  discovery.join(torrent(1));
  await world.run(4 * second);
  t.deepEqual(logged, ["eth0 4 send ENETUNREACH"]);
  isDown = false;
  await world.run(4 * second);
  t.deepEqual(heard, ["1 5"]);
});
