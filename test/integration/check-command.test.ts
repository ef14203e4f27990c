// `troupe check` on real files, and links and executable files of a download (BEP 47).

import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import bencode from "bencode";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { v2Torrent, writeV2Files } from "../support/hashes/v2-torrent.ts";
import { Command, runCommand } from "../support/programs/command.ts";

const pieceLengthBytes = 16_384;
const content = Buffer.from(
  Array.from({ length: 5 * pieceLengthBytes }, (_, at) => (at * 7) % 251),
);

function hashesOf(bytes: Buffer): Uint8Array {
  const pieces = Math.ceil(bytes.length / pieceLengthBytes);
  return Buffer.concat(
    Array.from({ length: pieces }, (_, piece) =>
      createHash("sha1")
        .update(bytes.subarray(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes))
        .digest(),
    ),
  );
}

test.serial(
  "troupe check names wrong, missing and foreign files, and foreign files alone are no fault",
  async (t) => {
    using folder = temporaryFolder("check");
    const torrent = join(folder.path, "job.torrent");
    const files = [
      { path: ["a"], lengthBytes: 2 * pieceLengthBytes },
      { path: ["sub", "b"], lengthBytes: 2 * pieceLengthBytes },
      { path: ["c"], lengthBytes: pieceLengthBytes },
      { path: ["empty"], lengthBytes: 0 },
    ];
    const pieceHashes = hashesOf(content);
    writeFileSync(torrent, encodeTorrent({ name: "job", pieceLengthBytes, pieceHashes, files }));
    const data = join(folder.path, "data");
    mkdirSync(join(data, "job", "sub"), { recursive: true });
    let at = 0;
    for (const { path, lengthBytes } of files) {
      writeFileSync(join(data, "job", ...path), content.subarray(at, at + lengthBytes));
      at += lengthBytes;
    }
    const check = async (...words: readonly string[]) =>
      await runCommand(["check", torrent, "--dir", data, ...words]);

    writeFileSync(join(data, "job", "sub", "foreign.txt"), "x");
    const whole = await check();
    t.is(whole.status, 0, whole.stderr);
    t.is(
      whole.stdout,
      `1 file that the torrent does not name:
  job/sub/foreign.txt
job: complete, 80.0 KiB, 5 pieces in ${data}
`,
    );

    rmSync(join(data, "job", "empty"));
    const lacking = await check();
    t.is(lacking.status, 3);
    t.regex(lacking.stdout, /no file +0 B +- +- +job\/empty/);
    t.regex(lacking.stdout, /job: incomplete, 1 file without bytes is missing in /);

    rmSync(join(data, "job", "c"));
    writeFileSync(join(data, "job", "a"), content.subarray(0, 2 * pieceLengthBytes).toReversed());
    using bad = new Command(["check", torrent, "--dir", data, "--json-events", "checked"]);
    const end = await bad.ended;
    t.is(end.status, 3);
    const [line] = end.stdout.split("\n").map((text) => (text === "" ? {} : JSON.parse(text)));
    t.like(line, {
      passed: 2,
      failedPieces: [0, 1, 4],
      missingPieces: [4],
      foreignFiles: ["job/sub/foreign.txt"],
      foreignCount: 1,
      foreignIsPartial: false,
    });
    t.deepEqual(
      (line as { files: { path: string; isThere: boolean; failedPieces: number }[] }).files.map(
        ({ failedPieces, isThere, path }) => [path, isThere, failedPieces],
      ),
      [
        ["job/a", true, 2],
        ["job/sub/b", true, 0],
        ["job/c", false, 1],
        ["job/empty", false, 0],
      ],
    );
  },
);

