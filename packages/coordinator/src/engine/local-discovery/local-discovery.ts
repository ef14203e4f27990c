// Local discovery (BEP 14): announces the torrents of this engine to the local networks, and hears those of neighbours.
// Sockets are open while a torrent is announced.

import type { Context, Timer } from "@troupe/actor-runtime";
import { encodeLocalAnnounce, type LocalAnnounce } from "@troupe/protocol/discovery";
import { AnnounceQueue, type LocalTorrent } from "./announce-queue.ts";
import { LocalSocket, type SocketFailure, type SocketOwner } from "./local-socket.ts";
import { localNetworks, type LocalNetwork } from "./local-networks.ts";

/** Time between two datagrams on an interface. */
const turnMs = 1_000;
/** Networks come and go. */
export const lookMs = 30_000;
/** After a datagram that could not be sent: the network may have changed. */
const lookAgainMs = 5_000;

/** The services that local discovery needs. */
interface LocalDiscoveryServices {
  readonly context: Pick<
    Context,
    "boundInterface" | "clock" | "datagrams" | "fail" | "interfaces" | "log" | "random" | "timers"
  >;
  /** Where this engine listens for peers; port 0 for nowhere. */
  readonly listening: () => { readonly hosts: readonly string[]; readonly port: number };
  /** A neighbour says that it has the torrent. */
  readonly found: (
    torrent: Pick<LocalTorrent, "id" | "version">,
    host: string,
    port: number,
  ) => void;
}

/** A torrent that is being announced. */
interface Announcing {
  readonly torrent: LocalTorrent;
  /** Address families that are left. */
  readonly families: readonly (4 | 6)[];
}

/** Local discovery of an engine. */
export class LocalDiscovery {
  readonly #services: LocalDiscoveryServices;
  /** Our own announces come back to us. */
  readonly #cookie: string;
  readonly #turns = new AnnounceQueue();
  readonly #sockets = new Map<string, LocalSocket>();
  #announcing: Announcing | undefined;
  #sentMs = -Infinity;
  #nextTurn: Timer | undefined;
  #nextLook: { readonly atMs: number; readonly timer: Timer } | undefined;

  constructor(services: LocalDiscoveryServices) {
    this.#services = services;
    this.#cookie = Buffer.from(services.context.random.bytes(4)).toString("hex");
  }

