import { type MseDialer, Rc4 } from "@troupe/protocol/encryption";
import test from "ava";
import fc from "fast-check";

import { CipherBuffers } from "../src/cipher-buffers.ts";
import { Decryption, EncryptedStream } from "../src/encrypted-stream.ts";

const key = new Uint8Array(20).fill(3);
const infoHash: ConstructorParameters<typeof MseDialer>[0]["infoHash"] = "ab".repeat(20) as never;

/** A transport that takes its time: it calls `written` for the oldest bytes when asked. */
class SlowTransport {
  readonly sent: Uint8Array[] = [];
  readonly #waiting: (readonly [Uint8Array, (() => void) | undefined])[] = [];

  write(bytes: Uint8Array, written?: () => void): boolean {
    this.#waiting.push([bytes, written]);
    return true;
  }

  take(): void {
    const [bytes, written] = this.#waiting.shift() ?? [];
    if (bytes !== undefined) this.sent.push(bytes.slice());
    written?.();
  }
}

test("bytes of shared memory stay as they are, and come out as they were, whatever waits to be sent", (t) => {
  const message = fc.uint8Array({ minLength: 1, maxLength: 20_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(message, fc.nat(2))), fc.nat(50), (messages, cut) => {
      const transport = new SlowTransport();
      const stream = new EncryptedStream(transport as never, new Rc4(key), new CipherBuffers());
      let toldWritten = 0;
      for (const [bytes, takes] of messages) {
        const before = bytes.slice();
        stream.write(bytes, () => toldWritten++);
        t.deepEqual(bytes, before);
        for (let take = 0; take < takes; take++) transport.take();
      }
      for (const _ of messages) transport.take();
      t.is(toldWritten, messages.length);
      const received = Buffer.concat(transport.sent);
      const ciphers = { sending: new Rc4(key), receiving: new Rc4(key) };
      const decryption = new Decryption({ infoHash, method: "rc4", firstBytes: 0, ...ciphers });
      decryption.apply(received.subarray(0, cut));
      decryption.apply(received.subarray(cut));
      t.false(decryption.isOver);
      t.true(received.equals(Buffer.concat(messages.map(([bytes]) => bytes))));
    }),
    { numRuns: 50 },
  );
});

test("plain payload behind an encrypted handshake is plain after its first bytes", (t) => {
  const bytes = new Uint8Array(100).fill(9);
  new Rc4(key).apply(bytes.subarray(0, 68));
  const ciphers = { sending: new Rc4(key), receiving: new Rc4(key) };
  const decryption = new Decryption({ infoHash, method: "plain", firstBytes: 68, ...ciphers });
  decryption.apply(bytes.subarray(0, 30));
  t.false(decryption.isOver);
  decryption.apply(bytes.subarray(30));
  t.true(decryption.isOver);
  t.deepEqual(bytes, new Uint8Array(100).fill(9));
});
