// A member of a swarm that is a production engine, and its figures.

import { PeerField } from "@troupe/messages";
import type { Session } from "../../../../packages/peer-worker/src/session/session.ts";
import type { SimulatedEngine } from "../engine/engine.ts";
import type { SimulatedTorrent } from "../swarm/torrent.ts";

/** A free rider gives no data. */
export type MemberKind = "seeder" | "leecher" | "free-rider";

/** Figures at a moment. */
interface Sample {
  readonly atMs: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Payload that a member got from one host. */
export interface Received {
  bytes: number;
  /** Bytes that were received while the giver lacked pieces. */
  fromIncompleteBytes: number;
}

/** Seeders, leechers and free riders. */
export class EngineMember {
  readonly kind: MemberKind;
  readonly host: string;
  readonly engine: SimulatedEngine;
  readonly startedAtMs: number;
  /** By the giver's host. */
  readonly received: Map<string, Received> = new Map<string, Received>();
  completedAtMs: number | undefined;
  /** Payload that its sessions had received at the last look. */
  readonly #seen = new WeakMap<Session, number>();
  readonly #torrent: SimulatedTorrent;
  readonly #samples: Sample[] = [];

  constructor(
    kind: MemberKind,
    engine: SimulatedEngine,
    torrent: SimulatedTorrent,
    startedAtMs: number,
  ) {
    this.kind = kind;
    this.engine = engine;
    this.host = engine.machine.addresses[0] ?? "";
    this.startedAtMs = startedAtMs;
    this.#torrent = torrent;
  }

  get receivedBytes(): number {
    return this.#job?.content.traffic.total("downloadedBytes") ?? 0;
  }

  get sentBytes(): number {
    return this.#job?.content.traffic.total("uploadedBytes") ?? 0;
  }

  get wastedBytes(): number {
    return this.#job?.content.traffic.total("wastedBytes") ?? 0;
  }

  hasPiece(piece: number): boolean {
    return this.#job?.content.ledger.map.has(piece) === true;
  }

  get isComplete(): boolean {
    return this.#job?.isComplete === true;
  }

  /** From its start to its last piece. Undefined: it lacks some. */
  get tookMs(): number | undefined {
    return this.completedAtMs === undefined ? undefined : this.completedAtMs - this.startedAtMs;
  }

  /** Payload from peers that had not everything when they sent it. */
  get fromIncompleteBytes(): number {
    let sum = 0;
    for (const { fromIncompleteBytes } of this.received.values()) sum += fromIncompleteBytes;
    return sum;
  }

  /** To be called once a second. */
  look(nowMs: number): void {
    const { receivedBytes, sentBytes } = this;
    this.#samples.push({ atMs: nowMs, receivedBytes, sentBytes });
    if (this.completedAtMs === undefined && this.isComplete) this.completedAtMs = nowMs;
    for (const worker of this.engine.workers) {
      for (const { sessions } of worker.contents()) {
        for (const session of sessions) this.#lookAt(session);
      }
    }
  }

  /** Mean payload in bytes a second; `receivedBytes` or `sentBytes`. */
  rate(field: "receivedBytes" | "sentBytes", fromMs: number, toMs: number): number {
    const within = this.#samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    const [first, last] = [within[0], within.at(-1)];
    if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
    return ((last[field] - first[field]) * 1_000) / (last.atMs - first.atMs);
  }

  #lookAt(session: Session): void {
    const bytes = session.row.field(PeerField.downloadedBytes);
    const fresh = bytes - (this.#seen.get(session) ?? 0);
    if (fresh <= 0) return;
    this.#seen.set(session, bytes);
    const { host } = session.identity;
    const received = this.received.get(host) ?? { bytes: 0, fromIncompleteBytes: 0 };
    this.received.set(host, received);
    received.bytes += fresh;
    const { pieceCount } = this.#torrent.metainfo.geometry;
    if (session.haveCount < pieceCount) received.fromIncompleteBytes += fresh;
  }

  get #job() {
    return this.engine.jobOf(this.#torrent);
  }
}
