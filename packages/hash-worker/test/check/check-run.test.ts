import { createHash } from "node:crypto";
import { rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { sha1 } from "@troupe/actor-runtime/testing";
import { PieceHashes } from "@troupe/protocol/metainfo";
import { digestPiece } from "@troupe/protocol/piece-digest";
import { CheckPlan, type CheckedTorrent } from "../../src/check/check-plan.ts";
import { checkRun, type CheckDisk, rightByNodeAlone } from "../../src/check/check-run.ts";
import { readOnlyDisk } from "../../src/check/read-only-disk.ts";
import { folderSource } from "../../src/check/run-reader.ts";
import type { CheckSource } from "../../src/check/run-source.ts";
import { folderWith, hashesOf } from "../support/folder.ts";
import { makeFifos } from "../../../../test/support/files/fifo.ts";

const startSha1 = () => createHash("sha1");

interface Counted {
  readonly pieces: string;
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
  readonly reads: number;
  readonly opens: number;
}

/** Checks everything in one run, and counts the disk's calls. */
function check(torrent: CheckedTorrent, bufferBytes = 64, disk: CheckDisk = readOnlyDisk): Counted {
  let reads = 0;
  let opens = 0;
  const open = new Set<number>();
  const counting: CheckDisk = {
    open(path, mode) {
      opens += 1;
      const file = disk.open(path, mode);
      open.add(file);
      return file;
    },
    close(file) {
      open.delete(file);
      disk.close(file);
    },
    read(file, views, position) {
      reads += 1;
      return disk.read(file, views, position);
    },
    statFile: (file) => disk.statFile(file),
  };
  const run = new CheckPlan(torrent, () => Number.MAX_SAFE_INTEGER).takeRun()?.run;
  if (run === undefined) throw new Error("nothing to check");
  const source = folderSource(counting);
  const checked = checkRun(source, startSha1, run, new Uint8Array(bufferBytes));
  if (checked instanceof Promise) throw new Error("the folder answers by a promise");
  const { verdicts, unreadable } = checked;
  if (open.size > 0) throw new Error("a file was left open");
  const pieces = Array.from(verdicts, (verdict) => (verdict === 1 ? "#" : ".")).join("");
  return { pieces, unreadable, reads, opens };
}

const pieces16 = (t: ExecutionContext) =>
  folderWith(t, { a: 30, "b/c": 1, empty: 0, "b/d": 40, e: 25 }, 16);

test("complete files are good, and their pieces are read together", (t) => {
  const { torrent } = pieces16(t);
  t.deepEqual(check(torrent), { pieces: "######", unreadable: [], reads: 5, opens: 4 });
});

test("adjacent pieces of a file take one read for each buffer", (t) => {
  const { torrent } = folderWith(t, { a: 256 }, 16);
  t.like(check(torrent), { pieces: "#".repeat(16), reads: 4, opens: 1 });
});

test("a wrong byte fails its piece and no other", (t) => {
  const { torrent, content, pathOf } = pieces16(t);
  const bytes = content.slice(0, 30);
  bytes[17] = (bytes[17] ?? 0) + 1;
  writeFileSync(pathOf("a"), bytes);
  t.is(check(torrent).pieces, "#.####");
});

test("a missing file fails its pieces without a read", (t) => {
  const { torrent, pathOf } = pieces16(t);
  rmSync(pathOf("b/d"));
  t.deepEqual(check(torrent), { pieces: "#....#", unreadable: [], reads: 3, opens: 4 });
});

test("E10: a file that has lost its suffix is read under its later path", (t) => {
  const { torrent, pathOf } = pieces16(t);
  const files = torrent.files.map((file) => ({
    ...file,
    path: `${file.path}.part`,
    laterPath: file.path,
  }));
  t.deepEqual(check({ ...torrent, files }).pieces, "######");
  rmSync(pathOf("b/d"));
  t.deepEqual(check({ ...torrent, files }).pieces, "#....#");
});

test("a torrent without a file on disk costs no read", (t) => {
  const { torrent, root } = pieces16(t);
  rmSync(root, { recursive: true });
  t.like(check(torrent), { pieces: "......", unreadable: [], reads: 0 });
});

test("a short file fails the pieces beyond its end", (t) => {
  const { torrent, pathOf } = pieces16(t);
  truncateSync(pathOf("b/d"), 20);
  t.is(check(torrent).pieces, "###..#");
});

test("a file that is too long is good up to its length in the torrent", (t) => {
  const { torrent, pathOf } = pieces16(t);
  writeFileSync(pathOf("e"), "more", { flag: "a" });
  t.is(check(torrent).pieces, "######");
});

test("padding is read as zeros, regardless of its path", (t) => {
  const { torrent, content } = folderWith(t, { a: 20, pad: 12, b: 16 }, 16);
  const padded = content.slice();
  padded.fill(0, 20, 32);
  const files = torrent.files.map((file, at) =>
    at === 1 ? { path: "/none", lengthBytes: 12, isPadding: true } : file,
  );
  t.is(check({ ...torrent, files, hashes: hashesOf(padded, 16) }).pieces, "###");
});

test("a link with a file's name is not followed", (t) => {
  const { torrent, pathOf } = pieces16(t);
  rmSync(pathOf("a"));
  symlinkSync(pathOf("e"), pathOf("a"));
  t.like(check(torrent), {
    pieces: "..####",
    unreadable: [{ path: pathOf("a"), code: "ELOOP" }],
  });
});

test("a FIFO with a file's name is not waited for", async (t) => {
  const { torrent, pathOf } = pieces16(t);
  rmSync(pathOf("a"));
  await makeFifos(pathOf("a"));
  t.is(check(torrent).pieces, "..####");
});

test("a read error fails the piece and names the file", (t) => {
  const { torrent, pathOf } = pieces16(t);
  const disk: CheckDisk = {
    ...readOnlyDisk,
    read(file, views, position) {
      if (position === 24) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
      return readOnlyDisk.read(file, views, position);
    },
  };
  t.like(check(torrent, 24, disk), { pieces: "######" });
  t.like(check(torrent, 8, disk), {
    pieces: "#.####",
    unreadable: [{ path: pathOf("a"), code: "EIO" }],
  });
});

test("an error without a system code is rethrown, and no file is left open", (t) => {
  const { torrent } = pieces16(t);
  const disk: CheckDisk = {
    ...readOnlyDisk,
    read() {
      throw new TypeError("bug: no such thing");
    },
  };
  t.throws(() => check(torrent, 64, disk), { instanceOf: TypeError });
});

test("pieces longer than the buffer are hashed in parts", (t) => {
  const { torrent, pathOf } = folderWith(t, { a: 1000, b: 500, c: 777 }, 512);
  t.is(check(torrent, 100).pieces, "#####");
  truncateSync(pathOf("b"), 499);
  t.is(check(torrent, 100).pieces, "##.##");
});

test("any layout and any damage: exactly the damaged pieces fail", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 130 }),
      fc.array(fc.nat(), { maxLength: 3 }),
      (lengths, pieceLengthBytes, bufferBytes, damage) => {
        const totalBytes = lengths.reduce((sum, length) => sum + length, 0);
        fc.pre(totalBytes > 0);
        const content = Uint8Array.from({ length: totalBytes }, (_, at) => (at * 7) % 256);
        const stored = content.slice();
        for (const at of damage) stored[at % totalBytes] = (stored[at % totalBytes] ?? 0) ^ 1;
        let start = 0;
        const files = lengths.map((lengthBytes, file) => ({ path: `${file}`, lengthBytes }));
        const bytes = lengths.map((length) => stored.subarray(start, (start += length)));
        const hashes = hashesOf(content, pieceLengthBytes);
        const torrent = { files, pieceLengthBytes, totalBytes, hashes };
        const found = check(torrent, bufferBytes, memoryDisk(bytes));
        let wanted = "";
        for (let at = 0; at < totalBytes; at += pieceLengthBytes) {
          const isSame = content
            .subarray(at, at + pieceLengthBytes)
            .every((byte, index) => stored[at + index] === byte);
          wanted += isSame ? "#" : ".";
        }
        t.is(found.pieces, wanted);
      },
    ),
  );
});

