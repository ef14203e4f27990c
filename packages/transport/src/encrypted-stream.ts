import type { Address, Stream } from "@troupe/actor-runtime";
import type { MseResult, Rc4 } from "@troupe/protocol/encryption";

import type { CipherBuffers } from "./cipher-buffers.ts";

/** Encrypts what goes out by a transport. Peers share the memory of blocks, so that the bytes go into memory of their own. */
export class EncryptedStream implements Stream {
  readonly #transport: Stream;
  readonly #cipher: Rc4;
  readonly #buffers: CipherBuffers;

  constructor(transport: Stream, cipher: Rc4, buffers: CipherBuffers) {
    this.#transport = transport;
    this.#cipher = cipher;
    this.#buffers = buffers;
  }

  get remote(): Address {
    return this.#transport.remote;
  }

  get local(): Address {
    return this.#transport.local;
  }

  get queuedBytes(): number {
    return this.#transport.queuedBytes;
  }

  get isHeldBack(): boolean | undefined {
    return this.#transport.isHeldBack;
  }

  get takenBytes(): number {
    return this.#transport.takenBytes;
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    const buffer = this.#buffers.take(bytes.length);
    this.#cipher.applyTo(bytes, buffer);
    return this.#transport.write(buffer.subarray(0, bytes.length), () => {
      this.#buffers.give(buffer);
      written?.();
    });
  }

  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    this.#transport.resume();
  }

  end(): void {
    this.#transport.end();
  }

  destroy(): void {
    this.#transport.destroy();
  }

  reset(): void {
    this.#transport.reset();
  }
}

/** Decrypts what comes in, in the receive buffer. */
export class Decryption {
  readonly #cipher: Rc4;
  #restBytes: number;

  constructor({ method, receiving, firstBytes }: MseResult) {
    this.#cipher = receiving;
    this.#restBytes = method === "rc4" ? Infinity : firstBytes;
  }

  /** Nothing more is encrypted. */
  get isOver(): boolean {
    return this.#restBytes === 0;
  }

  apply(chunk: Uint8Array): void {
    const encryptedBytes = Math.min(chunk.length, this.#restBytes);
    this.#cipher.apply(chunk.subarray(0, encryptedBytes));
    this.#restBytes -= encryptedBytes;
  }
}
