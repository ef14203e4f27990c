import { RateBucket } from "./rate-bucket.ts";

/** Answers that are longer than this many times their question would amplify a flood of forged questions. */
const maxAmplification = 4;
/** While an answer of this length has no room, queries are dropped. */
const usualAnswerBytes = 300;
/** Seconds of the rate that are sent at once after a rest. */
const burstSeconds = 3;
/**
 * Seconds of the burst that only proven addresses can use: under a flood of forged addresses our nodes still get
 * answers.
 */
const reservedSeconds = 1;

/** Bytes of answers in a second. Infinity lifts a bound. */
export interface AnswerBounds {
  readonly bytesPerSecond: number;
  /** Beyond four times the question, to addresses that are not proven. */
  readonly unprovenBytesPerSecond: number;
}

/** The bounds of {@link AnswerBudget} unless the user gives others. */
export const defaultAnswerBounds: AnswerBounds = {
  bytesPerSecond: 8_000,
  unprovenBytesPerSecond: 2_000,
};

/** The sizes of a question and its answer, and whether the asking address is proven. */
interface AnswerSizes {
  readonly questionBytes: number;
  readonly isProven: boolean;
}

/** Bounds the bytes of answers, so that forged questions cannot make us flood their victim. */
export class AnswerBudget {
  readonly #all: RateBucket;
  readonly #reservedBytes: number;
  readonly #unproven: RateBucket;

  constructor({ bytesPerSecond, unprovenBytesPerSecond }: AnswerBounds = defaultAnswerBounds) {
    this.#all = new RateBucket({
      perSecond: bytesPerSecond,
      capacity: burstSeconds * bytesPerSecond,
    });
    this.#reservedBytes = bytesPerSecond === Infinity ? 0 : reservedSeconds * bytesPerSecond;
    // The bytes of a second at once, and nine tenths of the rate: in any ten seconds or longer no more than the rate.
    this.#unproven = new RateBucket({
      perSecond: 0.9 * unprovenBytesPerSecond,
      capacity: unprovenBytesPerSecond,
    });
  }

  /** @returns Whether a usual answer could be sent now. */
  hasRoom(isProven: boolean, nowMs: number): boolean {
    const neededBytes = usualAnswerBytes + (isProven ? 0 : this.#reservedBytes);
    return this.#all.readyMs(neededBytes, nowMs) === nowMs;
  }

  /** @returns Bytes that this answer may have, at most `wholeBytes`, the length of the whole answer. */
  admit({ questionBytes, isProven }: AnswerSizes, wholeBytes: number, nowMs: number): number {
    const cutBytes = maxAmplification * questionBytes;
    if (isProven || wholeBytes <= cutBytes) return wholeBytes;
    return this.#unproven.take(wholeBytes - cutBytes, nowMs) ? wholeBytes : cutBytes;
  }

  /** Takes bytes that go to an unproven address without being an answer. @returns Whether they were there. */
  takeUnproven(bytes: number, nowMs: number): boolean {
    return this.#unproven.take(bytes, nowMs);
  }

  /** @returns Whether an answer of this length may be sent now; it is counted. */
  spend(answerBytes: number, nowMs: number): boolean {
    return this.#all.take(answerBytes, nowMs);
  }
}
