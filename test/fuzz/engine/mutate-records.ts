// Programs of records as inputs: `<kind u8> <length u16> <payload>`, one after the other. A cut input is read as
// far as it goes, so every input is a program.

import { bytesMutator } from "./mutate-bytes.ts";
import type { Random } from "./random.ts";
import type { Mutator } from "./target.ts";

/** One step of a program. */
export interface ProgramRecord {
  readonly kind: number;
  readonly payload: Uint8Array;
}

const headBytes = 3;

/** @returns The steps of an input. */
export function readRecords(input: Uint8Array): ProgramRecord[] {
  const records: ProgramRecord[] = [];
  for (let at = 0; at < input.length;) {
    const length = ((input[at + 1] ?? 0) << 8) | (input[at + 2] ?? 0);
    const payloadAt = at + headBytes;
    records.push({ kind: input[at] ?? 0, payload: input.subarray(payloadAt, payloadAt + length) });
    at = payloadAt + length;
  }
  return records;
}

/** @returns The input of these steps; a payload has at most 65,535 bytes. */
export function writeRecords(records: readonly ProgramRecord[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      records.flatMap(({ kind, payload }) => [
        Uint8Array.of(kind, payload.length >> 8, payload.length & 0xff),
        payload,
      ]),
    ),
  );
}

/**
 * @param draw Makes a step of its own.
 * @param change Changes the payload of a step.
 * @returns A mutator of programs.
 */
export function recordMutator(
  draw: (random: Random) => ProgramRecord,
  change: (record: ProgramRecord) => Mutator,
): Mutator {
  const flat = bytesMutator([]);
  return (input, means) => {
    const { random, other, maxBytes } = means;
    if (random.oneIn(16)) return flat(input, means);
    const records = readRecords(input);
    const changes = 1 + random.below(1 << random.below(4));
    for (let i = 0; i < changes; i++) {
      const at = random.below(records.length + 1);
      const found = records[at];
      switch (random.below(8)) {
        case 0:
          records.splice(at, 1 + random.below(3));
          break;
        case 1:
          if (found) records.splice(at, 0, found);
          break;
        case 2:
          if (found) records.splice(random.below(records.length), 0, ...records.splice(at, 1));
          break;
        case 3:
          if (found)
            records[at] = { kind: found.kind, payload: change(found)(found.payload, means) };
          break;
        case 4: {
          const theirs = readRecords(other);
          const from = random.below(theirs.length);
          records.splice(at, 0, ...theirs.slice(from, from + 1 + random.below(6)));
          break;
        }
        default:
          records.splice(at, 0, draw(random));
      }
    }
    return writeRecords(records).slice(0, maxBytes);
  };
}
