// Scans bencoded bytes (BEP 3, "bencoding") once into a tape of tokens. Hostile bytes: the scan is strict, iterative,
// and bounded before it keeps anything.

import {
  type BencodeTape,
  Mark,
  compareRanges,
  isDigit,
  byteText,
  stringContentAt,
  tokenBehind,
} from "./bencode-tape.ts";
import { ProtocolError, type ProtocolErrorCode } from "../errors.ts";

/** Upper bounds of an input. */
export interface BencodeLimits {
  readonly maxBytes: number;
  /** Depth of lists and dictionaries. */
  readonly maxDepth: number;
  /** Strings (keys too), integers, lists and dictionaries. */
  readonly maxTokens: number;
  /** Repeated keys and superfluous zeros that are taken. Default 0. */
  readonly maxOddities?: number;
}

/** Digits of a length, with superfluous zeros. */
const maxLengthDigits = 20;
/** Real dictionaries have a dozen keys; duplicates of unsorted keys need a set. */
const maxUnsortedKeys = 10_000;

class OpenContainer {
  token = 0;
  isDictionary = false;
  /** A key was read. */
  awaitsValue = false;
  keyCount = 0;
  /** The last key's bytes. */
  keyStart = 0;
  keyEnd = 0;
  /** Its keys are not in ascending order. */
  mayRepeatKeys = false;
}

/**
 * @throws {ProtocolError} `bencode-too-long`, `bencode-too-deep`, `bencode-too-many-tokens`, `bencode-duplicate-key`,
 *   or `bencode-malformed` with the `offset` reached.
 */
export function scanBencode(bytes: Uint8Array, limits: BencodeLimits): BencodeTape {
  if (bytes.length > limits.maxBytes) {
    throw new ProtocolError("bencode-too-long", {
      operation: "decode-bencode",
      message: `cannot read ${bytes.length} bytes of bencode: at most ${limits.maxBytes} are allowed`,
      details: { lengthBytes: bytes.length, maxBytes: limits.maxBytes },
    });
  }
  return new BencodeScanner(bytes, limits).scan();
}

class BencodeScanner {
  readonly #bytes: Uint8Array;
  readonly #limits: BencodeLimits;
  #words: Uint32Array;
  #tokenCount = 0;
  /** By depth; reused. */
  readonly #containers: OpenContainer[] = [];
  #depth = 0;
  #hasUnsortedKeys = false;
  readonly #oddities: ProtocolError[] = [];

  constructor(bytes: Uint8Array, limits: BencodeLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#words = new Uint32Array(2 * Math.min(64, limits.maxTokens));
  }

  scan(): BencodeTape {
    let at = 0;
    do at = this.#step(at);
    while (this.#depth > 0);
    return {
      bytes: this.#bytes,
      words: this.#words,
      end: at,
      hasUnsortedKeys: this.#hasUnsortedKeys,
      oddities: this.#oddities,
    };
  }

  /** @throws {ProtocolError} The oddity, if the input has had as many as are taken. */
  #takeOddity(oddity: ProtocolError): void {
    if (this.#oddities.length >= (this.#limits.maxOddities ?? 0)) throw oddity;
    this.#oddities.push(oddity);
  }

  /** @returns The offset after the token, or inside a list or dictionary. */
  #step(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw malformed(at, "the input ends inside a value");
    const container = this.#depth > 0 ? this.#containers[this.#depth - 1] : undefined;
    if (byte === Mark.end && container !== undefined) return this.#close(container, at);
    const isString = byte >= Mark.digit0 && byte <= Mark.digit9;
    if (container?.isDictionary === true) {
      if (!container.awaitsValue) {
        if (!isString) throw malformed(at, "a key must be a string");
        return this.#readKey(container, at);
      }
      container.awaitsValue = false;
    }
    if (isString) return this.#readString(at);
    if (byte === Mark.integer) return this.#readInteger(at);
    if (byte === Mark.list || byte === Mark.dictionary) return this.#open(at, byte);
    throw malformed(at, `no value starts with byte ${byte}`);
  }

