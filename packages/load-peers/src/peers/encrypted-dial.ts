// The encryption of a connection that a light peer has dialled: first its handshake, then the ciphers of both directions.

import type { Stream } from "@troupe/actor-runtime";
import { KeyExchange, MseDialer, type KeyPair, type MseStep } from "@troupe/protocol/encryption";
import type { InfoHash } from "@troupe/protocol/units";
import { CipherBuffers, Decryption, EncryptedStream } from "@troupe/transport";

/** The encryption that peers offer: of the handshake alone, if the other side agrees, or RC4 of everything. */
export type PeerEncryption = "handshake" | "rc4";

const nothing = new Uint8Array(0);
/** Each byte of the private key of all peers. */
const privateByte = 0x5a;

/** Keys and memory of a group, whose peers need no secret of their own. */
export class GroupEncryption {
  readonly infoHash: InfoHash;
  readonly offersPlain: boolean;
  readonly buffers: CipherBuffers = new CipherBuffers();
  readonly exchange: KeyExchange = new KeyExchange({
    bytes: (lengthBytes) => new Uint8Array(lengthBytes).fill(privateByte),
  });
  readonly keys: KeyPair = this.exchange.makePair();

  constructor(infoHash: InfoHash, encryption: PeerEncryption) {
    this.infoHash = infoHash;
    this.offersPlain = encryption === "handshake";
  }
}

type State =
  | { readonly kind: "handshake"; readonly machine: MseDialer }
  | { readonly kind: "open"; readonly stream: Stream; readonly decryption: Decryption };

/** Encrypts one connection. */
export class EncryptedDial {
  readonly #group: GroupEncryption;
  readonly #transport: Stream;
  #state: State;

  /** Sends the public key. @param transport Connected. @param firstPayload Sent as soon as it can be. */
  constructor(group: GroupEncryption, transport: Stream, firstPayload: Uint8Array) {
    this.#group = group;
    this.#transport = transport;
    const { infoHash, offersPlain } = group;
    const machine = new MseDialer({ infoHash, offersPlain, firstPayload });
    this.#state = { kind: "handshake", machine };
    transport.write(group.keys.publicKey);
  }

  /** The stream of the payload; undefined until the handshake is over. */
  get stream(): Stream | undefined {
    return this.#state.kind === "open" ? this.#state.stream : undefined;
  }

  /**
   * Takes bytes of the other side, which it decrypts in place.
   * @returns The bytes of the payload.
   * @throws ProtocolError `encryption-malformed`, `encryption-refused`
   */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#state.kind === "handshake") return this.#follow(this.#state.machine.receive(chunk));
    if (!this.#state.decryption.isOver) this.#state.decryption.apply(chunk);
    return chunk;
  }

  #follow(step: MseStep): Uint8Array {
    if (step.kind === "more") return nothing;
    if (step.kind === "key") return this.#answer(step.key);
    const { method, sending } = step.result;
    const decryption = new Decryption(step.result);
    const stream =
      method === "plain"
        ? this.#transport
        : new EncryptedStream(this.#transport, sending, this.#group.buffers);
    this.#state = { kind: "open", stream, decryption };
    return this.push(step.rest);
  }

  #answer(key: Uint8Array): Uint8Array {
    if (this.#state.kind !== "handshake") return nothing;
    const { machine } = this.#state;
    const { exchange, keys } = this.#group;
    this.#transport.write(machine.useSecret(exchange.secret(keys, key), nothing));
    return this.#follow(machine.receive(nothing));
  }
}
