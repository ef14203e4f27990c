import type { Random } from "../../ports/random.ts";
import { systemModule } from "./system-module.ts";

/** One call for 512 numbers costs about 10 ns a number. */
const poolWords = 1024;
/** Bytes that are drawn at once, for keys and the like. */
const poolBytes = 16_384;
/** A longer draw is read from the system, without the pool. */
const mostPooledBytes = 1_024;

/** The system's cryptographic generator; small draws share a pool, because each reading opens the system's generator. */
export class NodeRandom implements Random {
  readonly #pool = new Uint32Array(poolWords);
  #next = poolWords;
  /** Apart from the numbers: drawn bytes are wiped, as they may be keys. */
  readonly #bytePool = new Uint8Array(poolBytes);
  #nextByte = poolBytes;

  next(): number {
    return randomFraction(this.#word(), this.#word());
  }

  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  bytes(lengthBytes: number): Uint8Array {
    // Own memory, for posts.
    const drawn = new Uint8Array(lengthBytes);
    if (lengthBytes > mostPooledBytes) return filled(drawn);
    if (lengthBytes > poolBytes - this.#nextByte) {
      filled(this.#bytePool);
      this.#nextByte = 0;
    }
    const pooled = this.#bytePool.subarray(this.#nextByte, this.#nextByte + lengthBytes);
    drawn.set(pooled);
    pooled.fill(0);
    this.#nextByte += lengthBytes;
    return drawn;
  }

  #word(): number {
    if (this.#next === poolWords) {
      filled(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++] ?? 0;
  }
}

/** Loading `node:crypto` takes a thread 8 ms: where the system's generator is a file, that is read. */
function filled<Bytes extends Uint8Array | Uint32Array>(memory: Bytes): Bytes {
  return readFrom("/dev/urandom", memory) ?? systemModule("node:crypto").randomFillSync(memory);
}

/** @returns Undefined where the path is no device: on Windows, or in a root folder without devices. */
function readFrom<Bytes extends Uint8Array | Uint32Array>(
  path: string,
  memory: Bytes,
): Bytes | undefined {
  const { closeSync, fstatSync, openSync, readSync } = systemModule("node:fs");
  try {
    const file = openSync(path, "r");
    try {
      // Another user could plant a file of that path on Windows.
      const isDevice = fstatSync(file).isCharacterDevice();
      return isDevice && readSync(file, memory) === memory.byteLength ? memory : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** @returns A number in [0, 1) with 53 random bits. */
export function randomFraction(first: number, second: number): number {
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
}