/** Files named by their number. */
function memoryDisk(files: readonly Uint8Array[]): CheckDisk {
  return {
    open: (path) => Number(path),
    close() {},
    read(file, [view = new Uint8Array()], position) {
      const part = files[file]?.subarray(position, position + view.byteLength);
      view.set(part ?? []);
      return part?.byteLength ?? 0;
    },
    statFile: (file) => ({
      kind: "file",
      lengthBytes: files[file]?.byteLength ?? 0,
    }),
  };
}

/** Answers each read of the folder a turn later; `fail` makes the reads from that one on fail. */
function lateSource(fail = Infinity): CheckSource & { readonly open: number } {
  const folder = folderSource(readOnlyDisk);
  let open = 0;
  let reads = 0;
  return {
    get open() {
      return open;
    },
    openRun(run) {
      const source = folder.openRun(run);
      open += 1;
      return {
        verdicts: source.verdicts,
        unreadable: source.unreadable,
        async read(position, target) {
          await Promise.resolve();
          if (++reads >= fail) throw new Error("the store is gone");
          return source.read(position, target);
        },
        close() {
          open -= 1;
          source.close();
        },
      };
    },
  };
}

for (const bufferBytes of [64, 7]) {
  test(`a source that answers late gives the same verdicts, with a buffer of ${bufferBytes} bytes`, async (t) => {
    const { torrent, content, pathOf } = pieces16(t);
    const bytes = content.slice(0, 30);
    bytes[17] = (bytes[17] ?? 0) + 1;
    writeFileSync(pathOf("a"), bytes);
    const run = new CheckPlan(torrent, () => Number.MAX_SAFE_INTEGER).takeRun()?.run;
    if (run === undefined) throw new Error("nothing to check");
    const source = lateSource();
    const { verdicts } = await checkRun(source, startSha1, run, new Uint8Array(bufferBytes));
    t.deepEqual([...verdicts], [1, 0, 1, 1, 1, 1]);
    t.is(source.open, 0);
  });
}

