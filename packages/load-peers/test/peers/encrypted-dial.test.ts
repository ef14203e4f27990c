import type { Stream } from "@troupe/actor-runtime";
import { KeyExchange, MseAcceptor, mseTorrentHash } from "@troupe/protocol/encryption";
import { parseInfoHash } from "@troupe/protocol/units";
import test from "ava";

import { EncryptedDial, GroupEncryption } from "../../src/index.ts";

const infoHash = parseInfoHash("ab".repeat(20));
const hello = Uint8Array.from({ length: 68 }, (_, at) => at);
const answer = Uint8Array.from({ length: 30 }, (_, at) => 200 - at);

/** The other side of a dial, which gets bytes at once. */
class Acceptor {
  readonly dial: EncryptedDial;
  readonly heard: Uint8Array[] = [];
  readonly #exchange = new KeyExchange({ bytes: (length) => new Uint8Array(length).fill(9) });
  readonly #toDialer: Uint8Array[] = [];
  readonly #machine: MseAcceptor;
  result:
    | { readonly sending: { apply(bytes: Uint8Array): void }; readonly method: string }
    | undefined;

  constructor(encryption: "handshake" | "rc4", allowsPlain: boolean) {
    this.#machine = new MseAcceptor({
      allowsPlain,
      torrentOf: (hash) =>
        Buffer.compare(hash, mseTorrentHash(infoHash)) === 0 ? infoHash : undefined,
      send: (bytes) => void this.#toDialer.push(bytes),
      pad: () => new Uint8Array(7),
    });
    const written: Uint8Array[] = [];
    const stream = { write: (bytes: Uint8Array) => void written.push(bytes.slice()) };
    const group = new GroupEncryption(infoHash, encryption);
    this.dial = new EncryptedDial(group, stream as unknown as Stream, hello);
    this.#written = written;
  }

  readonly #written: Uint8Array[];

  /** Passes bytes on in both directions until none is left. @returns What the dialer got. */
  talk(): Uint8Array {
    const got: Uint8Array[] = [];
    while (this.#written.length + this.#toDialer.length > 0) {
      for (const bytes of this.#written.splice(0)) this.#receive(bytes);
      for (const bytes of this.#toDialer.splice(0)) got.push(this.dial.push(bytes.slice()).slice());
    }
    return Buffer.concat(got);
  }

  send(bytes: Uint8Array): void {
    this.#toDialer.push(bytes);
  }

  #receive(bytes: Uint8Array): void {
    if (this.result !== undefined) return void this.heard.push(bytes);
    let step = this.#machine.receive(bytes);
    if (step.kind === "key") {
      const keys = this.#exchange.makePair();
      this.#toDialer.push(keys.publicKey);
      this.#machine.useSecret(this.#exchange.secret(keys, step.key));
      step = this.#machine.receive(new Uint8Array());
    }
    if (step.kind !== "done") return;
    step.result.receiving.apply(step.rest);
    this.heard.push(step.rest);
    this.result = step.result;
  }
}

for (const [encryption, allowsPlain, method] of [
  ["rc4", true, "rc4"],
  ["rc4", false, "rc4"],
  ["handshake", true, "plain"],
  ["handshake", false, "rc4"],
] as const) {
  const other = allowsPlain ? "allows plain payload" : "wants RC4";
  test(`a dial with ${encryption} to a side that ${other} has ${method} payload, both ways`, (t) => {
    const acceptor = new Acceptor(encryption, allowsPlain);
    t.is(acceptor.dial.stream, undefined);
    t.deepEqual(acceptor.talk(), Buffer.alloc(0));
    t.is(acceptor.result?.method, method);
    t.deepEqual(Buffer.concat(acceptor.heard), Buffer.from(hello));
    const encrypted = answer.slice();
    if (method === "rc4") acceptor.result?.sending.apply(encrypted);
    acceptor.send(encrypted);
    t.deepEqual(acceptor.talk(), Buffer.from(answer));
    t.not(acceptor.dial.stream, undefined);
  });
}

test("bytes that are no answer of the encryption are a fault with a code", (t) => {
  const acceptor = new Acceptor("rc4", true);
  t.throws(() => void acceptor.dial.push(new Uint8Array(2_000).fill(1)), {
    code: "encryption-malformed",
  });
});
