// Without a handshake for a torrent of ours a connection is closed without an answer.

import type { Address, Timer } from "@troupe/actor-runtime";
import {
  decodeHandshake,
  encodeHandshake,
  handshakeLengthBytes,
  looksLikeHandshake,
  peerIdText,
  ownReservedBits,
  supportsDht,
  supportsExtended,
  supportsFast,
} from "@troupe/protocol/peer";
import { infoHashFromBytes } from "@troupe/protocol/units";
import {
  type ConnectionKind,
  PeerStep,
  breadcrumbHost,
  plainTcp,
  writePeerBreadcrumb,
} from "@troupe/messages";

import type { Acceptor } from "./acceptor.ts";
import { Connection, type ConnectionStage } from "./connection.ts";
import type { Dialer } from "./dialer.ts";
import { handshakeDeadlineMs } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { ownDhtPort } from "../session/dht-port.ts";
import { startSession } from "../session/session-start.ts";
import type { Torrent } from "../torrent.ts";

/** The target of a dial. */
export interface DialTarget {
  readonly torrent: Torrent;
  readonly host: string;
  readonly port: number;
  readonly kind: ConnectionKind;
  readonly dialer: Dialer;
}

/** Bytes with the info-hash: peers may wait for our answer before they send their id. */
const infoHashStart = 28;
const infoHashEnd = 48;

/** The stage of a connection until both handshakes are complete. */
export class Handshake implements ConnectionStage {
  readonly connection: Connection;
  /** Undefined for an accepted connection. */
  readonly target: DialTarget | undefined;
  readonly #worker: PeerWorker;
  readonly #owner: Acceptor | Dialer;
  readonly #received = new Uint8Array(handshakeLengthBytes);
  #receivedBytes = 0;
  #torrent: Torrent | undefined;
  #deadline: Timer | undefined;
  #isOver = false;

  constructor(worker: PeerWorker, owner: Acceptor | Dialer, target: DialTarget | undefined) {
    this.connection = new Connection(worker, this);
    this.#worker = worker;
    this.#owner = owner;
    this.target = target;
  }

  /** The deadline starts. */
  accepted(): void {
    this.#start();
  }

  /** We send first. */
  opened(): void {
    if (this.#isOver || this.target === undefined) return;
    this.target.dialer.connected(this);
    this.#start();
    this.#sendHandshake(this.target.torrent);
  }

  bytes(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#leaveBreadcrumb();
    this.#take(chunk);
    this.#worker.context.breadcrumb.fill(0);
  }

  #take(chunk: Uint8Array): void {
    const takenBytes = Math.min(chunk.length, handshakeLengthBytes - this.#receivedBytes);
    this.#received.set(chunk.subarray(0, takenBytes), this.#receivedBytes);
    this.#receivedBytes += takenBytes;
    const known = this.#received.subarray(0, this.#receivedBytes);
    if (looksLikeHandshake(known) === "no") {
      this.#worker.foreignConnections++;
      this.#noteProbe();
      this.fail("not-bittorrent");
      return;
    }
    if (this.#receivedBytes >= infoHashEnd && !this.#checkInfoHash()) return;
    if (this.#receivedBytes === handshakeLengthBytes) this.#finish(chunk.subarray(takenBytes));
  }

  closed(reason: string | undefined): void {
    this.fail(reason ?? "closed-by-peer");
  }

  /** Announces a dial's failure; only the first call has an effect. */
  fail(reason: string): void {
    if (this.#isOver) return;
    this.#end();
    this.connection.destroy();
    if (this.target !== undefined) this.target.dialer.reportFailure(this.target, reason);
  }

  /** Ends the connection when the IP filter has its address. */
  failIfFiltered(): void {
    const { host } = this.#remote;
    if (this.#worker.ipFilter.has(host)) this.fail("ip-filtered");
  }

  /** The address that was dialled, or that the peer connects from. */
  get #remote(): Address {
    return this.target ?? this.connection.remote;
  }

  #start(): void {
    this.#deadline = this.#worker.context.timers.after(handshakeDeadlineMs, () =>
      this.fail("handshake-timeout"),
    );
  }

  #leaveBreadcrumb(): void {
    const { host, port } = this.#remote;
    const { breadcrumb } = this.#worker.context;
    breadcrumb[0] = PeerStep.handshake;
    breadcrumb[1] = this.target?.torrent.id ?? 0;
    writePeerBreadcrumb(breadcrumb, breadcrumbHost(host), port);
  }

  #end(): void {
    this.#isOver = true;
    this.#deadline?.cancel();
    this.#owner.handshakeEnded(this);
  }

  /** Counts an accepted connection without a peer of ours against its address. */
  #noteProbe(): void {
    if (this.target === undefined)
      this.#worker.addressThrottle.noteProbe(this.connection.remote.host);
  }

  #checkInfoHash(): boolean {
    if (this.#torrent !== undefined) return true;
    const infoHash = infoHashFromBytes(this.#received.subarray(infoHashStart, infoHashEnd));
    const torrent = this.#worker.torrentsByHash.get(infoHash);
    const isWrong = this.target !== undefined && this.target.torrent !== torrent;
    if (torrent === undefined || torrent.isClosing || isWrong) {
      this.#noteProbe();
      this.fail("wrong-info-hash");
      return false;
    }
    this.#torrent = torrent;
    if (this.target === undefined) this.#sendHandshake(torrent);
    return true;
  }

  #sendHandshake(torrent: Torrent): void {
    const { infoHash, peerId } = torrent;
    const hasDht = ownDhtPort(torrent, this.#remote.host) !== undefined;
    const reserved = ownReservedBits({ hasDht, hasFast: true });
    this.connection.write(encodeHandshake({ infoHash, peerId, reserved }));
  }

  /** @param rest Bytes after the handshake in the same chunk. Lent. */
  #finish(rest: Uint8Array): void {
    const torrent = this.#torrent;
    if (torrent === undefined) throw new Error("bug: a handshake ended without a torrent");
    if (torrent.isClosing) {
      this.fail("torrent-closed");
      return;
    }
    const { peerId, reserved } = decodeHandshake(this.#received);
    const { host, port } = this.#remote;
    const outcome = startSession(torrent, this.connection, {
      address: { host, port, isIncoming: this.target === undefined },
      kind: this.target?.kind ?? plainTcp,
      peerId: peerIdText(peerId),
      isExtended: supportsExtended(reserved),
      hasDht: supportsDht(reserved),
      hasFast: supportsFast(reserved),
      onFailed: (reason) => {
        if (this.target !== undefined) this.target.dialer.reportFailure(this.target, reason);
      },
    });
    if ("refused" in outcome) {
      this.fail(outcome.refused);
      return;
    }
    this.#end();
    this.connection.stage = outcome.stage;
    if (rest.length > 0) outcome.stage.bytes(rest);
  }
}
