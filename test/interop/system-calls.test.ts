// System calls of downloads, counted by strace. Counts in other threads of the engine: test/integration/counts.test.ts.

import test from "ava";
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
  const calls = await traceDownload({ totalBytes, pieceLengthBytes, files });
  const onFiles = (isSync: boolean): number =>
    callsOf(calls, ({ on, thread }) => on === "files" && (thread === "file-sync") === isSync).count;
  const aFile = onFiles(false) / files;
  t.true(aFile <= systemCallBounds.callsAFile, `${aFile.toFixed(2)} system calls a file`);
  const syncs = callsOf(calls, ({ on, name }) => on === "files" && name === "fdatasync").count;
  t.true(onFiles(true) <= systemCallBounds.syncCallsAFile * syncs, `${onFiles(true)} for ${syncs}`);
  const written = callsOf(calls, ({ on, name }) => on === "files" && name.startsWith("pwrite"));
  t.is(written.bytes, totalBytes, "each byte is written once");
});

test("a download of one file makes few system calls a gibibyte and a block", async (t) => {
  const calls = await traceDownload({ totalBytes, pieceLengthBytes, files: 1 });
  const aGibibyte = (callsOf(calls, ({ on }) => on === "files").count * (1 << 30)) / totalBytes;
  t.true(aGibibyte <= systemCallBounds.fileCallsAGibibyte, `${aGibibyte} calls a GiB on the file`);
  const ofSockets = (start: string): { count: number; bytes: number } =>
    callsOf(
      calls,
      ({ thread, on, name }) => thread === "peer-0" && on === "socket" && name.startsWith(start),
    );
  const [reads, writes] = [ofSockets("read"), ofSockets("write")];
  t.true(reads.bytes > totalBytes);
  const [readsABlock, writesABlock] = [reads.count / blocks, writes.count / blocks];
  t.true(readsABlock <= systemCallBounds.socketReadsABlock, `${readsABlock} reads a block`);
  t.true(writesABlock <= systemCallBounds.socketWritesABlock, `${writesABlock} writes a block`);
});

test("a seed makes few system calls a block that it reads", async (t) => {
  const calls = await traceUpload({ totalBytes, pieceLengthBytes });
  const { count, bytes } = callsOf(
    calls,
    ({ thread, on, name }) => thread === "file-0" && on === "files" && name.startsWith("pread"),
  );
  t.true(bytes > 0);
  const aBlock = count / (bytes / 16_384);
  t.true(aBlock <= systemCallBounds.uploadReadsABlock, `${aBlock.toFixed(2)} reads a block`);
});
