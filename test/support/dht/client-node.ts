// The DHT nodes of clients that do not name the peers they find: a found peer is dialled, which its machine counts.

import type { PeerAddress } from "@troupe/protocol/address";
import { Aria2 } from "../clients/aria2.ts";
import { Transmission } from "../clients/transmission.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import type { NetworkClient } from "../network.ts";
import { until } from "../time/until.ts";
import type { AnnouncedPeer, DhtFamily, DhtNode } from "./dht-node.ts";
import { dhtAddress, type DhtPlace } from "./dht-place.ts";

/** Age of the counts that a look still uses: a reading starts a program. */
const readAgainMs = 500;

const clients = { aria2: Aria2, Transmission };

/** A client that is driven by magnet links. */
export type ClientKind = keyof typeof clients;

/** A client that looks for the peers of its magnet links, and announces itself as a peer of each. */
export class ClientNode implements DhtNode {
  readonly kind: ClientKind;
  readonly machine: NetworkClient;
  readonly infoHash: string;
  readonly #client: Aria2 | Transmission;
  readonly #folder: TemporaryFolder;
  readonly #dials: DialCounts;
  readonly #links: Set<string>;

  private constructor(
    { kind, machine, infoHash }: Pick<DhtNode, "machine" | "infoHash"> & { kind: ClientKind },
    client: Aria2 | Transmission,
    folder: TemporaryFolder,
    dials: DialCounts,
  ) {
    this.kind = kind;
    this.machine = machine;
    this.infoHash = infoHash;
    this.#client = client;
    this.#folder = folder;
    this.#dials = dials;
    this.#links = new Set([infoHash]);
  }

  /** Starts a client with a magnet link of the info-hash. @param others Addresses that it may find. */
  static async start(
    kind: ClientKind,
    machine: NetworkClient,
    place: DhtPlace,
    infoHash: string,
    others: readonly PeerAddress[],
  ): Promise<ClientNode> {
    // An incoming connection would tell it an address too; its own port of commands is on loopback.
    await machine.drop("iifname eth0 tcp flags & (syn | ack) == syn");
    const dials = await DialCounts.start(machine, others);
    const folder = temporaryFolder(`dht-${kind}`);
    const client = await clients[kind].leech({
      torrent: linkOf(infoHash),
      folder: folder.path,
      within: machine.within,
      dht: place,
    });
    return new ClientNode({ kind, machine, infoHash }, client, folder, dials);
  }

  async finds(peer: AnnouncedPeer, family: DhtFamily): Promise<void> {
    const { infoHash, machine } = peer;
    if (!this.#links.has(infoHash)) {
      this.#links.add(infoHash);
      await this.#client.add(linkOf(infoHash));
    }
    const { host } = dhtAddress(machine, family);
    await until(`${this.kind} dials ${host}`, () => this.#dials.has(host));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    this.#folder.remove();
  }
}

/** Which addresses a machine dials, as its kernel counts them. */
class DialCounts {
  readonly #hosts: readonly string[];
  readonly #read: () => Promise<readonly number[]>;
  #latest: { readonly counts: Promise<readonly number[]>; readonly readMs: number } | undefined;

  private constructor(hosts: readonly string[], read: () => Promise<readonly number[]>) {
    this.#hosts = hosts;
    this.#read = read;
  }

  static async start(machine: NetworkClient, others: readonly PeerAddress[]): Promise<DialCounts> {
    const hosts = others.map(({ host }) => host);
    const read = await machine.countSent(
      others.map(({ host, port }) => {
        const address = host.includes(":") ? `ip6 daddr ${host}` : `ip daddr ${host}`;
        return `${address} tcp dport ${port} tcp flags syn`;
      }),
    );
    return new DialCounts(hosts, read);
  }

  async has(host: string): Promise<boolean> {
    // Calls for several addresses share a reading.
    if (this.#latest === undefined || Date.now() - this.#latest.readMs >= readAgainMs) {
      this.#latest = { counts: this.#read(), readMs: Date.now() };
    }
    const counts = await this.#latest.counts;
    return (counts[this.#hosts.indexOf(host)] ?? 0) > 0;
  }
}

function linkOf(infoHash: string): string {
  return `magnet:?xt=urn:btih:${infoHash}`;
}
