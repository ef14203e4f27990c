import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { savePatternData, savePatternTorrent } from "../../src/patterns/pattern-files.ts";

const wish = {
  name: "pattern.bin",
  lengthBytes: 700_000,
  pieceLengthBytes: 65_536,
  trackers: ["http://127.0.0.1:6969/announce"],
};
const never = new AbortController().signal;

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "troupe-pattern-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test("the written content has the pieces of the written .torrent", async (t) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "pattern.torrent");
  await savePatternTorrent(wish, path);
  await savePatternData(wish, join(folder.path, "data"), never);
  const { geometry, pieceHashes, trackers } = parseTorrent(await readFile(path));
  const content = await readFile(join(folder.path, "data", "pattern.bin"));
  t.is(content.length, 700_000);
  t.deepEqual(trackers, [["http://127.0.0.1:6969/announce"]]);
  for (let piece = 0; piece < geometry.pieceCount; piece++) {
    const bytes = content.subarray(piece * 65_536, (piece + 1) * 65_536);
    const hash = createHash("sha1").update(bytes).digest();
    t.true(pieceHashes.matches(piece, hash));
  }
});

test("a file that exists is never overwritten", async (t) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "pattern.torrent");
  await savePatternTorrent(wish, path);
  await savePatternData(wish, folder.path, never);
  await t.throwsAsync(savePatternTorrent(wish, path), {
    code: "torrent-not-saved",
    message: /the file exists$/,
  });
  await t.throwsAsync(savePatternData(wish, folder.path, never), {
    code: "data-not-written",
    message: /the file exists$/,
  });
  t.is((await readFile(join(folder.path, "pattern.bin"))).length, 700_000);
});

test("content that is stopped half-way leaves no file", async (t) => {
  await using folder = await temporaryFolder();
  const stop = new AbortController();
  const large = { ...wish, lengthBytes: 64 * 2 ** 20 };
  const writing = savePatternData(large, folder.path, stop.signal);
  stop.abort();
  await t.throwsAsync(writing, { name: "AbortError" });
  t.deepEqual(await readdir(folder.path), []);
});

test("names that leave the folder, and sizes that no pattern has, are refused", async (t) => {
  await using folder = await temporaryFolder();
  for (const change of [
    { name: "../a" },
    { name: ".." },
    { name: "" },
    { lengthBytes: 0 },
    { pieceLengthBytes: 0 },
  ]) {
    const path = join(folder.path, "a.torrent");
    // One after the other. oxlint-disable-next-line no-await-in-loop
    await t.throwsAsync(savePatternTorrent({ ...wish, ...change }, path), {
      code: "option-out-of-range",
    });
  }
  t.deepEqual(await readdir(folder.path), []);
});

test("a piece length is chosen where none is given", async (t) => {
  await using folder = await temporaryFolder();
  const torrent = await savePatternTorrent(
    { ...wish, lengthBytes: 2 ** 40, pieceLengthBytes: undefined },
    join(folder.path, "tebibyte.torrent"),
  );
  t.is(torrent.pieceLengthBytes, 2 ** 21);
});