test.serial(
  "troupe check names the bytes of wrong pieces: the block of a torrent of version 2 where a piece is one",
  async (t) => {
    const block = 16_384;
    for (const { pieceLength, ranges } of [
      // The second block of `a.bin`, and the last one, which is short.
      {
        pieceLength: block,
        ranges: [
          [block, 2 * block - 1],
          [4 * block, 4 * block + 8],
        ],
      },
      { pieceLength: 4 * block, ranges: [[0, 4 * block + 8]] },
    ]) {
      using folder = temporaryFolder("check");
      const torrent = v2Torrent([4 * block + 9, 100], pieceLength);
      const path = join(folder.path, "v2.torrent");
      writeFileSync(path, torrent.whole);
      const bytes = Uint8Array.from(torrent.files[0]?.bytes ?? []);
      for (const at of [block + 1, 4 * block + 8]) bytes[at] = ~(bytes[at] ?? 0);
      const [first = { name: "", bytes }, ...others] = torrent.files;
      writeV2Files({ ...torrent, files: [{ ...first, bytes }, ...others] }, folder.path);
      const check = ["check", path, "--dir", folder.path];
      const { status, stdout } = await runCommand([...check, "--json-events", "checked"]);
      t.is(status, 3);
      const [line = ""] = stdout.split("\n");
      const { files } = JSON.parse(line) as { files: { failedRanges: unknown }[] };
      t.deepEqual(
        files.map(({ failedRanges }) => failedRanges),
        [ranges, []],
      );
    }
  },
);

/** A torrent with an executable file, links to it and to its folder, and hostile links. */
function linkedTorrent(): Uint8Array {
  const bytes = content.subarray(0, pieceLengthBytes + 5);
  return bencode.encode({
    info: {
      files: [
        { attr: "x", length: bytes.length, path: ["bin", "run"] },
        { attr: "l", length: 0, path: ["run"], "symlink path": ["bin", "run"] },
        { attr: "l", length: 0, path: ["deep", "folder"], "symlink path": ["bin"] },
        { attr: "l", length: 0, path: ["through"], "symlink path": ["deep", "folder", "run"] },
        { attr: "l", length: 0, path: ["out"], "symlink path": ["..", "..", "etc", "passwd"] },
        { attr: "l", length: 0, path: ["loop"], "symlink path": ["loop"] },
      ],
      name: "job",
      "piece length": pieceLengthBytes,
      pieces: hashesOf(bytes),
    },
  });
}

test.serial(
  "A18, case 15: --symlinks makes the torrent's links, --executables its modes, and by default neither is made",
  async (t) => {
    using folder = temporaryFolder("links");
    const torrent = join(folder.path, "job.torrent");
    writeFileSync(torrent, linkedTorrent());
    const data = join(folder.path, "data");
    const run = join(data, "job", "bin", "run");
    mkdirSync(join(data, "job", "bin"), { recursive: true });
    writeFileSync(run, content.subarray(0, pieceLengthBytes + 5));
    chmodSync(run, 0o644);
    const alone = ["--no-trackers", "--no-dht", "--no-lsd", "--port", "0", "--bind", "127.0.0.1"];
    const words = ["--dir", data, "--state-dir", join(folder.path, "state"), ...alone];
    const download = async (...more: readonly string[]) =>
      await runCommand([torrent, ...words, ...more]);
    const kindOf = (path: string): string => {
      const found = lstatSync(join(data, "job", path));
      return found.isSymbolicLink() ? readlinkSync(join(data, "job", path)) : `${found.size} bytes`;
    };
    const links = ["run", "deep/folder", "through", "out", "loop"];

    const plain = await download();
    t.is(plain.status, 0, plain.stderr);
    t.deepEqual(links.map(kindOf), Array(5).fill("0 bytes"));
    t.is(statSync(run).mode & 0o777, 0o644);

    for (const path of links) rmSync(join(data, "job", path));
    const linked = await download("--symlinks", "--executables");
    t.is(linked.status, 0, linked.stderr);
    t.deepEqual(links.map(kindOf), ["bin/run", "../bin", "bin/run", "0 bytes", "0 bytes"]);
    t.is(statSync(run).mode & 0o777, 0o755);
    t.deepEqual(readFileSync(join(data, "job", "through")), readFileSync(run));

    const check = await runCommand(["check", torrent, "--dir", data]);
    t.is(check.status, 0, check.stderr);
    t.notRegex(check.stdout, /does not name/);
    const again = await download("--symlinks", "--executables");
    t.is(again.status, 0, again.stderr);
    t.deepEqual(links.map(kindOf), ["bin/run", "../bin", "bin/run", "0 bytes", "0 bytes"]);
  },
);
