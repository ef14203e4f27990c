// Without a handshake for a torrent of ours a connection is closed without an answer.

import type { Address, Timer } from "@troupe/actor-runtime";
import {
  decodeHandshake,
  encodeHandshake,
  handshakeLengthBytes,
  looksLikeHandshake,
  offersUpgrade,
  peerIdText,
  ownReservedBits,
  supportsDht,
  supportsExtended,
  supportsFast,
} from "@troupe/protocol/peer";
import { type InfoHash, infoHashFromBytes } from "@troupe/protocol/units";
import {
  type AgreedVersion,
  type ConnectionKind,
  type Dial,
  PeerStep,
  breadcrumbHost,
  sharedKind,
  writePeerBreadcrumb,
} from "@troupe/messages";
import type { MseResult } from "@troupe/protocol/encryption";

import type { Acceptor } from "./acceptor.ts";
import { agreedVersion, answeredName, mayUpgrade } from "./agree-version.ts";
import { Connection, type ConnectionStage } from "./connection.ts";
import type { Dialer } from "./dialer.ts";
import type { AttemptEnd, DialAttempt } from "./encryption/dial-attempts.ts";
import { areForeign } from "./encryption/foreign-bytes.ts";
import { MseStage } from "./encryption/mse-stage.ts";
import { encryptedDialMs, handshakeDeadlineMs } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { ownDhtPort } from "../session/dht-port.ts";
import { startSession } from "../session/session-start.ts";
import type { Torrent } from "../torrent.ts";

/** The target of a dial. */
export interface DialTarget {
  readonly torrent: Torrent;
  readonly host: string;
  readonly port: number;
  readonly attempt: DialAttempt;
  /** No attempt with another encryption follows under this name. */
  readonly isLast: boolean;
  /** The torrent's name in our handshake. */
  readonly name: InfoHash;
  /** Another name was tried before. */
  readonly isOtherName: boolean;
  readonly order: Dial;
  readonly dialer: Dialer;
}

/** Bytes of the reserved bits, before the info-hash. */
const reservedStart = 20;
/** Bytes with the info-hash: peers may wait for our answer before they send their id. */
const infoHashStart = 28;
const infoHashEnd = 48;

/** `for`: the torrent that the handshake of the encryption names; undefined without encryption. */
type State =
  | { readonly kind: "connecting" }
  | { readonly kind: "silent" }
  | { readonly kind: "encrypting"; readonly stage: MseStage }
  | {
      readonly kind: "greeting";
      readonly encryption: ConnectionKind["encryption"];
      readonly for: InfoHash | undefined;
    }
  | { readonly kind: "over" };

