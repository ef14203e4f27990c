// Anonymous mode: every byte that a download hands to its sockets is searched for names and addresses. The network has each
// channel of a torrent: trackers over HTTP and UDP, a web seed, a seeder, a DHT node, the local network, and a gateway.

import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ownIdentity } from "@troupe/protocol/client-identity";
import { packAddress } from "@troupe/protocol/address";
import { assertSameFiles } from "../support/clients/interop.ts";
import { hostPorts, SwarmHost } from "../support/clients/swarm-host.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { readSentBytes, recordingSentBytes } from "../support/counts/sent-bytes.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { Network, type NetworkClient } from "../support/network.ts";
import { until } from "../support/time/until.ts";

const shape = { name: "payload", pieceLengthBytes: 65_536, files: 4 << 20 };

const hostName = "name-of-this-machine";
const userName = "name-of-this-user";

/** Texts that no byte may hold, by their names. */
type Telling = Readonly<Record<string, Buffer>>;

interface Capture {
  /** By channel. */
  readonly sent: ReadonlyMap<string, Buffer>;
  readonly seeder: string;
  readonly telling: Telling;
}

/**
 * Downloads with these words, and records what is sent. Payload is held until each channel was used and the gateway has refused by so many
 * protocols.
 */
async function recordedDownload(
  t: ExecutionContext,
  due: { readonly channels: readonly string[]; readonly refusals: number },
  ...words: string[]
): Promise<Capture> {
  await using stack = new AsyncDisposableStack();
  const [source, target, traces] = ["source", "target", "trace"].map((each) =>
    stack.use(temporaryFolder(`anonymous-${each}`)),
  );
  if (source === undefined || target === undefined || traces === undefined) throw new Error("bug");
  const payload = writePayload({ folder: source.path, ...shape });
  const network = stack.use(await Network.of(2));
  const [ours, theirs] = network.clients;
  if (ours === undefined || theirs === undefined) throw new Error("bug: two machines");
  const host = stack.use(await SwarmHost.start(theirs, payload));
  await theirs.holdPayload();
  await ours.run("ip", "route", "replace", "default", "via", theirs.ip4);

  const trace = join(traces.path, "trace");
  const naming = `hostname ${hostName} && export USER=${userName} LOGNAME=${userName} && exec "$@"`;
  const named = ["unshare", "--uts", "--", "sh", "-c", naming, "sh"];
  const tracker = `${theirs.ip4}:${hostPorts.tracker}`;
  const download = stack.use(
    await Troupe.download({
      ...{ torrent: host.torrent.path, folder: target.path },
      within: [...ours.within, ...named, ...recordingSentBytes(trace)],
      ...{ usesLocalDiscovery: true, mapsPort: true, dhtNodes: host.nodes },
      arguments: [
        ...words,
        ...["--log-level", "info"],
        ...["--tracker", `http://${tracker}/announce`, "--tracker", `udp://${tracker}`],
        ...["--announce", "all", "--web-seed", `http://${theirs.ip4}:${hostPorts.web}/`],
      ],
    }),
  );
  const seeder = `TCP ${host.seederPort}`;
  await until("each channel is used", async () => {
    const sent = await readSentBytes(trace);
    return [...due.channels, seeder].every((channel) => (sent.get(channel)?.length ?? 0) > 0);
  });
  await download.says("not-mapped", due.refusals);
  await theirs.letPayload();
  await download.finished();
  await assertSameFiles(t, payload, target.path);
  return {
    sent: await readSentBytes(trace),
    seeder,
    telling: await tellingOf(ours),
  };
}