  /** Announces a public torrent until it leaves: within two seconds, unless other torrents wait. */
  join(torrent: LocalTorrent): void {
    this.#turns.add(torrent);
    if (this.#nextLook === undefined) this.#look();
    else this.#planTurn();
  }

  /** No datagram names the torrent from now on. */
  leave({ infoHash }: Pick<LocalTorrent, "infoHash">): void {
    this.#turns.remove(infoHash);
    if (this.#announcing?.torrent.infoHash === infoHash) this.#announcing = undefined;
    if (this.#turns.size === 0) this.#rest();
  }

  /** Opens sockets for new networks, and closes those of networks that are gone. */
  #look(): void {
    const { context, listening } = this.#services;
    const { hosts, port } = listening();
    const bound = context.boundInterface?.name;
    const all = context.interfaces.list();
    const usable = bound === undefined ? all : all.filter(({ name }) => name === bound);
    const networks = port === 0 ? [] : localNetworks(usable, hosts);
    const byKey = new Map(networks.map((network) => [keyOf(network), network]));
    for (const [key, socket] of this.#sockets) {
      const network = byKey.get(key);
      if (network === undefined || socket.isClosed) this.#forget(key, socket);
      else socket.network = network;
    }
    for (const [key, network] of byKey) if (!this.#sockets.has(key)) this.#open(key, network);
    this.#planLook(lookMs);
    this.#planTurn();
  }

  #open(key: string, network: LocalNetwork): void {
    const { context } = this.#services;
    const sockets = [...this.#sockets.values()];
    const other = sockets.find((socket) => socket.network.interface === network.interface);
    const owner: SocketOwner = {
      opened: () => {
        this.#turns.renew(context.clock.nowMs());
        this.#planTurn();
      },
      announced: (announce, host) => this.#announced(announce, host),
      failed: (failure) => this.#failed(network, failure),
    };
    this.#sockets.set(key, new LocalSocket(context, network, owner, other?.announces));
  }

  #forget(key: string, socket: LocalSocket): void {
    socket.close();
    this.#sockets.delete(key);
  }

  #announced({ port, infoHashes, cookie }: LocalAnnounce, host: string): void {
    if (cookie === this.#cookie) return;
    for (const infoHash of infoHashes) {
      const torrent = this.#turns.find(infoHash);
      if (torrent !== undefined) this.#services.found(torrent, host, port);
    }
  }

  /** The next look opens the network again. */
  #failed({ interface: name, family }: LocalNetwork, { step, code }: SocketFailure): void {
    const level = step === "receive" ? "warn" : "debug";
    this.#services.context.log(level, "local-discovery-failed", { name, family, step, code });
    if (step === "send") this.#planLook(lookAgainMs);
    this.#planTurn();
  }

  /** One datagram on each interface: a torrent takes a turn for each address family. */
  #turn(): void {
    const nowMs = this.#services.context.clock.nowMs();
    this.#announcing ??= this.#nextToAnnounce(nowMs);
    const { torrent, families = [] } = this.#announcing ?? {};
    const [family, ...others] = families;
    if (torrent !== undefined && family !== undefined) {
      this.#announcing = { torrent, families: others };
      this.#sentMs = nowMs;
      this.#send(torrent, family);
    }
    if (others.length === 0) this.#announcing = undefined;
    this.#planTurn();
  }

  #nextToAnnounce(nowMs: number): Announcing | undefined {
    const torrent = this.#turns.take(nowMs);
    return torrent && { torrent, families: this.#openFamilies };
  }

  #send({ infoHash }: LocalTorrent, family: 4 | 6): void {
    const { port } = this.#services.listening();
    for (const socket of this.#sockets.values()) {
      if (socket.network.family !== family) continue;
      socket.send(encodeLocalAnnounce(family, { port, infoHash, cookie: this.#cookie }));
    }
  }

  get #openFamilies(): readonly (4 | 6)[] {
    const open = [...this.#sockets.values()].filter(({ isOpen }) => isOpen);
    return [...new Set(open.map(({ network }) => network.family))];
  }

  /** A torrent is announced over all families or none: sockets that are being opened are waited for. */
  #planTurn(): void {
    const { clock, timers } = this.#services.context;
    this.#nextTurn?.cancel();
    this.#nextTurn = undefined;
    const isOpening = [...this.#sockets.values()].some((socket) => socket.isOpening);
    const dueMs = this.#announcing === undefined ? this.#turns.nextMs : -Infinity;
    if (isOpening || dueMs === Infinity || this.#openFamilies.length === 0) return;
    const delayMs = Math.max(0, dueMs - clock.nowMs(), this.#sentMs + turnMs - clock.nowMs());
    this.#nextTurn = timers.after(delayMs, () => this.#turn());
  }

  #planLook(delayMs: number): void {
    const { clock, timers } = this.#services.context;
    const atMs = clock.nowMs() + delayMs;
    if (this.#nextLook !== undefined && this.#nextLook.atMs <= atMs) return;
    this.#nextLook?.timer.cancel();
    const timer = timers.after(delayMs, () => {
      this.#nextLook = undefined;
      this.#look();
    });
    this.#nextLook = { atMs, timer };
  }

  #rest(): void {
    this.#nextTurn?.cancel();
    this.#nextTurn = undefined;
    this.#nextLook?.timer.cancel();
    this.#nextLook = undefined;
    for (const [key, socket] of this.#sockets) this.#forget(key, socket);
  }
}

function keyOf({ interface: name, family, through, source = "" }: LocalNetwork): string {
  return `${name} ${family} ${through} ${source}`;
}
