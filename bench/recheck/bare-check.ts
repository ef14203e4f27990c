// The floor of a check: a thread for each core reads a file into memory that it keeps, and hashes it.
//
//   bare-check.ts FILE PIECE_BYTES
//
// The last line says how long that took, in seconds, with the start of the threads.

import { once } from "node:events";
import { openSync, readSync, statSync } from "node:fs";
import { hash } from "node:crypto";
import { availableParallelism } from "node:os";
import { isMainThread, Worker, workerData } from "node:worker_threads";

interface Share {
  readonly path: string;
  readonly pieceBytes: number;
  /** The next piece that no thread has taken. */
  readonly next: SharedArrayBuffer;
}

if (isMainThread) {
  const [path = "", pieceBytes = ""] = process.argv.slice(2);
  const share: Share = {
    path,
    pieceBytes: Number(pieceBytes),
    next: new SharedArrayBuffer(4),
  };
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      await once(new Worker(new URL(import.meta.url), { workerData: share }), "exit");
    }),
  );
  console.log((performance.now() - startMs) / 1_000);
} else {
  checkShare(workerData as Share);
}

function checkShare({ path, pieceBytes, next }: Share): void {
  const pieces = Math.ceil(statSync(path).size / pieceBytes);
  const file = openSync(path, "r");
  // Large memory of Linux begins 16 bytes behind the start of a page, where AMD's Zen 4 copies at half the speed.
  const buffer = new Uint8Array(pieceBytes + 1_024).subarray(1_024);
  const counter = new Int32Array(next);
  for (;;) {
    const piece = Atomics.add(counter, 0, 1);
    if (piece >= pieces) return;
    const lengthBytes = readSync(file, buffer, 0, pieceBytes, piece * pieceBytes);
    hash("sha1", buffer.subarray(0, lengthBytes), "buffer");
  }
}
