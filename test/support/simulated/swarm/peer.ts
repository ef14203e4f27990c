// A scripted peer on a machine of its own: it listens, dials, serves and asks, and is away for a while.

import type { Address, Listener, Ports } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import type { HashManners } from "./hash-answers.ts";
import type { MetadataScript } from "./metadata-offers.ts";
import { SimulatedSession, type SessionPeer } from "./peer-session.ts";
import type { ExchangeScript, ToldPeers } from "./scripted-extensions.ts";
import type { SimulatedTorrent } from "./torrent.ts";

/** Where every scripted peer listens. */
export const peerPort = 6881;

const dialTimeoutMs = 10_000;
const redialMs = 20_000;

/** The behaviour of a scripted peer. Chances are from 0 to 1. */
export interface PeerScript {
  /** Share of the pieces that it has from the start. */
  readonly hasShare: number;
  /** It gets another piece from elsewhere this often; undefined when it gets none. */
  readonly gainEveryMs?: number;
  /** From the other side's `interested` to its `unchoke`. */
  readonly unchokeAfterMs: number;
  /** It chokes for {@link chokeForMs} this often; undefined when it never does. */
  readonly chokeEveryMs?: number;
  readonly chokeForMs: number;
  /** Time for a block: between the least and that and the jitter. */
  readonly leastServeMs: number;
  readonly serveJitterMs: number;
  /** Chance that a request is never answered. */
  readonly ignoreChance: number;
  /** Chance that a block has a wrong byte. */
  readonly lieChance: number;
  /** It closes the connection behind a lie. */
  readonly leavesAfterLie?: boolean;
  /** Chance that the connection is closed behind a block. */
  readonly dropChance: number;
  /** It asks for what the other side has. */
  readonly wants: boolean;
  /** It dials these by itself. */
  readonly dials: readonly Address[];
  /** How it answers hash requests; right by default. */
  readonly hashes?: HashManners;
  /** Undefined: it offers no metadata. */
  readonly metadata?: MetadataScript;
  /** Undefined: it does not offer to exchange peers. */
  readonly peerExchange?: ExchangeScript;
  /** The tracker does not name it. */
  readonly isUnannounced?: boolean;
  /** It is gone from and to these times. */
  readonly away?: { readonly fromMs: number; readonly toMs: number };
}

/** A peer that has everything and answers each request at once. */
export const honestSeeder: PeerScript = {
  hasShare: 1,
  unchokeAfterMs: 10,
  chokeForMs: 0,
  leastServeMs: 0.1,
  serveJitterMs: 0.5,
  ignoreChance: 0,
  lieChance: 0,
  dropChance: 0,
  wants: false,
  dials: [],
};

/** The parts of a scripted peer. */
export interface SimulatedPeerOptions {
  readonly machine: SimulatedMachine;
  readonly torrent: SimulatedTorrent;
  readonly script: PeerScript;
  /** The other side says that it has a piece. Throws when that cannot be. */
  readonly saysHave?: ((piece: number) => void) | undefined;
}

/** Lives from `start` on, until the world ends. */
export class SimulatedPeer implements SessionPeer {
  readonly machine: SimulatedMachine;
  readonly torrent: SimulatedTorrent;
  readonly script: PeerScript;
  readonly peerId: Uint8Array;
  readonly ports: Ports;
  readonly has: boolean[];
  /** Messages of peer exchange that it got, over all its connections. */
  readonly toldPeers: ToldPeers[] = [];
  /** Blocks with a wrong byte that it has sent. */
  lies = 0;
  /** Whether it is the moment for a lie. */
  mayLie: () => boolean = () => true;
  readonly #saysHave: ((piece: number) => void) | undefined;
  readonly #sessions = new Set<SimulatedSession>();
  readonly #dialled = new Map<Address, SimulatedSession>();
  #listener: Listener | undefined;
  #isAway = false;

  constructor({ machine, torrent, script, saysHave }: SimulatedPeerOptions) {
    this.machine = machine;
    this.torrent = torrent;
    this.script = script;
    this.ports = machine.ports("peer");
    this.#saysHave = saysHave;
    const { random } = this.ports;
    this.peerId = Buffer.from(`-SM0001-${Buffer.from(random.bytes(6)).toString("hex")}`);
    const { pieceCount } = torrent.metainfo.geometry;
    this.has = Array.from({ length: pieceCount }, () => random.next() < script.hasShare);
  }

  get address(): Address {
    return { host: this.machine.addresses[0] ?? "", port: peerPort };
  }

  /** Pieces that it lacks. */
  get missingCount(): number {
    return this.has.filter((isHad) => !isHad).length;
  }

  async start(): Promise<void> {
    const { script, ports } = this;
    await this.#listen();
    for (const to of script.dials) this.#dial(to);
    if (script.away !== undefined) {
      ports.timers.after(script.away.fromMs, () => this.#leave());
      ports.timers.after(script.away.toMs, () => this.#comeBack());
    }
    if (script.gainEveryMs !== undefined) {
      ports.timers.every(script.gainEveryMs, () => this.#gainAny());
    }
    if (script.chokeEveryMs !== undefined) {
      ports.timers.every(script.chokeEveryMs, () => this.#chokeForAWhile());
    }
  }

  saysHave(piece: number): void {
    this.#saysHave?.(piece);
  }

  gained(piece: number): void {
    this.has[piece] = true;
    for (const session of this.#sessions) session.sayHave(piece);
  }

  closed(session: SimulatedSession): void {
    this.#sessions.delete(session);
  }

  async #listen(): Promise<void> {
    this.#listener = await this.ports.sockets.listen(
      { host: "0.0.0.0", port: peerPort },
      (stream) => {
        const session = new SimulatedSession(this);
        session.attach(stream);
        this.#sessions.add(session);
        return session;
      },
    );
  }

  /** Dials, and again after a while whenever there is no connection. */
  #dial(to: Address): void {
    const earlier = this.#dialled.get(to);
    if (!this.#isAway && (earlier === undefined || !this.#sessions.has(earlier))) {
      const session = new SimulatedSession(this);
      this.#dialled.set(to, session);
      this.#sessions.add(session);
      session.attach(this.ports.sockets.dial(to, session, { timeoutMs: dialTimeoutMs }));
    }
    this.ports.timers.after(redialMs, () => this.#dial(to));
  }

  #leave(): void {
    this.#isAway = true;
    void this.#listener?.close();
    for (const session of this.#sessions) session.destroy();
  }

  #comeBack(): void {
    this.#isAway = false;
    void this.#listen();
  }

  #gainAny(): void {
    const lacking = [...this.has.keys()].filter((piece) => this.has[piece] !== true);
    const piece = lacking[this.ports.random.integer(Math.max(1, lacking.length))];
    if (piece !== undefined) this.gained(piece);
  }

  #chokeForAWhile(): void {
    for (const session of this.#sessions) session.setChoking(true);
    this.ports.timers.after(this.script.chokeForMs, () => {
      for (const session of this.#sessions) session.setChoking(false);
    });
  }
}
