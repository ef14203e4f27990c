import { codeOf } from "@troupe/actor-runtime";
import {
  MseAcceptor,
  MseDialer,
  msePadBytes,
  type KeyPair,
  type MseResult,
  type MseStep,
} from "@troupe/protocol/encryption";
import type { InfoHash } from "@troupe/protocol/units";

import type { PeerWorker } from "../../peer-worker.ts";
import type { Connection, ConnectionStage } from "../connection.ts";

/** The role of this side, with the machine of its handshake. */
type Role =
  | { readonly kind: "dialer"; readonly machine: MseDialer }
  | { readonly kind: "acceptor"; readonly machine: MseAcceptor };

/** The end of a handshake: the connection is set up, and another stage takes its bytes. */
interface MseOwner {
  /** @param rest First bytes of the payload, decrypted. */
  encrypted(result: MseResult, rest: Uint8Array): void;
  /** The peer broke the protocol. */
  broke(reason: string): void;
  /** The peer has gone, or too many handshakes wait: no fault of the peer. */
  fail(reason: string): void;
}

/** The stage of a connection during the handshake of its encryption. */
export class MseStage implements ConnectionStage {
  readonly #worker: PeerWorker;
  readonly #connection: Connection;
  readonly #owner: MseOwner;
  readonly #role: Role;
  #keys: KeyPair | undefined;
  /** Takes back the work that waits for its turn. */
  #takeBack: (() => void) | undefined;
  #isOver = false;

  private constructor(worker: PeerWorker, connection: Connection, owner: MseOwner, role: Role) {
    this.#worker = worker;
    this.#connection = connection;
    this.#owner = owner;
    this.#role = role;
  }

  /**
   * The side that has dialled; the connection is open.
   * @param firstPayload Sent encrypted.
   */
  static dial(
    worker: PeerWorker,
    connection: Connection,
    owner: MseOwner,
    options: { readonly infoHash: InfoHash; readonly firstPayload: Uint8Array },
  ): MseStage {
    const offersPlain = worker.encryption !== "require";
    const machine = new MseDialer({ ...options, offersPlain });
    const stage = new MseStage(worker, connection, owner, { kind: "dialer", machine });
    stage.#inTurn(() => stage.#sendKey());
    return stage;
  }

  /** The side that was dialled. */
  static accept(worker: PeerWorker, connection: Connection, owner: MseOwner): MseStage {
    const machine = new MseAcceptor({
      allowsPlain: worker.encryption !== "require",
      torrentOf: (hash) => worker.mseTorrents.find(hash),
      send: (bytes) => void connection.write(bytes),
      pad: () => randomPad(worker),
    });
    return new MseStage(worker, connection, owner, { kind: "acceptor", machine });
  }

  bytes(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#attempt(() => this.#follow(this.#role.machine.receive(chunk)));
  }

  closed(reason: string | undefined): void {
    this.#end("fail", reason ?? "closed-by-peer");
  }

  /** Another cause has ended the connection. */
  abandon(): void {
    this.#isOver = true;
    this.#takeBack?.();
  }

  #follow(step: MseStep): void {
    switch (step.kind) {
      case "more":
        return;
      case "key":
        return this.#inTurn(() => this.#answerKey(step.key));
      case "done":
        this.abandon();
        this.#owner.encrypted(step.result, step.rest);
    }
  }

  #sendKey(): void {
    this.#keys = this.#worker.keyExchange.makePair();
    const pad = randomPad(this.#worker);
    this.#connection.write(new Uint8Array(Buffer.concat([this.#keys.publicKey, pad])));
  }

  #answerKey(key: Uint8Array): void {
    if (this.#role.kind === "acceptor") this.#sendKey();
    if (this.#keys === undefined) throw new Error("bug: a secret is computed before the keys");
    const secret = this.#worker.keyExchange.secret(this.#keys, key);
    if (this.#role.kind === "dialer") {
      const offer = this.#role.machine.useSecret(secret, randomPad(this.#worker));
      this.#connection.write(offer);
    } else {
      this.#role.machine.useSecret(secret);
    }
    this.#follow(this.#role.machine.receive(new Uint8Array()));
  }

  #inTurn(work: () => void): void {
    this.#takeBack = this.#worker.handshakeTurns.add(
      () => this.#attempt(work),
      () => this.#end("fail", "encryption-busy"),
    );
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      this.#end("broke", code);
    }
  }

  #end(how: "broke" | "fail", reason: string): void {
    if (this.#isOver) return;
    this.abandon();
    this.#owner[how](reason);
  }
}

/** 0 to 512 random bytes. */
function randomPad({ context: { random } }: PeerWorker): Uint8Array {
  const [high = 0, low = 0] = random.bytes(2);
  return random.bytes(((high << 8) | low) % (msePadBytes + 1));
}
