import { type BencodeTape, Mark, byteText, stringContentAt, tokenBehind } from "./bencode-tape.ts";
import { ProtocolError } from "../errors.ts";

/** Bytes of the input, `end` excluded. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** Kinds of values. */
export type BencodeKind = "integer" | "string" | "list" | "dictionary";

/** Parsing takes more than linear time. */
const maxIntegerBytes = 40;

/**
 * A value decoded on demand, as a view of the input: copy what is kept. A getter for another kind gives undefined or
 * nothing, never an error.
 */
export class BencodeValue {
  readonly #tape: BencodeTape;
  readonly #token: number;

  /** @param token 0 is the whole. */
  constructor(tape: BencodeTape, token: number) {
    this.#tape = tape;
    this.#token = token;
  }

  get kind(): BencodeKind {
    switch (this.#tape.bytes[this.#start]) {
      case Mark.integer:
        return "integer";
      case Mark.list:
        return "list";
      case Mark.dictionary:
        return "dictionary";
      default:
        return "string";
    }
  }

  get span(): ByteSpan {
    return { start: this.#start, end: endOf(this.#tape, this.#token) };
  }

  /** An info-hash is the hash of these bytes, never of a new encoding. */
  get encoded(): Uint8Array {
    const { start, end } = this.span;
    return this.#tape.bytes.subarray(start, end);
  }

  /** A view of the input. */
  get string(): Uint8Array | undefined {
    if (this.kind !== "string") return undefined;
    const contentAt = stringContentAt(this.#tape.bytes, this.#start);
    return this.#tape.bytes.subarray(contentAt, this.#tape.words[2 * this.#token + 1]);
  }

  /**
   * Exact.
   *
   * @throws {ProtocolError} `field-invalid` for an integer of more than 38 digits.
   */
  get integer(): bigint | undefined {
    if (this.kind !== "integer") return undefined;
    const { start, end } = this.span;
    if (end - start > maxIntegerBytes) {
      throw new ProtocolError("field-invalid", {
        operation: "decode-bencode",
        message: `cannot read the integer at byte ${start}: it has ${end - start - 2} digits, 38 are allowed`,
        details: { offset: start, lengthBytes: end - start },
      });
    }
    return BigInt(byteText(this.#tape.bytes, start + 1, end - 1));
  }

  *items(): Generator<BencodeValue, void, undefined> {
    if (this.kind !== "list") return;
    const { bytes, words } = this.#tape;
    const behind = tokenBehind(bytes, words, this.#token);
    let token = this.#token + 1;
    for (; token < behind; token = tokenBehind(bytes, words, token)) {
      yield new BencodeValue(this.#tape, token);
    }
  }

  /** Views of the input, in its order. */
  *entries(): Generator<readonly [key: Uint8Array, value: BencodeValue], void, undefined> {
    if (this.kind !== "dictionary") return;
    const { bytes, words } = this.#tape;
    const behind = tokenBehind(bytes, words, this.#token);
    for (let key = this.#token + 1; key < behind; key = tokenBehind(bytes, words, key + 1)) {
      const contentAt = stringContentAt(bytes, words[2 * key] ?? 0);
      const keyBytes = bytes.subarray(contentAt, words[2 * key + 1]);
      yield [keyBytes, new BencodeValue(this.#tape, key + 1)];
    }
  }

  /** @param key ASCII. @returns The value under exactly these bytes. */
  get(key: string): BencodeValue | undefined {
    if (this.kind !== "dictionary") return undefined;
    const { bytes, words } = this.#tape;
    const behind = tokenBehind(bytes, words, this.#token);
    for (let token = this.#token + 1; token < behind;) {
      const contentAt = stringContentAt(bytes, words[2 * token] ?? 0);
      if (isText(bytes, contentAt, words[2 * token + 1] ?? 0, key)) {
        return new BencodeValue(this.#tape, token + 1);
      }
      token = tokenBehind(bytes, words, token + 1);
    }
    return undefined;
  }

  get #start(): number {
    return this.#tape.words[2 * this.#token] ?? 0;
  }
}

/**
 * @returns Offset after a value. A container ends a byte after its last value: visits the values of each, 64 levels at
 *   most.
 */
function endOf(tape: BencodeTape, token: number): number {
  const { bytes, words } = tape;
  let last = token;
  let closingBytes = 0;
  for (;;) {
    const start = words[2 * last] ?? 0;
    const mark = bytes[start];
    const second = words[2 * last + 1] ?? 0;
    if (mark !== Mark.list && mark !== Mark.dictionary) return second + closingBytes;
    if (second === last + 1) return start + 2 + closingBytes;
    closingBytes += 1;
    let child = last + 1;
    for (let next = child; next < second; next = tokenBehind(bytes, words, next)) child = next;
    last = child;
  }
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