const silent: State = { kind: "silent" };
const plainGreeting: State = { kind: "greeting", encryption: "none", for: undefined };

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
  #version: AgreedVersion = "v1";
  #deadline: Timer | undefined;
  #state: State;

  constructor(worker: PeerWorker, owner: Acceptor | Dialer, target: DialTarget | undefined) {
    this.connection = new Connection(worker, this);
    this.#worker = worker;
    this.#owner = owner;
    this.target = target;
    this.#state = target === undefined ? silent : { kind: "connecting" };
  }

  /** The deadline starts. */
  accepted(): void {
    this.#start();
  }

  /** We send first. */
  opened(): void {
    if (this.#state.kind !== "connecting" || this.target === undefined) return;
    const { attempt, dialer, name, torrent } = this.target;
    this.#state = silent;
    dialer.connected(this);
    this.#start();
    const ownHandshake = this.#ownHandshake(torrent, name);
    if (attempt === "plain") this.connection.write(ownHandshake);
    else this.#dialEncrypted(name, ownHandshake);
  }

  bytes(chunk: Uint8Array): void {
    if (this.#state.kind === "over") return;
    if (this.#state.kind === "silent") this.#state = plainGreeting;
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
      if (this.#mayBeEncrypted(known)) {
        this.#acceptEncrypted(known, chunk.subarray(takenBytes));
        return;
      }
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
    if (this.#state.kind === "over") return;
    const end = this.#endOf(reason);
    this.#end();
    this.connection.destroy();
    this.target?.dialer.failed(this.target, end);
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

  /** The handshake of the encryption is complete. @param rest Bytes of the payload. */
  encrypted(result: MseResult, rest: Uint8Array): void {
    const encryption = result.method === "rc4" ? "rc4" : "handshake";
    this.#state = { kind: "greeting", encryption, for: result.infoHash };
    this.connection.encrypt(result);
    this.connection.decrypt(rest);
    this.connection.stage = this;
    this.#deadline?.cancel();
    this.#start();
    if (rest.length > 0) this.bytes(rest);
  }

  /** The peer broke the protocol of the encryption. */
  broke(reason: string): void {
    this.#noteProbe();
    this.fail(reason);
  }

  get #kind(): ConnectionKind {
    const encryption = this.#state.kind === "greeting" ? this.#state.encryption : "none";
    return sharedKind({ transport: this.connection.carrier, encryption });
  }

  #start(): void {
    const { attempt, isLast = true } = this.target ?? {};
    const isTried = attempt === "encrypted" && !isLast && this.#state.kind !== "greeting";
    const ms = isTried ? encryptedDialMs : handshakeDeadlineMs;
    this.#deadline = this.#worker.context.timers.after(ms, () => this.fail("handshake-timeout"));
  }

  #dialEncrypted(infoHash: InfoHash, firstPayload: Uint8Array): void {
    this.#encryptBy(MseStage.dial(this.#worker, this.connection, this, { infoHash, firstPayload }));
  }

  #encryptBy(stage: MseStage): void {
    this.#state = { kind: "encrypting", stage };
    this.connection.stage = stage;
  }

  /** Whether the first bytes of an accepted connection may be a public key. */
  #mayBeEncrypted(known: Uint8Array): boolean {
    const isPlain = this.#state.kind === "greeting" && this.#state.for === undefined;
    const isAllowed = this.#worker.encryption !== "off";
    return this.target === undefined && isPlain && isAllowed && !areForeign(known);
  }

  /** @param known The first bytes. @param rest The bytes after them. Both lent. */
  #acceptEncrypted(known: Uint8Array, rest: Uint8Array): void {
    this.#receivedBytes = 0;
    this.#worker.addressThrottle.noteEncrypted(this.connection.remote.host);
    this.#encryptBy(MseStage.accept(this.#worker, this.connection, this));
    this.connection.stage.bytes(new Uint8Array(Buffer.concat([known, rest])));
  }

  #endOf(reason: string): AttemptEnd {
    const { kind } = this.#state;
    return {
      attempt: this.target?.attempt ?? "plain",
      transport: this.connection.carrier,
      isConnected: kind !== "connecting",
      hasAnswered: kind === "greeting",
      isEncrypted: kind === "greeting" && this.#state.for !== undefined,
      reason,
    };
  }

  #leaveBreadcrumb(): void {
    const { host, port } = this.#remote;
    const { breadcrumb } = this.#worker.context;
    breadcrumb[0] = PeerStep.handshake;
    breadcrumb[1] = this.target?.torrent.id ?? 0;
    writePeerBreadcrumb(breadcrumb, breadcrumbHost(host), port);
  }

  #end(): void {
    if (this.#state.kind === "encrypting") this.#state.stage.abandon();
    this.#state = { kind: "over" };
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
    const named = this.#state.kind === "greeting" ? this.#state.for : undefined;
    if (named === undefined && this.#worker.encryption === "require") {
      this.fail("encryption-required");
      return false;
    }
    const { target } = this;
    // The torrent that the encryption named may be closed by now.
    const isOther = named !== undefined && this.#worker.torrentsByHash.get(named) !== torrent;
    const isWrong = target === undefined ? isOther : torrent !== target.torrent;
    if (torrent === undefined || torrent.isClosing || isWrong || !this.#agree(torrent, infoHash)) {
      this.#noteProbe();
      this.fail("wrong-info-hash");
      return false;
    }
    this.#torrent = torrent;
    return true;
  }

  /** Answers a peer that has dialled. @returns Whether both sides speak one version. */
  #agree(torrent: Torrent, named: InfoHash): boolean {
    const { target } = this;
    const reserved = this.#received.subarray(reservedStart, infoHashStart);
    const answered = target === undefined ? answeredName(torrent, named, reserved) : named;
    const version = agreedVersion(torrent, target?.name ?? named, answered);
    if (version === undefined) return false;
    this.#version = version;
    if (target === undefined) this.connection.write(this.#ownHandshake(torrent, answered));
    return true;
  }

  #ownHandshake(torrent: Torrent, infoHash: InfoHash): Uint8Array {
    const { peerId } = torrent;
    const hasDht = ownDhtPort(torrent, this.#remote.host) !== undefined;
    const reserved = ownReservedBits({ hasDht, hasFast: true, hasV2: mayUpgrade(torrent) });
    return encodeHandshake({ infoHash, peerId, reserved });
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
      kind: this.#kind,
      peerId: peerIdText(peerId),
      isExtended: supportsExtended(reserved),
      hasDht: supportsDht(reserved),
      hasFast: supportsFast(reserved),
      version: this.#version,
      offersV2: offersUpgrade(reserved),
      onFailed: (reason) => {
        this.target?.dialer.reportFailure(this.target.order, reason);
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