async function tellingOf(machine: NetworkClient): Promise<Telling> {
  const lines = await machine.run("ip", "-o", "address", "show", "dev", "eth0");
  const hosts = lines.flatMap((line) => /inet6? ([^/ ]+)/.exec(line)?.[1] ?? []);
  const { client, dhtVersion, peerIdPrefix } = ownIdentity;
  const [, version = ""] = client.split(" ");
  return {
    name: Buffer.from("troupe"),
    version: Buffer.from(version),
    "peer id": Buffer.from(peerIdPrefix.slice(0, 3)),
    "DHT version": Buffer.from(dhtVersion, "latin1"),
    "host name": Buffer.from(hostName),
    "user name": Buffer.from(userName),
    ...Object.fromEntries(hosts.map((host) => [host, Buffer.from(host)])),
    ...Object.fromEntries(
      hosts.map((host) => [`${host} packed`, Buffer.from(packAddress(host) ?? [])]),
    ),
  };
}

/** The names of the texts that the bytes hold. Case does not count. */
function foundIn(bytes: Buffer | undefined, telling: Telling): readonly string[] {
  const text = (bytes ?? Buffer.alloc(0)).toString("latin1");
  return Object.entries(telling)
    .filter(([, needle]) => {
      const word = needle.toString("latin1");
      return text.includes(word) || text.toLowerCase().includes(word.toLowerCase());
    })
    .map(([name]) => name);
}

const channels = {
  httpTracker: `TCP ${hostPorts.tracker}`,
  udpTracker: `UDP ${hostPorts.tracker}`,
  webSeed: `TCP ${hostPorts.web}`,
  node: `UDP ${hostPorts.node}`,
  mapping: "UDP 5351",
  search: "UDP 1900",
  description: `TCP ${hostPorts.description}`,
  localDiscovery: "UDP 6771",
} as const;

test.serial(
  "L12: an anonymous download tells no name and no address in any byte that it sends",
  async (t) => {
    const { httpTracker, udpTracker, webSeed, node, mapping } = channels;
    const used = [httpTracker, udpTracker, webSeed, node, mapping];
    // PCP and NAT-PMP: UPnP, whose requests tell our address, would come next.
    const due = { channels: used, refusals: 2 };
    const { sent, telling } = await recordedDownload(t, due, "--anonymous");
    for (const [channel, bytes] of sent) t.deepEqual(foundIn(bytes, telling), [], channel);
    for (const channel of [channels.search, channels.description, channels.localDiscovery])
      t.false(sent.has(channel), channel);
  },
);

test.serial(
  "L12: without anonymous mode the same search finds each name and address",
  async (t) => {
    const due = { channels: Object.values(channels), refusals: 2 };
    const { sent, seeder, telling } = await recordedDownload(t, due);
    const found = (channel: string): readonly string[] => foundIn(sent.get(channel), telling);
    const [ip4 = ""] = Object.keys(telling).filter((name) => /^[\d.]+$/.test(name));
    t.deepEqual(found(channels.httpTracker), ["name", "version", "peer id"]);
    t.deepEqual(found(channels.udpTracker), ["peer id"]);
    t.deepEqual(found(channels.webSeed), ["name", "version"]);
    t.deepEqual(found(seeder), ["name", "version", "peer id"]);
    t.deepEqual(found(channels.node), ["DHT version"]);
    t.deepEqual(found(channels.mapping), [`${ip4} packed`]);
    t.deepEqual(found(channels.description), ["name", "version", ip4]);
    t.true(sent.has(channels.search));
    t.true(sent.has(channels.localDiscovery));
  },
);

test("L12: the search finds each name and address in bytes with it", (t) => {
  const telling: Telling = {
    "host name": Buffer.from(hostName),
    packed: Buffer.from(packAddress("2001:db8::7") ?? []),
  };
  t.deepEqual(foundIn(Buffer.from(`xx${hostName.toUpperCase()}xx`), telling), ["host name"]);
  const packed = Buffer.concat([Buffer.from("xx"), telling["packed"] ?? Buffer.alloc(0)]);
  t.deepEqual(foundIn(packed, telling), ["packed"]);
  t.deepEqual(foundIn(Buffer.from("xx"), telling), []);
});
