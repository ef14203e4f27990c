// A peer-worker's share of the rate limits of an engine or of a torrent.
//
//   rates   4 × float64   bytes per second: down, up, of each peer down, of each peer up; 0: no limit
//   down    4 × int32     ShareWord
//   up      4 × int32
//
// The engine alone writes the rates and grants bytes. The worker takes the bytes, and tells how many its peers wait
// for. Each incarnation of a worker gets new memory.

import { weightsInOne } from "../torrent-weight.ts";

const ShareWord = {
  /** Bytes that the worker may transfer; below 0 when bytes came that it had not been granted. */
  grantedBytes: 0,
  /** The weights of the torrents of the waiting peers, in 64ths. */
  waitingWeight: 1,
  /** Bytes that the waiting peers want. */
  wantedBytes: 2,
  /** Bytes of messages so far. Wraps. */
  protocolBytes: 3,
} as const;

const ratesBytes = 4 * 8;
const wordsBytes = 4 * 4;
const mostBytes = 2 ** 30;

/** The engine grants whole multiples of this: a block. */
export const grantUnitBytes = 16_384;

/** @returns The bytes of the whole grants in `bytes`. */
export function wholeGrants(bytes: number): number {
  return Math.floor(bytes / grantUnitBytes) * grantUnitBytes;
}

/** Bytes that may be saved up for a burst: the bytes of 250 ms, or a block where that is more. */
export function burstBytes(bytesPerSecond: number): number {
  return Math.min(Math.max(bytesPerSecond / 4, grantUnitBytes), mostBytes);
}

/** The direction of a transfer. */
export type RateDirection = "down" | "up";

/** Views over a share. */
export class RateShare {
  readonly memory: SharedArrayBuffer;
  readonly down: DirectionShare;
  readonly up: DirectionShare;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(ratesBytes + 2 * wordsBytes)) {
    this.memory = memory;
    this.down = new DirectionShare(memory, 0);
    this.up = new DirectionShare(memory, 1);
  }
}

/** A direction of a share. */
export class DirectionShare {
  readonly #rates: Float64Array;
  readonly #words: Int32Array;
  readonly #direction: 0 | 1;

  constructor(memory: SharedArrayBuffer, direction: 0 | 1) {
    this.#rates = new Float64Array(memory, 0, 4);
    this.#words = new Int32Array(memory, ratesBytes + direction * wordsBytes, 4);
    this.#direction = direction;
  }

  /** Bytes a second of all peers together; 0: no limit. */
  get rate(): number {
    return this.#rates[this.#direction] ?? 0;
  }

  /** Bytes a second of each peer; 0: no limit. */
  get peerRate(): number {
    return this.#rates[2 + this.#direction] ?? 0;
  }

  setRates(rate: number, peerRate: number): void {
    this.#rates[this.#direction] = rate;
    this.#rates[2 + this.#direction] = peerRate;
  }

  get grantedBytes(): number {
    return Atomics.load(this.#words, ShareWord.grantedBytes);
  }

  /** Adds bytes: by the engine, or by the worker for bytes that it does not transfer after all. */
  grant(bytes: number): void {
    Atomics.add(this.#words, ShareWord.grantedBytes, bytes);
  }

  take(bytes: number): void {
    Atomics.sub(this.#words, ShareWord.grantedBytes, bytes);
  }

  /** Takes back all bytes, by the engine. @returns The bytes that were left, which may be below 0. */
  recall(): number {
    return Atomics.exchange(this.#words, ShareWord.grantedBytes, 0);
  }

  /** The waiting peers, each counted with the weight of its torrent; 0: no peer waits. */
  get waitingWeight(): number {
    return Atomics.load(this.#words, ShareWord.waitingWeight) / weightsInOne;
  }

  get wantedBytes(): number {
    return Atomics.load(this.#words, ShareWord.wantedBytes);
  }

  /** @param weight See {@link waitingWeight}. */
  setWaiting(weight: number, bytes: number): void {
    Atomics.store(this.#words, ShareWord.waitingWeight, weight * weightsInOne);
    Atomics.store(this.#words, ShareWord.wantedBytes, Math.min(bytes, mostBytes));
  }

  /** Wraps at 2³². */
  get protocolBytes(): number {
    return Atomics.load(this.#words, ShareWord.protocolBytes);
  }

  countProtocol(bytes: number): void {
    Atomics.add(this.#words, ShareWord.protocolBytes, bytes);
  }
}
