import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/index.ts";
import type { InfoHash } from "../units.ts";
import { MseInput } from "./mse-input.ts";
import {
  malformed,
  noTorrent,
  padLength,
  readSteps,
  refusedMethod,
  type MseStep,
  type Read,
} from "./mse-step.ts";
import {
  mseCiphers,
  mseHashBytes,
  mseHidden,
  mseKeyBytes,
  mseMark,
  MseMethod,
  msePadBytes,
  mseProofBytes,
  type MseCiphers,
  type MseMethodName,
} from "./mse.ts";
import type { Rc4 } from "./rc4.ts";

type State =
  | { readonly kind: "key" }
  | { readonly kind: "secret" }
  | { readonly kind: "mark"; readonly secret: Uint8Array }
  | { readonly kind: "torrent"; readonly secret: Uint8Array }
  | { readonly kind: "offer"; readonly found: Found }
  | {
      readonly kind: "pad";
      readonly found: Found;
      readonly method: MseMethodName;
      readonly lengthBytes: number;
    };

interface Found {
  readonly infoHash: InfoHash;
  readonly ciphers: MseCiphers;
}

interface AcceptorOptions {
  /** Plain payload is taken where it is offered; else RC4 alone. */
  readonly allowsPlain: boolean;
  /** @param hash Result of `mseTorrentHash`, lent. @returns Undefined for a torrent that is not there. */
  readonly torrentOf: (hash: Uint8Array) => InfoHash | undefined;
  /** Sends bytes; takes ownership. */
  readonly send: (bytes: Uint8Array) => void;
  /** @returns 0 to 512 random bytes. */
  readonly pad: () => Uint8Array;
}

/** The side that was dialled. Its owner sends our public key and a pad after the step `key`. */
export class MseAcceptor {
  readonly #options: AcceptorOptions;
  readonly #input = new MseInput();
  #state: State = { kind: "key" };

  constructor(options: AcceptorOptions) {
    this.#options = options;
  }

  /**
   * Takes bytes of the dialer.
   * @throws ProtocolError `encryption-malformed`, `encryption-refused`, `encryption-no-torrent`
   */
  receive(chunk: Uint8Array): MseStep {
    return readSteps(this.#input, chunk, () => this.#read());
  }

  /** Goes on after the step `key`; `receive` reads the next bytes. @param secret 96 bytes, kept. */
  useSecret(secret: Uint8Array): void {
    this.#state = { kind: "mark", secret };
  }

  #read(): Read {
    switch (this.#state.kind) {
      case "key":
        return this.#readKey();
      case "secret":
        return undefined;
      case "mark":
        return this.#findMark(this.#state);
      case "torrent":
        return this.#readTorrent(this.#state);
      case "offer":
        return this.#readOffer(this.#state);
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

  #findMark({ secret }: State & { kind: "mark" }): Read {
    const found = this.#input.skipPast(mseMark(secret), msePadBytes);
    if (found === "more") return undefined;
    if (found === "missing") throw malformed("the hash of the secret does not come", {});
    this.#state = { kind: "torrent", secret };
    return this.#read();
  }

  #readTorrent({ secret }: State & { kind: "torrent" }): Read {
    const hidden = this.#input.take(mseHashBytes);
    if (hidden === undefined) return undefined;
    const infoHash = this.#options.torrentOf(mseHidden(hidden, secret));
    if (infoHash === undefined) throw noTorrent();
    this.#state = { kind: "offer", found: { infoHash, ciphers: mseCiphers(secret, infoHash) } };
    return this.#read();
  }

  #readOffer({ found }: State & { kind: "offer" }): Read {
    const fields = this.#input.take(mseProofBytes + 6);
    if (fields === undefined) return undefined;
    found.ciphers.fromDialer.apply(fields);
    if (fields.subarray(0, mseProofBytes).some((byte) => byte !== 0))
      throw malformed("the proof of the key is wrong", {});
    const method = this.#select(readUint32(fields, mseProofBytes));
    const lengthBytes = padLength(readUint16(fields, mseProofBytes + 4));
    this.#state = { kind: "pad", found, method, lengthBytes };
    return this.#read();
  }

  /** Plain payload costs both sides less. @throws ProtocolError `encryption-refused` */
  #select(methods: number): MseMethodName {
    if ((methods & MseMethod.plain) !== 0 && this.#options.allowsPlain) return "plain";
    if ((methods & MseMethod.rc4) !== 0) return "rc4";
    throw refusedMethod(methods);
  }

  #readPad({ found, method, lengthBytes }: State & { kind: "pad" }): Read {
    const fields = this.#input.take(lengthBytes + 2);
    if (fields === undefined) return undefined;
    const { fromDialer, fromAcceptor } = found.ciphers;
    fromDialer.apply(fields);
    this.#answer(fromAcceptor, method);
    const firstBytes = readUint16(fields, lengthBytes);
    const ciphers = { sending: fromAcceptor, receiving: fromDialer };
    const result = { infoHash: found.infoHash, method, firstBytes, ...ciphers };
    return { kind: "done", result, rest: new Uint8Array() };
  }

  #answer(cipher: Rc4, method: MseMethodName): void {
    const pad = this.#options.pad();
    const answer = new Uint8Array(mseProofBytes + 6 + pad.length);
    writeUint32(answer, mseProofBytes, MseMethod[method]);
    writeUint16(answer, mseProofBytes + 4, pad.length);
    answer.set(pad, mseProofBytes + 6);
    cipher.apply(answer);
    this.#options.send(answer);
  }
}
