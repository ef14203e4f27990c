import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";

import type { Transport } from "@troupe/messages";
import type { MseResult } from "@troupe/protocol/encryption";
import { Decryption, EncryptedStream } from "@troupe/transport";

import type { DialRace } from "./dial-race.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { TracedConnection } from "../wire/wire-trace.ts";

/** The stage of a connection: first a handshake, then a session. Its bytes go out through the connection. */
export interface ConnectionStage {
  /** True stops reading, independent of the worker's input. */
  readonly isReadingPaused?: boolean;
  /** For dialled connections. */
  opened?(): void;
  /** `chunk` is valid only during the call. */
  bytes(chunk: Uint8Array): void;
  /** @param reason Undefined for an orderly end. */
  closed(reason: string | undefined): void;
}

/** The stage of a web seed's connection until its session begins. */
const noStage: ConnectionStage = { bytes() {}, closed() {} };

/**
 * The stream of its stages: passes the events of its transport to the current stage, and the calls of the stage to the
 * transport. Stages know no transport, so that another transport, or encryption, changes no stage.
 */
export class Connection implements Stream, StreamHandlers, TracedConnection {
  stage: ConnectionStage;
  trace: TracedConnection["trace"];
  readonly #worker: PeerWorker;
  /** The transport that carries the connection. */
  #transport: Stream | undefined;
  #carrier: Transport = "tcp";
  #race: DialRace | undefined;
  #decryption: Decryption | undefined;

  constructor(worker: PeerWorker, stage: ConnectionStage = noStage) {
    this.#worker = worker;
    this.stage = stage;
  }

  /** Dials. The first transport that opens is attached. */
  dial(race: DialRace): void {
    this.#race = race;
    race.begin();
  }

  /** The kind of the transport. */
  get carrier(): Transport {
    return this.#carrier;
  }

  /** The transport is read only while the worker takes input. */
  attach(transport: Stream, carrier: Transport = "tcp"): void {
    this.#transport = transport;
    this.#carrier = carrier;
    this.#worker.connections.add(this);
    if (this.#worker.notices.isBlocked) transport.pause();
  }

  /** Encrypts and decrypts all bytes from now on, as a handshake has agreed. */
  encrypt(result: MseResult): void {
    if (result.method === "rc4") {
      const { cipherBuffers, context } = this.#worker;
      context.compileForSpeed();
      this.#transport = new EncryptedStream(this.#attached, result.sending, cipherBuffers);
    }
    const decryption = new Decryption(result);
    if (!decryption.isOver) this.#decryption = decryption;
  }

  /** Decrypts bytes that came with the end of the handshake, in place. */
  decrypt(chunk: Uint8Array): void {
    this.#decryption?.apply(chunk);
    if (this.#decryption?.isOver === true) this.#decryption = undefined;
  }

  get remote(): Address {
    return this.#attached.remote;
  }

  get local(): Address {
    return this.#attached.local;
  }

  get queuedBytes(): number {
    return this.#attached.queuedBytes;
  }

  get isHeldBack(): boolean | undefined {
    return this.#attached.isHeldBack;
  }

  get takenBytes(): number {
    return this.#attached.takenBytes;
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    this.trace?.trace.sent(bytes);
    return this.#attached.write(bytes, written);
  }

  pause(): void {
    this.#transport?.pause();
  }

  /** Does nothing while the stage has paused reading. */
  resume(): void {
    if (this.stage.isReadingPaused !== true) this.#transport?.resume();
  }

  end(): void {
    this.#transport?.end();
  }

  destroy(): void {
    this.#race?.abandon();
    this.#transport?.destroy();
  }

  reset(): void {
    this.#transport?.reset();
  }

  opened(transport: Stream): void {
    if (this.#race !== undefined) {
      const carrier = this.#race.opened(transport);
      if (carrier === undefined) return;
      this.attach(transport, carrier);
      this.#forgetRace();
    }
    this.stage.opened?.();
  }

  bytes(_transport: Stream, chunk: Uint8Array): void {
    if (this.#decryption !== undefined) this.decrypt(chunk);
    this.stage.bytes(chunk);
  }

  closed(transport: Stream, reason: string | undefined): void {
    const end = this.#race?.closed(transport, reason) ?? { reason };
    if (end !== "goes-on") return this.#end(end.reason);
    this.#forgetRace();
  }

  /** A connection keeps no memory for transports that have ended. */
  #forgetRace(): void {
    if (this.#race?.isOver === true) this.#race = undefined;
  }

  #end(reason: string | undefined): void {
    this.#worker.connections.delete(this);
    this.stage.closed(reason);
    this.trace?.trace.end(reason ?? "closed-by-peer");
  }

  get #attached(): Stream {
    if (this.#transport === undefined) throw new Error("bug: a connection has no transport yet");
    return this.#transport;
  }
}
