// P2B, the binary form of PeerGuardian's lists; numbers are big-endian:
//
//   ff ff ff ff 50 32 42 <version u8>
//   versions 1 and 2:  (<name> 00 <first u32> <last u32>)*
//   version 3:         <count u32> (<name> 00)*  <count u32> (<name index u32> <first u32> <last u32>)*

import { readUint32 } from "@troupe/protocol/bytes";
import { TroupeError } from "@troupe/control";
import type { FilterRanges } from "./filter-ranges.ts";

/** A list with a longer name is refused. */
export const longestNameBytes = 4_096;
const magic = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x50, 0x32, 0x42]);
const headerBytes = magic.length + 1;
/** Bytes of a range of two IPv4 addresses. */
const rangeBytes = 8;
const countBytes = 4;

/** The next bytes. `left`: entries of this kind that follow. */
type State =
  | { readonly next: "header" | "named-range" | "name-count" | "range-count" | "end" }
  | { readonly next: "name" | "indexed-range"; readonly left: number };

/** A step's bytes, and the state after it. */
interface Step {
  readonly bytes: number;
  readonly state: State;
}

/** The ranges of a P2B list, which come in chunks. */
export class FilterP2b {
  readonly #ranges: FilterRanges;
  #state: State = { next: "header" };
  /** An entry whose end has not come. */
  #begun = Buffer.alloc(0);
  #entry = 0;
  #skipped = 0;
  #firstSkipped: number | undefined;

  constructor(ranges: FilterRanges) {
    this.#ranges = ranges;
  }

  /** @param head The first bytes of a list. */
  static isP2b(head: Buffer): boolean {
    return head.subarray(0, magic.length).equals(magic);
  }

  /** Ranges whose first address is greater than their last. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Counted from 1. */
  get firstSkipped(): number | undefined {
    return this.#firstSkipped;
  }

  /** @param chunk Read only during the call. @throws TroupeError `ip-filter-malformed`, `ip-filter-too-large` */
  push(chunk: Buffer): void {
    const bytes = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    let at = 0;
    for (;;) {
      const step = this.#step(bytes, at);
      if (step === undefined) break;
      at += step.bytes;
      this.#state = step.state;
    }
    this.#begun = Buffer.from(bytes.subarray(at));
  }

  /** @throws TroupeError `ip-filter-malformed` for a list that is cut off. */
  end(): void {
    const { next } = this.#state;
    const isWhole = (next === "named-range" && this.#begun.length === 0) || next === "end";
    if (!isWhole) throw malformed("ends in the middle");
  }

  /** @returns Undefined when the entry at `at` has not come whole. */
  #step(bytes: Buffer, at: number): Step | undefined {
    const leftBytes = bytes.length - at;
    const state = this.#state;
    switch (state.next) {
      case "header":
        return leftBytes < headerBytes ? undefined : readVersion(bytes[at + magic.length]);
      case "name-count":
        return leftBytes < countBytes
          ? undefined
          : { bytes: countBytes, state: afterName(readUint32(bytes, at)) };
      case "range-count":
        return leftBytes < countBytes
          ? undefined
          : { bytes: countBytes, state: afterRange(readUint32(bytes, at)) };
      case "name": {
        const name = nameBytes(bytes, at);
        return name === undefined ? undefined : { bytes: name, state: afterName(state.left - 1) };
      }
      case "named-range": {
        const name = nameBytes(bytes, at);
        return name === undefined || leftBytes < name + rangeBytes
          ? undefined
          : this.#take(bytes, at, name, state);
      }
      case "indexed-range":
        return leftBytes < countBytes + rangeBytes
          ? undefined
          : this.#take(bytes, at, countBytes, afterRange(state.left - 1));
      case "end":
        return leftBytes === 0 ? undefined : { bytes: leftBytes, state };
    }
  }

  #take(bytes: Buffer, at: number, prefixBytes: number, state: State): Step {
    const range = at + prefixBytes;
    this.#entry++;
    if (!this.#ranges.add(readUint32(bytes, range), readUint32(bytes, range + 4))) {
      this.#skipped++;
      this.#firstSkipped ??= this.#entry;
    }
    return { bytes: prefixBytes + rangeBytes, state };
  }
}

function readVersion(version: number | undefined): Step {
  if (version === 1 || version === 2) return { bytes: headerBytes, state: { next: "named-range" } };
  if (version === 3) return { bytes: headerBytes, state: { next: "name-count" } };
  throw malformed(`has version ${version}; versions 1 to 3 are read`);
}

function afterName(left: number): State {
  return left === 0 ? { next: "range-count" } : { next: "name", left };
}

function afterRange(left: number): State {
  return left === 0 ? { next: "end" } : { next: "indexed-range", left };
}

/** With the byte after it; undefined when that has not come. */
function nameBytes(bytes: Buffer, at: number): number | undefined {
  const end = bytes.indexOf(0, at);
  const seen = (end < 0 ? bytes.length : end) - at;
  if (seen > longestNameBytes) throw malformed(`has a name of more than ${longestNameBytes} bytes`);
  return end < 0 ? undefined : seen + 1;
}

function malformed(problem: string): TroupeError {
  return new TroupeError("ip-filter-malformed", `it is a P2B list that ${problem}`);
}
