import { type BencodeLimits, scanBencode } from "./bencode-scanner.ts";
import { BencodeValue } from "./bencode-value.ts";
import { ProtocolError } from "../errors.ts";

/** Limits of all bencoded input by source. */
export const bencodeLimits = {
  /** 16 MiB of metadata, the most that BEP 9 carries, with piece layers (BEP 52), trackers and notes. */
  file: { maxBytes: 32 * 1_048_576, maxDepth: 64, maxTokens: 3_000_000, maxOddities: 100 },
  /** Payload of an extended message (BEP 10). */
  wire: { maxBytes: 65_536, maxDepth: 16, maxTokens: 10_000 },
  /** For 10,000 peers as dictionaries. */
  tracker: { maxBytes: 1_048_576, maxDepth: 16, maxTokens: 150_000, maxOddities: 100 },
  /** A datagram of the DHT (BEP 5). */
  krpc: { maxBytes: 1_500, maxDepth: 10, maxTokens: 500 },
} as const satisfies Record<string, BencodeLimits>;

/** A decoded input. */
export interface BencodeDocument {
  readonly root: BencodeValue;
  /** Offset after the value. */
  readonly end: number;
  /** Keys of a dictionary are unsorted. */
  readonly hasUnsortedKeys: boolean;
  /** Repeated keys, of which the first has the value, and superfluous zeros; each with its `offset`, in no order. */
  readonly oddities: readonly ProtocolError[];
}

/**
 * Decodes the value at the start of `bytes`, up to `end`. Time and memory are linear in the bytes read.
 *
 * @param bytes Kept by the result, which views it.
 * @throws {ProtocolError} `bencode-malformed`, `bencode-duplicate-key`, `bencode-too-long`, `bencode-too-deep` or
 *   `bencode-too-many-tokens`, with the `offset`.
 */
export function decodePrefix(bytes: Uint8Array, limits: BencodeLimits): BencodeDocument {
  const tape = scanBencode(bytes, limits);
  return {
    root: new BencodeValue(tape, 0),
    end: tape.end,
    hasUnsortedKeys: tape.hasUnsortedKeys,
    oddities: tape.oddities,
  };
}

/**
 * Decodes a value that fills `bytes`.
 *
 * @param bytes Kept by the result, which views it.
 * @param limits Default: a peer's message.
 * @throws {ProtocolError} As {@link decodePrefix}, and `bencode-trailing-bytes`.
 */
export function decode(
  bytes: Uint8Array,
  limits: BencodeLimits = bencodeLimits.wire,
): BencodeValue {
  const { root, end } = decodePrefix(bytes, limits);
  if (end !== bytes.length) throw trailingBytes(bytes.length, end);
  return root;
}

/** @returns `bencode-trailing-bytes`. */
export function trailingBytes(lengthBytes: number, end: number): ProtocolError {
  return new ProtocolError("bencode-trailing-bytes", {
    operation: "decode-bencode",
    message: `cannot accept ${lengthBytes - end} bytes after the end of the value at byte ${end}`,
    details: { offset: end, lengthBytes },
  });
}
