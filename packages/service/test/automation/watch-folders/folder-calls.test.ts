// Real files: what lies in a watch folder is not always a torrent.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { buildTorrent } from "../../../../../test/support/service/named-torrent.ts";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import {
  finishFile,
  readWatched,
  scanFolder,
} from "../../../src/automation/watch-folders/folder-calls.ts";
import type { FileFacts } from "../../../src/automation/watch-folders/watched-file.ts";
import { makeFifos } from "../../../../../test/support/files/fifo.ts";

const bytes = buildTorrent("a film", "http://127.0.0.1:1/announce");
const link = `magnet:?xt=urn:btih:${"ab".repeat(20)}`;
/** A user without rights. */
const nobody = 65_534;
const onUnix = process.platform === "win32" ? test.skip : test;

function factsOf(folder: string, name: string): FileFacts {
  const facts = scanFolder(folder).files.find((file) => file.name === name);
  if (facts === undefined) throw new Error(`${name} is not seen`);
  return facts;
}

test("H01: torrents and magnet links are seen by their names, hidden and other files are not", (t) => {
  using folder = temporaryFolder("watch");
  const names = [
    "a.torrent",
    "B.TORRENT",
    "c.magnet",
    ".d.torrent",
    "e.torrent.added",
    "f.part",
    "torrent",
  ];
  for (const name of names) writeFileSync(join(folder.path, name), "x");
  const { files, isCut } = scanFolder(folder.path);
  t.deepEqual(files.map(({ name }) => name).toSorted(), ["B.TORRENT", "a.torrent", "c.magnet"]);
  t.false(isCut);
});

test("H01: a torrent and a magnet link are read", (t) => {
  using folder = temporaryFolder("watch");
  writeFileSync(join(folder.path, "a.torrent"), bytes);
  writeFileSync(join(folder.path, "b.magnet"), `\n${link}\r\n`);
  const torrent = readWatched(folder.path, factsOf(folder.path, "a.torrent"));
  t.deepEqual(torrent, { kind: "torrent", bytes: new Uint8Array(bytes) });
  t.deepEqual(readWatched(folder.path, factsOf(folder.path, "b.magnet")), { kind: "magnet", link });
});

test("a file that is no torrent, and a text that is no magnet link, are refused with a reason", (t) => {
  using folder = temporaryFolder("watch");
  for (const [name, text] of [
    ["a.torrent", "no torrent"],
    ["b.torrent", bytes.subarray(0, bytes.length - 1)],
    ["c.magnet", "/etc/passwd"],
    ["d.magnet", "http://127.0.0.1/x.torrent"],
    ["e.magnet", `${link}\n${link}`],
    ["f.magnet", "m".repeat(100_000)],
  ] as const) {
    writeFileSync(join(folder.path, name), text);
    const content = readWatched(folder.path, factsOf(folder.path, name));
    t.is(content.kind, "refused", name);
  }
});

onUnix("a FIFO, a device, links and a folder are refused without being opened", async (t) => {
  using folder = temporaryFolder("watch");
  using elsewhere = temporaryFolder("elsewhere");
  const target = join(elsewhere.path, "secret.torrent");
  writeFileSync(target, bytes);
  const names = [
    "fifo.torrent",
    "link.torrent",
    "device.torrent",
    "loop.torrent",
    "folder.torrent",
  ];
  await makeFifos(join(folder.path, "fifo.torrent"));
  symlinkSync(target, join(folder.path, "link.torrent"));
  symlinkSync("/dev/zero", join(folder.path, "device.torrent"));
  symlinkSync("loop.torrent", join(folder.path, "loop.torrent"));
  mkdirSync(join(folder.path, "folder.torrent"));
  t.deepEqual(
    scanFolder(folder.path)
      .files.map(({ name }) => name)
      .toSorted(),
    names.toSorted(),
  );
  for (const name of names)
    t.deepEqual(readWatched(folder.path, factsOf(folder.path, name)), {
      kind: "refused",
      reason: "it is no regular file",
    });
});

