import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/index.ts";
import type { InfoHash } from "../units.ts";
import { MseInput } from "./mse-input.ts";
import {
  malformed,
  padLength,
  readSteps,
  refusedMethod,
  type MseStep,
  type Read,
} from "./mse-step.ts";
import {
  mseCiphers,
  mseHidden,
  mseKeyBytes,
  mseMark,
  MseMethod,
  msePadBytes,
  mseProofBytes,
  mseTorrentHash,
  type MseCiphers,
  type MseMethodName,
} from "./mse.ts";

type State =
  | { readonly kind: "key" }
  | { readonly kind: "secret" }
  | { readonly kind: "proof"; readonly ciphers: MseCiphers; readonly proof: Uint8Array }
  | { readonly kind: "selection"; readonly ciphers: MseCiphers }
  | {
      readonly kind: "pad";
      readonly ciphers: MseCiphers;
      readonly method: MseMethodName;
      readonly lengthBytes: number;
    };

interface DialerOptions {
  readonly infoHash: InfoHash;
  /** Plain payload is offered too. */
  readonly offersPlain: boolean;
  /** Sent encrypted with the offer: our handshake. At most 65,535 bytes. */
  readonly firstPayload: Uint8Array;
}

/** The side that has dialled. Its owner sends our public key and a pad first. */
export class MseDialer {
  readonly #options: DialerOptions;
  readonly #input = new MseInput();
  #state: State = { kind: "key" };

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /**
   * Takes bytes of the acceptor.
   * @throws ProtocolError `encryption-malformed`, `encryption-refused`
   */
  receive(chunk: Uint8Array): MseStep {
    return readSteps(this.#input, chunk, () => this.#read());
  }

  /**
   * Goes on after the step `key`.
   * @param secret 96 bytes. @param pad 0 to 512 bytes. @returns Bytes to send.
   */
  useSecret(secret: Uint8Array, pad: Uint8Array): Uint8Array {
    const { infoHash, firstPayload, offersPlain } = this.#options;
    const ciphers = mseCiphers(secret, infoHash);
    const proof = new Uint8Array(mseProofBytes);
    const offer = new Uint8Array(mseProofBytes + 4 + 2 + pad.length + 2 + firstPayload.length);
    writeUint32(offer, mseProofBytes, MseMethod.rc4 | (offersPlain ? MseMethod.plain : 0));
    writeUint16(offer, mseProofBytes + 4, pad.length);
    offer.set(pad, mseProofBytes + 6);
    writeUint16(offer, mseProofBytes + 6 + pad.length, firstPayload.length);
    offer.set(firstPayload, mseProofBytes + 8 + pad.length);
    ciphers.fromDialer.apply(offer);
    // The zeros of the acceptor are its key stream.
    ciphers.fromAcceptor.apply(proof);
    this.#state = { kind: "proof", ciphers, proof };
    const hidden = mseHidden(mseTorrentHash(infoHash), secret);
    return new Uint8Array(Buffer.concat([mseMark(secret), hidden, offer]));
  }

  #read(): Read {
    switch (this.#state.kind) {
      case "key":
        return this.#readKey();
      case "secret":
        return undefined;
      case "proof":
        return this.#findProof(this.#state);
      case "selection":
        return this.#readSelection(this.#state);
      case "pad":
        return this.#readPad(this.#state);
    }
  }

  #readKey(): Read {
    const key = this.#input.take(mseKeyBytes);
    if (key === undefined) return undefined;
    this.#state = { kind: "secret" };
    return { kind: "key", key: new Uint8Array(key) };
  }

  #findProof({ ciphers, proof }: State & { kind: "proof" }): Read {
    const found = this.#input.skipPast(proof, msePadBytes);
    if (found === "more") return undefined;
    if (found === "missing") throw malformed("the proof of the key does not come", {});
    this.#state = { kind: "selection", ciphers };
    return this.#read();
  }

  #readSelection({ ciphers }: State & { kind: "selection" }): Read {
    const fields = this.#input.take(6);
    if (fields === undefined) return undefined;
    ciphers.fromAcceptor.apply(fields);
    const method = this.#selected(readUint32(fields, 0));
    this.#state = { kind: "pad", ciphers, method, lengthBytes: padLength(readUint16(fields, 4)) };
    return this.#read();
  }

  /** @throws ProtocolError `encryption-refused` for a method that was not offered, and for several. */
  #selected(methods: number): MseMethodName {
    if (methods === MseMethod.rc4) return "rc4";
    if (methods === MseMethod.plain && this.#options.offersPlain) return "plain";
    throw refusedMethod(methods);
  }

  #readPad({ ciphers, method, lengthBytes }: State & { kind: "pad" }): Read {
    const pad = this.#input.take(lengthBytes);
    if (pad === undefined) return undefined;
    ciphers.fromAcceptor.apply(pad);
    const { infoHash } = this.#options;
    const result = {
      ...{ infoHash, method, firstBytes: 0 },
      ...{ sending: ciphers.fromDialer, receiving: ciphers.fromAcceptor },
    };
    return { kind: "done", result, rest: pad };
  }
}
