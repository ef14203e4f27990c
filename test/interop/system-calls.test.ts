// System calls of downloads, counted by strace. Counts in other threads of the engine: test/integration/counts.test.ts.

import test from "ava";
import { above, beyondBounds } from "../support/counts/beyond-bounds.ts";
import { systemCallBounds } from "../support/counts/bounds.ts";
import { traceDownload } from "../support/counts/traced-download.ts";
import { traceUpload } from "../support/counts/traced-upload.ts";
import type { TracedCalls } from "../support/counts/traced-calls.ts";

const totalBytes = 64 << 20;
const pieceLengthBytes = 1 << 20;
const blocks = totalBytes / 16_384;

function callsOf(
  calls: readonly TracedCalls[],
  which: (calls: TracedCalls) => boolean,
): { count: number; bytes: number } {
  const found = calls.filter(which);
  return {
    count: found.reduce((sum, { count }) => sum + count, 0),
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

test("a download of many files makes few system calls a file", async (t) => {
  const files = 512;
  const beyond = await beyondBounds(async () => {
    const calls = await traceDownload({ totalBytes, pieceLengthBytes, files });
    const onFiles = (thread: string): number =>
      callsOf(calls, (of) => of.on === "files" && of.thread === thread).count;
    const [maker, syncer] = [onFiles("file-maker"), onFiles("file-sync")];
    const writer = callsOf(calls, ({ on }) => on === "files").count - maker - syncer;
    const syncs = callsOf(calls, ({ on, name }) => on === "files" && name === "fdatasync").count;
    const written = callsOf(calls, ({ on, name }) => on === "files" && name.startsWith("pwrite"));
    t.is(written.bytes, totalBytes, "each byte is written once");
    return [
      ...above("calls a file by its writer", writer / files, systemCallBounds.callsAFile),
      ...above("calls a file made ahead", maker / files, systemCallBounds.makerCallsAFile),
      ...above("calls of syncs", syncer, systemCallBounds.syncCallsAFile * syncs),
    ];
  });
  t.deepEqual(beyond, []);
});

test("a download of one file makes few system calls a gibibyte and a block", async (t) => {
  const beyond = await beyondBounds(async () => {
    const calls = await traceDownload({ totalBytes, pieceLengthBytes, files: 1 });
    const aGibibyte = (callsOf(calls, ({ on }) => on === "files").count * (1 << 30)) / totalBytes;
    const ofSockets = (start: string): { count: number; bytes: number } =>
      callsOf(
        calls,
        ({ thread, on, name }) => thread === "peer-0" && on === "socket" && name.startsWith(start),
      );
    const [reads, writes] = [ofSockets("read"), ofSockets("write")];
    t.true(reads.bytes > totalBytes);
    return [
      ...above("calls a GiB on the file", aGibibyte, systemCallBounds.fileCallsAGibibyte),
      ...above("reads a block", reads.count / blocks, systemCallBounds.socketReadsABlock),
      ...above("writes a block", writes.count / blocks, systemCallBounds.socketWritesABlock),
    ];
  });
  t.deepEqual(beyond, []);
});

test("a seed makes few system calls a block that it reads", async (t) => {
  const beyond = await beyondBounds(async () => {
    const calls = await traceUpload({ totalBytes, pieceLengthBytes });
    const { count, bytes } = callsOf(
      calls,
      ({ thread, on, name }) => thread === "file-0" && on === "files" && name.startsWith("pread"),
    );
    t.true(bytes > 0);
    return above("reads a block", count / (bytes / 16_384), systemCallBounds.uploadReadsABlock);
  });
  t.deepEqual(beyond, []);
});
