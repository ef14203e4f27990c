import type { Soon } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { FileMap } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import { isRefusal } from "../refusals.ts";
import { ModuleRun } from "./module-run.ts";
import type { PieceStore, ReadRefusal, StoreRange } from "./piece-store.ts";
import { mostCallBytes, type StoreGuard } from "./store-guard.ts";
import { ViewCursor } from "./view-cursor.ts";

/** A store of the user's program. The module gets memory of its own: what it does there late changes no payload. */
export class ModuleStore implements PieceStore {
  readonly #guard: StoreGuard;
  readonly #map: FileMap;
  readonly #pieceLengthBytes: number;
  /** The engine knows that a read has failed. */
  #isReported = false;

  constructor(guard: StoreGuard, map: FileMap, pieceLengthBytes: number) {
    this.#guard = guard;
    this.#map = map;
    this.#pieceLengthBytes = pieceLengthBytes;
  }

  get readOnly(): StorageRefusal | undefined {
    return this.#guard.readOnly;
  }

  expect(): void {
    // A module is not told of pieces before they are written.
  }

  beginRun(first: PieceIndex, pieces: readonly Uint8Array[]): ModuleRun {
    return new ModuleRun(this.#guard, first * this.#pieceLengthBytes, pieces);
  }

  async read(range: StoreRange, views: readonly Uint8Array[]): Promise<ReadRefusal | undefined> {
    const refusal = await this.#readParts(range, views);
    if (refusal === undefined) return undefined;
    const isKnown = this.#isReported;
    this.#isReported = true;
    const [span] = this.#map.spans(range.position, 1);
    return { ...refusal, file: span?.file ?? 0, ...(isKnown && { isKnown }) };
  }

  reportAgain(): void {
    this.#isReported = false;
  }

  /** Every start hashes all: a module cannot prove that its bytes are unchanged. */
  stamp(): undefined {
    return undefined;
  }

  close(): Soon<StorageRefusal | undefined> {
    return this.#guard.close();
  }

  async #readParts(
    { position, lengthBytes }: StoreRange,
    views: readonly Uint8Array[],
  ): Promise<StorageRefusal | undefined> {
    const target = new ViewCursor(views);
    for (let done = 0; done < lengthBytes;) {
      const bytes = new Uint8Array(Math.min(mostCallBytes, lengthBytes - done));
      const { length } = bytes;
      // A module has one read of a range at a time. oxlint-disable-next-line no-await-in-loop
      const got = await this.#guard.read(position + done, bytes);
      if (isRefusal(got)) return got;
      if (got < length) return this.#guard.shortRead(position + done, length, got);
      let from = 0;
      for (const view of target.take(length)) {
        view.set(bytes.subarray(from, from + view.length));
        from += view.length;
      }
      done += length;
    }
    return undefined;
  }
}
