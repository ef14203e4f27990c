// Our figures beside those of the other client, of the stream between both, and of the kernel.

import test, { type ExecutionContext } from "ava";
import type { Coordinator } from "@troupe/coordinator";
import { Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { Network } from "../support/network.ts";
import { Relay } from "../support/swarm/relay.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const mebibyte = 1 << 20;
const shape = { pieceLengthBytes: mebibyte / 4, files: 24 * mebibyte };
/** Headers of an IPv4 packet of TCP with time stamps. */
const headerBytes = 52;

const blockBytes = 16_384;
/** Bytes of the head of a block. Transmission counts the heads of the blocks that it has sent, and not those that it got. */
const headOfBlockBytes = 13;

const clients = { libtorrent: Libtorrent, Transmission } as const;
type ClientName = keyof typeof clients;

/** Bytes of the peers of an engine. */
interface Bytes {
  readonly payload: number;
  readonly protocol: number;
}

async function bytesOf(coordinator: Coordinator): Promise<{ down: Bytes; up: Bytes }> {
  const metrics = await coordinator.metrics();
  const all = metrics.find(({ name }) => name === "troupe_transferred_bytes_total")?.series ?? [];
  const of = (direction: string, kind: string): number =>
    all
      .filter(({ labels }) => labels["direction"] === direction && labels["kind"] === kind)
      .reduce((sum, { value }) => sum + value, 0);
  const both = (direction: string): Bytes => ({
    payload: of(direction, "payload"),
    protocol: of(direction, "protocol"),
  });
  return { down: both("down"), up: both("up") };
}

/** An engine with the torrent, which dials one peer. */
async function joinSwarm(
  exchange: Exchange,
  folder: string,
  peer: { readonly host: string; readonly port: number },
) {
  const coordinator = await startEngine({ port: 0, bind: ["127.0.0.1"] });
  const torrent = await coordinator.add(exchange.torrent.path, {
    directory: folder,
    useTrackers: false,
    peers: [peer],
  });
  return { coordinator, torrent };
}

/** Both directions of a stream are what our metrics have. */
function assertStream(
  t: ExecutionContext,
  { down, up }: { down: Bytes; up: Bytes },
  relay: Relay,
): void {
  t.is(relay.connections, 1);
  t.is(down.payload + down.protocol, relay.passedBytes, "received");
  t.is(up.payload + up.protocol, relay.otherBytes, "sent");
}

async function relayTo(port: number): Promise<Relay> {
  const relay = await Relay.open({ target: { host: "127.0.0.1", port }, gated: "target" });
  relay.allow(Infinity);
  return relay;
}

for (const name of Object.keys(clients) as ClientName[]) {
  test.serial(
    `I02: our download from ${name} is its own count to the byte, and the stream is the sum of our figures`,
    async (t) => {
      await using exchange = await Exchange.prepare(shape);
      const { torrent, source, target } = exchange;
      await using seeder = await clients[name].seed({ torrent: torrent.path, folder: source });
      await using relay = await relayTo(await portOf(seeder));
      const ours = await joinSwarm(exchange, target, relay);
      await using coordinator = ours.coordinator;
      await ours.torrent.completed;
      await ours.torrent.stop();
      const bytes = await bytesOf(coordinator);
      t.is(bytes.down.payload, shape.files);
      const heads = name === "Transmission" ? (headOfBlockBytes * shape.files) / blockBytes : 0;
      t.is((await seeder.figures()).uploaded, bytes.down.payload + heads);
      assertStream(t, bytes, relay);
    },
  );

  test.serial(
    `I02: our upload to ${name} is its own count to the byte, and the stream is the sum of our figures`,
    async (t) => {
      await using exchange = await Exchange.prepare(shape);
      const { torrent, source, target } = exchange;
      await using leech = await clients[name].leech({ torrent: torrent.path, folder: target });
      await using relay = await relayTo(await portOf(leech));
      const ours = await joinSwarm(exchange, source, relay);
      await using coordinator = ours.coordinator;
      await leech.finished();
      const { downloaded } = await leech.figures();
      await ours.torrent.stop();
      const bytes = await bytesOf(coordinator);
      t.is(downloaded, bytes.up.payload);
      assertStream(t, bytes, relay);
    },
  );
}

async function portOf(client: Libtorrent | Transmission): Promise<number> {
  return client instanceof Libtorrent ? await client.port() : client.port;
}

test.serial(
  "I02: our figures are those of the kernel, less the headers of the packets",
  async (t) => {
    await using exchange = await Exchange.prepare({ ...shape, files: 96 * mebibyte });
    const { torrent, source, target } = exchange;
    await using network = await Network.of(2);
    const [theirs, ours] = network.clients;
    if (theirs === undefined || ours === undefined) return t.fail();
    const { ip4: host, within } = theirs;
    await using seeder = await Libtorrent.seed({
      torrent: torrent.path,
      folder: source,
      host,
      within,
    });
    const port = await seeder.port();
    const counted = await ours.countStream(host, port);
    await using download = await Troupe.download({
      ...{ torrent: torrent.path, folder: target, within: ours.within },
      arguments: ["--no-trackers", "--peer", `${host}:${port}`],
    });
    await download.finished();
    const progress = download.latest("progress");
    const figure = (name: string): number => Number(progress?.[name]);
    for (const [direction, payload, protocol] of [
      ["received", "downloadedBytes", "protocolDownBytes"],
      ["sent", "uploadedBytes", "protocolUpBytes"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const { bytes, packets } = (await counted())[direction];
      const streamBytes = bytes - headerBytes * packets;
      const ourBytes = figure(payload) + figure(protocol);
      t.log(`${direction}: ${streamBytes} bytes of the kernel, ${ourBytes} of ours`);
      t.true(Math.abs(streamBytes - ourBytes) <= 0.005 * streamBytes);
    }
  },
);
