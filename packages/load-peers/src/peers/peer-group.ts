// Types of groups of peers: the parts of a group, and its methods.

import type { Address, Ports } from "@troupe/actor-runtime";
import type { PeerTorrent } from "../content/peer-torrent.ts";
import type { PeerRecorder } from "../peer-recorder.ts";
import type { PeerEncryption } from "./encrypted-dial.ts";

/** Behaviours of peers that keep the rules. docs/load-testing.md has a table of them. */
type PeerBehaviour = "leecher" | "seeder" | "partial" | "idle" | "free-rider";

/** Transports of dialled connections. */
export type PeerTransport = "tcp" | "utp";

/** How a group requests blocks. */
export type PeerPace =
  /** Open: one block for each call of `request`. */
  | { readonly kind: "rate" }
  /** Closed: each peer keeps so many requests outstanding. */
  | { readonly kind: "depth"; readonly depth: number };

/** When a peer leaves besides the end of its time. Shapes with further fields fit. */
type PeerStay =
  /** When it has every piece that it takes. */
  | { readonly kind: "whole" }
  /** When it has sent so many times the bytes that it has. */
  | { readonly kind: "ratio"; readonly ratio: number }
  /** Only at the end of its time. */
  | { readonly kind: "end" | "fixed" | "exponential" | "log-normal" };

/** Settings of a group: peers of one behaviour at one target. */
export interface PeerGroupSettings {
  readonly ports: Pick<Ports, "clock" | "timers" | "random" | "sockets" | "datagrams">;
  readonly target: Address;
  readonly torrent: PeerTorrent;
  readonly behaviour: PeerBehaviour;
  /** Pieces that each peer takes. Undefined with a depth: random blocks without an end. */
  readonly take: "all" | { readonly pieces: number } | undefined;
  /** Share of the pieces that each peer has at its start, 0 to 1; a seeder has all. */
  readonly has: number;
  readonly pace: PeerPace;
  /** Line of each peer: it requests and sends no faster. Undefined: no limit. */
  readonly downBytesPerSecond: number | undefined;
  readonly upBytesPerSecond: number | undefined;
  /** Added to each message that a peer sends. */
  readonly delayMs: number;
  readonly extensions: readonly ("fast" | "extended")[];
  /** Transport of dialled connections. Accepted ones come over TCP. */
  readonly transport: PeerTransport;
  /** Encryption of dialled connections. Accepted ones are plain. */
  readonly encryption: PeerEncryption | "none";
  /** `in`: each peer listens and waits to be dialled; {@link PeerGroupSettings.listening} gets its address. */
  readonly dials: "out" | "in";
  /** After this time a peer whose connection was refused, or closed by the target, dials again. Undefined: it is gone. */
  readonly retryAfterMs: number | undefined;
  /** A request without its block counts as unanswered after this time. */
  readonly requestTimeoutMs: number;
  /** A peer leaves a side that has not shaken hands after this time. */
  readonly handshakeTimeoutMs: number;
  /** Each visit is accounted for; false for open loads, whose actions are. */
  readonly countsVisits: boolean;
  readonly recorder: PeerRecorder;
  /** Asked at each dial and each accepted connection, with the numeric address. */
  readonly mayDial: (address: Address) => boolean;
  /** A peer waits to be dialled. */
  readonly listening?: (peer: number, address: Address) => void;
}

/** A peer that comes. */
export interface PeerArrival {
  /** Names the peer in `request`. A second arrival under a number is another visit: the old one is gone by then, or leaves. */
  readonly peer: number;
  /** 0 for the first visit. */
  readonly visit: number;
  /** Seeds the choices of the visit. 32 bits. */
  readonly seed: number;
  /** The peer leaves so long after its first connect; Infinity: not for that reason. */
  readonly stayMs: number;
  /** Local address; undefined: the system's choice. */
  readonly localHost: string | undefined;
  readonly stay: PeerStay;
  /** The planned time, by the clock of the ports. Default: now. */
  readonly plannedMs?: number;
}

/** How the load of a group ends. */
export type LoadEnd =
  /** After its drain: requests that wait are unanswered. */
  | "drained"
  /** At once: requests that wait are abandoned. */
  | "cut";

/** Peers of one behaviour at one target. */
export interface PeerGroup {
  /** Requests of all peers that wait for their block now. */
  readonly outstanding: number;
  /** A peer waits for a block, a connection or a handshake. */
  readonly isWaiting: boolean;
  /** A peer comes, now. */
  arrive(arrival: PeerArrival): void;
  /**
   * Open load: the peer requests a random block that the other side has, as soon as it may.
   * @param seed Draws the block. 32 bits.
   * @param intendedMs By the clock of the ports; the latency counts from here.
   */
  request(peer: number, seed: number, intendedMs: number): void;
  /** The load is over: nothing more is requested and no peer dials, comes or leaves; answers are still read. */
  drain(): void;
  /** Closes every connection and listener. Resolves when all are closed. */
  end(how: LoadEnd): Promise<void>;
}
