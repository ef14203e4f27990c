// One family of addresses off: the packets that a download sends, counted by the kernel. The network has each channel of a
// torrent over both families: trackers over HTTP and UDP, by address and by name, a web seed, a seeder, a DHT node, the local
// network, and name servers. A tracker and the seeder also have their IPv4 address in IPv6.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { hostPorts, hostsOf, SwarmHost } from "../support/clients/swarm-host.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { Network } from "../support/network.ts";
import { until } from "../support/time/until.ts";

const shape = { name: "payload", pieceLengthBytes: 65_536, files: 4 << 20 };
const name = "tracker.example";
const unknownName = "nowhere.example";

/** Counts of what the download sent over one family. */
interface Sent {
  readonly httpTracker: number;
  readonly udpTracker: number;
  readonly webSeed: number;
  readonly seeder: number;
  /** At the address that a tracker names over both families, beside that of the other one. */
  readonly namedPeer: number;
  readonly node: number;
  readonly localDiscovery: number;
  readonly nameServer: number;
  /** Packets of TCP and UDP to any address. The kernel speaks ICMPv6 by itself. */
  readonly all: number;
}

interface Counted {
  readonly ipv4: Sent;
  readonly ipv6: Sent;
  /** Local addresses of the sockets during the download, as ss lists them. */
  readonly sockets: readonly string[];
}

/** Downloads with these words, and counts. Payload is held until the channels of both families that are due have sent. */
async function countedDownload(
  t: ExecutionContext,
  isDue: (ipv4: Sent, ipv6: Sent) => boolean,
  ...words: string[]
): Promise<Counted> {
  await using stack = new AsyncDisposableStack();
  const [source, target, etc] = ["source", "target", "etc"].map((each) =>
    stack.use(temporaryFolder(`families-${each}`)),
  );
  if (source === undefined || target === undefined || etc === undefined) throw new Error("bug");
  const payload = writePayload({ folder: source.path, ...shape });
  const network = stack.use(await Network.of(2));
  const [ours, theirs] = network.clients;
  if (ours === undefined || theirs === undefined) throw new Error("bug: two machines");
  const host = stack.use(await SwarmHost.start(theirs, payload));
  await theirs.holdPayload();

  const { ip4, ip6 } = theirs;
  writeFileSync(join(etc.path, "hosts"), `${ip4} ${name}\n${ip6} ${name}\n`);
  writeFileSync(join(etc.path, "resolv.conf"), `nameserver ${ip4}\nnameserver ${ip6}\n`);
  const mounts = ["hosts", "resolv.conf"].map(
    (file) => `mount --bind ${join(etc.path, file)} /etc/${file}`,
  );
  const within = [
    "unshare",
    "--mount",
    "--",
    "sh",
    "-c",
    `${mounts.join(" && ")} && exec "$@"`,
    "sh",
  ];
  // Packets to it are packets of IPv4.
  const mapped = `[::ffff:${ip4}]`;
  const trackers = [...hostsOf(theirs), mapped, name].flatMap((each) => [
    `http://${each}:${hostPorts.tracker}/announce`,
    `udp://${each}:${hostPorts.tracker}/announce`,
    `http://${each}:${hostPorts.namingTracker}/announce`,
  ]);
  const matches = [
    `tcp dport ${hostPorts.tracker}`,
    `udp dport ${hostPorts.tracker}`,
    `tcp dport ${hostPorts.web}`,
    `tcp dport ${host.seederPort}`,
    `tcp dport ${hostPorts.namedPeer}`,
    `udp dport ${hostPorts.node}`,
    "udp dport 6771",
    "udp dport 53",
    "meta l4proto { tcp, udp }",
  ];
  const families = ["ipv4", "ipv6"];
  const counts = await ours.countSent(
    families.flatMap((family) => matches.map((match) => `meta nfproto ${family} ${match}`)),
  );
  const download = stack.use(
    await Troupe.download({
      ...{ torrent: host.torrent.path, folder: target.path, within: [...ours.within, ...within] },
      ...{ usesLocalDiscovery: true, mapsPort: true, dhtNodes: host.nodes },
      arguments: [
        ...words,
        ...[...trackers, `http://${unknownName}/announce`].flatMap((url) => ["--tracker", url]),
        ...[`${mapped}:${host.seederPort}`, ...host.peers].flatMap((peer) => ["--peer", peer]),
        ...["--announce", "all", "--web-seed", `http://${name}:${hostPorts.web}/`],
      ],
    }),
  );
  const read = async (): Promise<[Sent, Sent]> => {
    const packets = await counts();
    return [sentOf(packets.slice(0, matches.length)), sentOf(packets.slice(matches.length))];
  };
  await until("every channel is used", async () => isDue(...(await read())));
  const listed = await ours.run("ss", "-H", "-n", "-t", "-u", "-a");
  await theirs.letPayload();
  await download.finished();
  await assertSameFiles(t, payload, target.path);
  const [ipv4, ipv6] = await read();
  return {
    ipv4,
    ipv6,
    sockets: listed.map((line) => line.trim().split(/\s+/)[4] ?? ""),
  };
}