onUnix(
  "a file that becomes a FIFO, a link or another file after its scan is not read",
  async (t) => {
    using folder = temporaryFolder("watch");
    const path = join(folder.path, "a.torrent");
    const other = join(folder.path, "other");
    const scanned = (): FileFacts => {
      writeFileSync(path, bytes);
      return factsOf(folder.path, "a.torrent");
    };
    const one = scanned();
    renameSync(path, other);
    symlinkSync(other, path);
    t.throws(() => readWatched(folder.path, one), { code: "ELOOP" });
    renameSync(other, path);
    const two = scanned();
    await makeFifos(other);
    renameSync(other, path);
    t.deepEqual(readWatched(folder.path, two), { kind: "changed" });
    rmSync(path);
    const three = scanned();
    writeFileSync(other, bytes);
    renameSync(other, path);
    t.deepEqual(readWatched(folder.path, three), { kind: "changed" });
    const four = scanned();
    truncateSync(path, 3);
    t.deepEqual(readWatched(folder.path, four), { kind: "changed" });
  },
);

test("a file of 33 MiB is refused by its length", (t) => {
  using folder = temporaryFolder("watch");
  const path = join(folder.path, "a.torrent");
  writeFileSync(path, bytes);
  truncateSync(path, 33 * 1_024 ** 2);
  const content = readWatched(folder.path, factsOf(folder.path, "a.torrent"));
  t.deepEqual(content, { kind: "refused", reason: "it has 34603008 bytes; 33554432 are allowed" });
});

onUnix("a file that cannot be read is an error with its code", (t) => {
  using folder = temporaryFolder("watch");
  const path = join(folder.path, "a.torrent");
  writeFileSync(path, bytes);
  chmodSync(path, 0);
  chmodSync(folder.path, 0o755);
  const facts = factsOf(folder.path, "a.torrent");
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(nobody);
  try {
    t.throws(() => readWatched(folder.path, facts), { code: "EACCES" });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test("H01: a file that was added gets a suffix, moves or is removed, and no other file is lost", (t) => {
  using folder = temporaryFolder("watch");
  using elsewhere = temporaryFolder("elsewhere");
  const make = (text: string): FileFacts => {
    writeFileSync(join(folder.path, "a.torrent"), text);
    return factsOf(folder.path, "a.torrent");
  };
  finishFile(folder.path, make("1"), { act: "rename" });
  finishFile(folder.path, make("2"), { act: "rename" });
  t.deepEqual(readdirSync(folder.path).toSorted(), ["a.torrent.added", "a.torrent.added.1"]);
  t.is(readFileSync(join(folder.path, "a.torrent.added"), "utf8"), "1");
  const move = { act: "move", to: elsewhere.path } as const;
  finishFile(folder.path, make("3"), move);
  finishFile(folder.path, make("4"), move);
  t.deepEqual(readdirSync(elsewhere.path).toSorted(), ["a.torrent", "a.torrent.1"]);
  finishFile(folder.path, make("5"), { act: "delete" });
  t.false(existsSync(join(folder.path, "a.torrent")));
});

test("a file that was replaced since stays, and so does its name", (t) => {
  using folder = temporaryFolder("watch");
  const path = join(folder.path, "a.torrent");
  writeFileSync(path, "1");
  const facts = factsOf(folder.path, "a.torrent");
  writeFileSync(path, "22");
  utimesSync(path, 1, 1);
  for (const act of ["rename", "delete"] as const) finishFile(folder.path, facts, { act });
  t.is(readFileSync(path, "utf8"), "22");
  finishFile(folder.path, { ...facts, name: "gone.torrent" }, { act: "delete" });
  t.deepEqual(readdirSync(folder.path), ["a.torrent"]);
});

test("a folder that is gone is an error with its code", (t) => {
  t.throws(() => scanFolder("/nowhere/at/all"), { code: "ENOENT" });
});
