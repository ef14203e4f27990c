import type { Soon } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import { isRefusal } from "../refusals.ts";
import type { RunWrite } from "./piece-store.ts";
import { mostCallBytes, type StoreGuard } from "./store-guard.ts";
import { ViewCursor } from "./view-cursor.ts";

/** Writes neighbouring pieces to a module, then reads them back and compares each byte. */
export class ModuleRun implements RunWrite {
  readonly #guard: StoreGuard;
  /** In the torrent. */
  readonly #position: number;
  readonly #lengthBytes: number;
  readonly #written: ViewCursor;
  readonly #compared: ViewCursor;
  #writtenBytes = 0;
  #comparedBytes = 0;

  constructor(guard: StoreGuard, position: number, pieces: readonly Uint8Array[]) {
    this.#guard = guard;
    this.#position = position;
    this.#lengthBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    this.#written = new ViewCursor(pieces);
    this.#compared = new ViewCursor(pieces);
  }

  /** A module is not synced. */
  get isSpoilt(): boolean {
    return false;
  }

  get isDone(): boolean {
    return this.#comparedBytes === this.#lengthBytes;
  }

  /** One call of the module. */
  advance(budgetBytes: number): Soon<number | StorageRefusal> {
    const isWritten = this.#writtenBytes === this.#lengthBytes;
    const done = isWritten ? this.#comparedBytes : this.#writtenBytes;
    const lengthBytes = Math.min(this.#lengthBytes - done, budgetBytes, mostCallBytes);
    return isWritten ? this.#compare(lengthBytes) : this.#write(lengthBytes);
  }

  #write(lengthBytes: number): Soon<number | StorageRefusal> {
    const bytes = joined(this.#written.take(lengthBytes), lengthBytes);
    const position = this.#position + this.#writtenBytes;
    this.#writtenBytes += lengthBytes;
    const answer = this.#guard.write(position, bytes);
    return answer instanceof Promise
      ? answer.then((refusal) => refusal ?? lengthBytes)
      : (answer ?? lengthBytes);
  }

  #compare(lengthBytes: number): Soon<number | StorageRefusal> {
    const expected = this.#compared.take(lengthBytes);
    const position = this.#position + this.#comparedBytes;
    this.#comparedBytes += lengthBytes;
    const bytes = new Uint8Array(lengthBytes);
    const judge = (got: number | StorageRefusal): number | StorageRefusal => {
      if (isRefusal(got)) return got;
      if (got < lengthBytes) return this.#guard.shortRead(position, lengthBytes, got);
      const wrong = firstDifference(expected, bytes);
      return wrong === undefined ? lengthBytes : this.#guard.wrongBytes(position + wrong);
    };
    const answer = this.#guard.read(position, bytes);
    return answer instanceof Promise ? answer.then(judge) : judge(answer);
  }
}

function joined(views: readonly Uint8Array[], lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  let at = 0;
  for (const view of views) {
    bytes.set(view, at);
    at += view.length;
  }
  return bytes;
}

/** @returns The index of the first byte that differs. */
function firstDifference(expected: readonly Uint8Array[], bytes: Uint8Array): number | undefined {
  let start = 0;
  for (const view of expected) {
    const end = start + view.length;
    if (Buffer.compare(view, bytes.subarray(start, end)) !== 0)
      return start + view.findIndex((byte, at) => byte !== bytes[start + at]);
    start = end;
  }
  return undefined;
}