  #readString(at: number): number {
    const bytes = this.#bytes;
    let lengthBytes = 0;
    let colonAt = at;
    for (let byte = bytes[at]; isDigit(byte); byte = bytes[colonAt]) {
      lengthBytes = lengthBytes * 10 + (byte - Mark.digit0);
      colonAt += 1;
      // Stops before rounding, and before a key of zeros that each look-up would read.
      if (lengthBytes > bytes.length || colonAt - at > maxLengthDigits)
        throw malformed(at, "a string is longer than the input");
    }
    if (bytes[colonAt] !== Mark.colon) throw malformed(colonAt, "a string is digits, :, bytes");
    if (bytes[at] === Mark.digit0 && colonAt > at + 1) {
      this.#takeOddity(malformed(at, "a length has no leading zero"));
    }
    const end = colonAt + 1 + lengthBytes;
    if (end > bytes.length) throw malformed(at, "a string is longer than the input");
    this.#push(at, end);
    return end;
  }

  #readKey(container: OpenContainer, at: number): number {
    const end = this.#readString(at);
    const start = stringContentAt(this.#bytes, at);
    if (container.keyCount > 0) this.#compareWithLastKey(container, at, start, end);
    container.keyStart = start;
    container.keyEnd = end;
    container.keyCount += 1;
    container.awaitsValue = true;
    return end;
  }

  #compareWithLastKey(container: OpenContainer, at: number, start: number, end: number): void {
    const order = compareRanges(this.#bytes, container.keyStart, container.keyEnd, start, end);
    if (order >= 0) container.mayRepeatKeys = true;
    if (order > 0) this.#hasUnsortedKeys = true;
    if (container.mayRepeatKeys && container.keyCount >= maxUnsortedKeys) {
      throw malformed(at, `a dictionary out of order has more than ${maxUnsortedKeys} keys`);
    }
  }

  #readInteger(at: number): number {
    const bytes = this.#bytes;
    const isNegative = bytes[at + 1] === Mark.minus;
    const digitsAt = isNegative ? at + 2 : at + 1;
    let end = digitsAt;
    while (isDigit(bytes[end])) end += 1;
    if (bytes[end] !== Mark.end || end === digitsAt) {
      throw malformed(end, "an integer is i, digits, e");
    }
    if (bytes[digitsAt] === Mark.digit0 && (isNegative || end > digitsAt + 1)) {
      this.#takeOddity(malformed(digitsAt, "an integer has no leading zero and no minus zero"));
    }
    this.#push(at, end + 1);
    return end + 1;
  }

  #open(at: number, mark: number): number {
    const { maxDepth } = this.#limits;
    if (this.#depth >= maxDepth) {
      const reason = `lists and dictionaries may be ${maxDepth} deep`;
      throw refused("bencode-too-deep", at, reason, { maxDepth });
    }
    const container = (this.#containers[this.#depth++] ??= new OpenContainer());
    container.token = this.#tokenCount;
    container.isDictionary = mark === Mark.dictionary;
    container.awaitsValue = false;
    container.keyCount = 0;
    container.mayRepeatKeys = false;
    this.#push(at, 0);
    return at + 1;
  }

  #close(container: OpenContainer, at: number): number {
    if (container.awaitsValue) throw malformed(at, "a key has no value");
    this.#words[2 * container.token + 1] = this.#tokenCount;
    if (container.mayRepeatKeys) this.#findDuplicates(container.token);
    this.#depth -= 1;
    return at + 1;
  }

  /** Compares keys as text of a character a byte: different keys never collide. */
  #findDuplicates(dictionary: number): void {
    const words = this.#words;
    const seen = new Set<string>();
    let token = dictionary + 1;
    while (token < this.#tokenCount) {
      const at = words[2 * token] ?? 0;
      const end = words[2 * token + 1] ?? 0;
      const key = byteText(this.#bytes, stringContentAt(this.#bytes, at), end);
      if (seen.has(key)) this.#takeOddity(duplicateKey(at));
      seen.add(key);
      token = tokenBehind(this.#bytes, words, token + 1);
    }
  }

  #push(start: number, second: number): void {
    const { maxTokens } = this.#limits;
    if (this.#tokenCount >= maxTokens) {
      const reason = `the input may have ${maxTokens} values`;
      throw refused("bencode-too-many-tokens", start, reason, { maxTokens });
    }
    const at = 2 * this.#tokenCount;
    if (at >= this.#words.length) this.#grow();
    this.#words[at] = start;
    this.#words[at + 1] = second;
    this.#tokenCount += 1;
  }

  #grow(): void {
    const grown = new Uint32Array(2 * Math.min(this.#words.length, this.#limits.maxTokens));
    grown.set(this.#words);
    this.#words = grown;
  }
}

function refused(
  code: ProtocolErrorCode,
  offset: number,
  reason: string,
  details: object = {},
): ProtocolError {
  return new ProtocolError(code, {
    operation: "decode-bencode",
    message: `cannot read bencode at byte ${offset}: ${reason}`,
    details: { offset, ...details },
  });
}

function malformed(offset: number, reason: string): ProtocolError {
  return refused("bencode-malformed", offset, reason);
}

function duplicateKey(offset: number): ProtocolError {
  return refused("bencode-duplicate-key", offset, "the dictionary has this key already");
}