function sentOf(counts: readonly number[]): Sent {
  const [httpTracker = 0, udpTracker = 0, webSeed = 0, seeder = 0, ...others] = counts;
  const [namedPeer = 0, node = 0, localDiscovery = 0, nameServer = 0, all = 0] = others;
  return {
    ...{ httpTracker, udpTracker, webSeed, seeder, namedPeer },
    ...{ node, localDiscovery, nameServer, all },
  };
}

/** The channels that sent nothing. */
function silentIn(sent: Sent): readonly string[] {
  return Object.entries(sent)
    .filter(([, packets]) => packets === 0)
    .map(([channel]) => channel);
}

/** Every channel but a web seed, which one family alone reads, has sent. */
const isUsed = (sent: Sent): boolean => silentIn(sent).every((channel) => channel === "webSeed");

const isIpv6 = (address: string): boolean => address.startsWith("[");

test.serial("L11: without IPv6 no packet of it is sent, and no socket is opened", async (t) => {
  const { ipv4, ipv6, sockets } = await countedDownload(
    t,
    (sent) => silentIn(sent).length === 0,
    ...["--family", "ipv4"],
  );
  t.is(ipv6.all, 0);
  t.deepEqual(silentIn(ipv4), []);
  t.true(sockets.length > 0);
  t.deepEqual(sockets.filter(isIpv6), []);
});

test.serial("L11: without IPv4 no packet of it is sent, and no socket is opened", async (t) => {
  const { ipv4, ipv6, sockets } = await countedDownload(
    t,
    (_, sent) => silentIn(sent).length === 0,
    ...["--family", "ipv6"],
  );
  t.is(ipv4.all, 0);
  t.deepEqual(silentIn(ipv6), []);
  t.true(sockets.length > 0);
  t.deepEqual(
    sockets.filter((address) => !isIpv6(address)),
    [],
  );
});

test.serial(
  "L11: with both families each is used in every way, and web seeds over IPv4 first",
  async (t) => {
    const { ipv4, ipv6, sockets } = await countedDownload(
      t,
      (first, second) => silentIn(first).length === 0 && isUsed(second),
    );
    t.deepEqual(silentIn(ipv4), []);
    t.deepEqual(silentIn(ipv6), ["webSeed"]);
    t.true(sockets.some(isIpv6) && !sockets.every(isIpv6));
  },
);

test.serial("L11: with IPv6 preferred web seeds are asked over it first", async (t) => {
  const { ipv4, ipv6 } = await countedDownload(
    t,
    (first, second) => isUsed(first) && silentIn(second).length === 0,
    ...["--family", "ipv6,ipv4"],
  );
  t.deepEqual(silentIn(ipv4), ["webSeed"]);
  t.deepEqual(silentIn(ipv6), []);
});