test("a source that fails late is closed, and its error is passed on", async (t) => {
  const { torrent } = pieces16(t);
  const run = new CheckPlan(torrent, () => Number.MAX_SAFE_INTEGER).takeRun()?.run;
  if (run === undefined) throw new Error("nothing to check");
  const source = lateSource(2);
  const checked = async () => await checkRun(source, startSha1, run, new Uint8Array(64));
  await t.throwsAsync(checked, { message: "the store is gone" });
  t.is(source.open, 0);
});

for (const bufferBytes of [32_768, 16_384, 5 * 16_384]) {
  test(`case 24: nodes leave padding out, and a SHA-1 that differs has its own verdict, with a buffer of ${bufferBytes} bytes`, (t) => {
    const pieceLengthBytes = 32_768;
    const lengths = { a: 40_000, pad: 25_536, b: 5 };
    const { torrent, content, pathOf } = folderWith(t, lengths, pieceLengthBytes);
    const padded = content.slice().fill(0, 40_000, 65_536);
    const files = torrent.files.map((file, at) => ({ ...file, isPadding: at === 1 }));
    const verdictsOf = (algorithm: "merkle" | "hybrid", wrong?: "node" | "sha1") => {
      const rule = { algorithm, pieceLayer: 1 };
      const digests = [32_768, 7_232, 5].map((dataBytes, piece) => {
        const bytes = padded.subarray(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes);
        const digest = digestPiece(rule, bytes, dataBytes, (all) => sha1(all));
        const at = { node: 31, sha1: 32 }[wrong ?? "node"];
        if (wrong !== undefined && piece === 1) digest[at] = (digest[at] ?? 0) ^ 1;
        return digest;
      });
      const hashes = new PieceHashes(algorithm, new Uint8Array(Buffer.concat(digests)), 1);
      const { run } =
        new CheckPlan({ ...torrent, files, hashes }, () => Number.MAX_SAFE_INTEGER).takeRun() ?? {};
      if (run === undefined) throw new Error("nothing to check");
      const checked = checkRun(
        folderSource(readOnlyDisk),
        startSha1,
        run,
        new Uint8Array(bufferBytes),
      );
      if (checked instanceof Promise) throw new Error("the folder answers by a promise");
      return [...checked.verdicts];
    };
    t.deepEqual(verdictsOf("merkle"), [1, 1, 1]);
    t.deepEqual(verdictsOf("hybrid"), [1, 1, 1]);
    t.deepEqual(verdictsOf("merkle", "node"), [1, 0, 1]);
    t.deepEqual(verdictsOf("hybrid", "node"), [1, 0, 1]);
    t.deepEqual(verdictsOf("hybrid", "sha1"), [1, rightByNodeAlone, 1]);
    truncateSync(pathOf("a"), 39_999);
    t.deepEqual(verdictsOf("hybrid"), [1, 0, 1]);
  });
}
