import { codeOf } from "@troupe/actor-runtime";
import type { CheckDisk, CheckRun, CheckSpan } from "./check-run.ts";
import type { CheckSource, RunSource } from "./run-source.ts";

/** Unreadable files that a run names; further ones count as unreadable without a name. */
const unreadableLimit = 16;

/** @returns The source that reads files by their paths; its answers are values. */
export function folderSource(disk: CheckDisk): CheckSource {
  return { openRun: (run) => new RunReader(disk, run) };
}

/** Reads a run across its files, front to back with a single open file, and fails pieces with missing bytes. */
class RunReader implements RunSource {
  /** 1 until the piece fails. */
  readonly verdicts: Uint8Array;
  readonly unreadable: { path: string; code: string }[] = [];
  readonly #disk: CheckDisk;
  readonly #run: CheckRun;
  #index = -1;
  /** Offset of the current span in the run. */
  #start = 0;
  #file: number | undefined;
  /** Bytes of the current span, in the file. */
  #readableBytes = 0;

  constructor(disk: CheckDisk, run: CheckRun) {
    this.#disk = disk;
    this.#run = run;
    this.verdicts = new Uint8Array(Math.ceil(run.lengthBytes / run.pieceLengthBytes)).fill(1);
  }

  read(position: number, target: Uint8Array): undefined {
    const end = position + target.byteLength;
    let at = position;
    while (at < end) {
      const span = this.#spanAt(at);
      const spanEnd = Math.min(end, this.#start + span.lengthBytes);
      if (!this.#hasFailed(at, spanEnd)) {
        this.#readSpan(span, at, target.subarray(at - position, spanEnd - position));
      }
      at = spanEnd;
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    this.#disk.close(this.#file);
    this.#file = undefined;
  }

  #readSpan(span: CheckSpan, at: number, target: Uint8Array): void {
    if (span.path === undefined) {
      target.fill(0);
      return;
    }
    const wantedBytes = Math.min(target.byteLength, this.#start + this.#readableBytes - at);
    if (this.#file === undefined || wantedBytes <= 0) return;
    let gotBytes = 0;
    try {
      const position = span.fileOffset + at - this.#start;
      gotBytes = this.#disk.read(this.#file, [target.subarray(0, wantedBytes)], position);
    } catch (error) {
      this.#note(span.path, error);
    }
    if (gotBytes < wantedBytes) this.#fail(at + gotBytes, at + target.byteLength);
  }

  #spanAt(at: number): CheckSpan {
    for (;;) {
      const span = this.#run.spans[this.#index];
      if (span !== undefined && at < this.#start + span.lengthBytes) return span;
      this.#start += span?.lengthBytes ?? 0;
      this.#index += 1;
      this.close();
      const next = this.#run.spans[this.#index];
      if (next === undefined) throw new RangeError(`bug: no span of the run holds byte ${at}`);
      if (!this.#hasFailed(this.#start, this.#start + next.lengthBytes)) this.#openSpan(next);
    }
  }

  #openSpan({ path, laterPath, fileOffset, lengthBytes }: CheckSpan): void {
    this.#readableBytes = 0;
    if (path === undefined) return;
    try {
      this.#file = this.#open(path, laterPath);
      const { kind, lengthBytes: fileBytes } = this.#disk.statFile(this.#file);
      if (kind === "file") this.#readableBytes = Math.min(lengthBytes, fileBytes - fileOffset);
    } catch (error) {
      this.#note(path, error);
    }
    const readableBytes = Math.max(0, this.#readableBytes);
    if (readableBytes < lengthBytes)
      this.#fail(this.#start + readableBytes, this.#start + lengthBytes);
  }

  #open(path: string, laterPath: string | undefined): number {
    try {
      return this.#disk.open(path, "read");
    } catch (error) {
      if (laterPath === undefined || codeOf(error) !== "ENOENT") throw error;
      return this.#disk.open(laterPath, "read");
    }
  }

  #hasFailed(start: number, end: number): boolean {
    const { pieceLengthBytes } = this.#run;
    for (
      let piece = Math.floor(start / pieceLengthBytes);
      piece * pieceLengthBytes < end;
      piece += 1
    ) {
      if (this.verdicts[piece] === 1) return false;
    }
    return true;
  }

  #fail(start: number, end: number): void {
    const { pieceLengthBytes } = this.#run;
    this.verdicts.fill(0, Math.floor(start / pieceLengthBytes), Math.ceil(end / pieceLengthBytes));
  }

  #note(path: string, error: unknown): void {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!/^E[A-Z0-9]+$/.test(code)) throw error;
    if (code === "ENOENT" || code === "ENOTDIR") return;
    if (this.unreadable.length < unreadableLimit) this.unreadable.push({ path, code });
  }
}
