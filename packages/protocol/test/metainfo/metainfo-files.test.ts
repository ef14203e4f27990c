import test from "ava";
import { ProtocolError } from "../../src/errors.ts";
import { parseTorrent, type NameRule } from "../../src/metainfo/index.ts";
import { bytesOf } from "../support/bytes.ts";
import { refuses } from "../support/refusals.ts";
import { folderOf, folderWithPaths, torrentWith } from "../support/torrents.ts";

function pathsOf(bytes: Uint8Array, names: NameRule = "own"): string[] {
  return parseTorrent(bytes, { names }).files.map(({ path }) => path.join("/"));
}

test("one file lies in the download folder, several in a folder of the torrent's name", (t) => {
  const single = parseTorrent(torrentWith({}));
  t.true(single.isSingleFile);
  t.deepEqual(single.files, [
    { path: ["small.bin"], lengthBytes: 40_000, offset: 0, isPadding: false },
  ]);
  const folder = parseTorrent(
    folderOf([
      { length: 10, path: ["a"] },
      { length: 5, path: ["d", "b"] },
    ]),
  );
  t.false(folder.isSingleFile);
  t.deepEqual(folder.files, [
    { path: ["folder", "a"], lengthBytes: 10, offset: 0, isPadding: false },
    { path: ["folder", "d", "b"], lengthBytes: 5, offset: 10, isPadding: false },
  ]);
  t.deepEqual(folder.warnings, []);
});

test("a folder of one file is a folder", (t) => {
  const { isSingleFile, files } = parseTorrent(folderWithPaths(["only"]));
  t.false(isSingleFile);
  t.deepEqual(files[0]?.path, ["folder", "only"]);
});

test("case 14: paths that lead out of the folder are stored inside it, with a warning", (t) => {
  const bytes = folderOf([
    { length: 1, path: ["..", "..", "etc", "passwd"] },
    { length: 1, path: ["/etc/passwd"] },
    { length: 1, path: ["C:\\x"] },
    { length: 1, path: ["\\\\host\\share"] },
    { length: 1, path: ["fine"] },
  ]);
  t.deepEqual(pathsOf(bytes), [
    "folder/etc/passwd",
    "folder/etcpasswd",
    "folder/C:x",
    "folder/hostshare",
    "folder/fine",
  ]);
  t.deepEqual(parseTorrent(bytes).warnings, ["4 file paths were changed to be safe"]);
  t.deepEqual(pathsOf(bytes, "portable"), [
    "folder/etc/passwd",
    "folder/_etc_passwd",
    "folder/C__x",
    "folder/__host_share",
    "folder/fine",
  ]);
  t.deepEqual(parseTorrent(bytes, { names: "portable" }).warnings, [
    "4 file paths were changed to be safe on every system",
  ]);
});

test("a single odd file is spelt as one", (t) => {
  const bytes = folderOf([
    { length: 1, path: ["..", "a"] },
    { length: 1, path: ["b"] },
    { length: 1, path: ["b"] },
    { attr: "l", path: ["link"], "symlink path": ["a"] },
  ]);
  t.deepEqual(parseTorrent(bytes).warnings, [
    "1 file path was changed to be safe",
    "1 file was numbered: another file has the same path",
    "1 symbolic link is an empty file unless the setting symlinks is set",
  ]);
});

test("case 14: a torrent's name that leads out is made safe", (t) => {
  t.deepEqual(pathsOf(torrentWith({ name: "../../x" })), ["....x"]);
  t.deepEqual(pathsOf(torrentWith({ name: "../../x" }), "portable"), [".._.._x"]);
  for (const rule of ["own", "portable"] as const) {
    t.deepEqual(pathsOf(folderWithPaths(["a"], { name: "/" }), rule), ["_/a"]);
  }
  t.deepEqual(pathsOf(folderWithPaths(["/.", ".\\."])), ["folder/_", "folder/_.1"]);
});

test("case 15: a symbolic link has no bytes, and one that leads nowhere is an empty file", (t) => {
  const bytes = folderOf([
    { length: 4, path: ["a"] },
    { attr: "l", path: ["link"], "symlink path": ["..", "..", "etc"] },
    { attr: "lx", path: ["other"], "symlink path": 7, length: 5 },
  ]);
  const { files, warnings } = parseTorrent(bytes);
  t.deepEqual(
    files.map(({ lengthBytes }) => lengthBytes),
    [4, 0, 0],
  );
  t.deepEqual(warnings, ["2 symbolic links lead to no file of the torrent and are empty files"]);
});

test("case 20: files of equal paths get unique names, with a warning", (t) => {
  const bytes = folderWithPaths(["a", "A", "a/b", "x"]);
  t.deepEqual(pathsOf(bytes), ["folder/a.1", "folder/A", "folder/a/b", "folder/x"]);
  t.deepEqual(pathsOf(bytes, "portable"), ["folder/a.1", "folder/A.2", "folder/a/b", "folder/x"]);
  t.deepEqual(parseTorrent(bytes, { names: "portable" }).warnings, [
    "2 files were numbered: another file has the same path",
  ]);
});

test("case 20: 100,000 files of one name are refused", (t) => {
  const files = Array.from({ length: 100_000 }, () => ({ length: 1, path: ["a"] }));
  refuses(t, "torrent-limit", () => parseTorrent(folderOf(files)));
});

test("case 21: padding needs no path", (t) => {
  const { files } = parseTorrent(
    folderOf([
      { length: 10, path: ["a"] },
      { attr: "p", length: 6 },
    ]),
  );
  t.like(files[1], { lengthBytes: 6, isPadding: true });
});

test("case 21: padding files stay in the list, with any name, any number of times", (t) => {
  const bytes = folderOf([
    { length: 10, path: ["a"] },
    { attr: "p", length: 6, path: [".pad", "6"] },
    { length: 10, path: ["b"] },
    { attr: "p", length: 6, path: [".pad", "6"] },
  ]);
  const { files, geometry, warnings } = parseTorrent(bytes);
  t.deepEqual(
    files.map(({ isPadding }) => isPadding),
    [false, true, false, true],
  );
  t.deepEqual(
    files.map(({ offset }) => offset),
    [0, 10, 16, 26],
  );
  t.is(geometry.totalBytes, 32);
  t.deepEqual(warnings, []);
});

test("case 21: empty files stay in the list", (t) => {
  const bytes = folderOf([
    { length: 0, path: ["empty"] },
    { length: 1, path: ["a"] },
    { length: 0, path: ["end"] },
  ]);
  t.deepEqual(
    parseTorrent(bytes).files.map(({ offset, lengthBytes }) => [offset, lengthBytes]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
    ],
  );
});

test("case 21: an empty path gets a name", (t) => {
  const bytes = folderOf([
    { length: 1, path: [] },
    { length: 1, path: [""] },
    { length: 1, path: ["."] },
    { length: 1, path: ["..", ""] },
  ]);
  t.deepEqual(pathsOf(bytes), ["folder/_", "folder/_.1", "folder/_.2", "folder/_.3"]);
});

test("case 21: an empty name becomes the info-hash", (t) => {
  for (const name of ["", ".", ".."]) {
    const { infoHash, files } = parseTorrent(torrentWith({ name }));
    t.deepEqual(files[0]?.path, [infoHash]);
  }
});

test("names in UTF-8 win over names in another encoding", (t) => {
  const latin1 = bytesOf("gr\xf6\xdfe");
  const { name, files } = parseTorrent(
    folderOf([{ length: 1, path: [latin1], "path.utf-8": ["größe"] }], {
      name: latin1,
      "name.utf-8": "Größe",
    }),
  );
  t.is(name, "Größe");
  t.deepEqual(files[0]?.path, ["Größe", "größe"]);
  t.deepEqual(parseTorrent(torrentWith({ name: latin1 })).name, "gr__e");
});

test("case 23: 10,000 folders inside each other are refused", (t) => {
  const names = (count: number) => [{ length: 1, path: Array.from({ length: count }, () => "d") }];
  t.is(parseTorrent(folderOf(names(99))).files[0]?.path.length, 100);
  refuses(t, "torrent-limit", () => parseTorrent(folderOf(names(100))));
  refuses(t, "torrent-limit", () => parseTorrent(folderOf(names(10_000))));
});

test("case 23: 100,000 files are read, each in its place", (t) => {
  const paths = Array.from({ length: 100_000 }, (_, i) => `d${i % 100}/f${i}`);
  const { files, warnings } = parseTorrent(folderWithPaths(paths));
  t.is(files.length, 100_000);
  t.deepEqual(files[54_321], {
    path: ["folder", "d21", "f54321"],
    lengthBytes: 1,
    offset: 54_321,
    isPadding: false,
  });
  t.deepEqual(warnings, []);
});

test("a torrent with both a length and files has files, with a warning", (t) => {
  const { isSingleFile, warnings } = parseTorrent(folderWithPaths(["a"], { length: 7 }));
  t.false(isSingleFile);
  t.deepEqual(warnings, ['the torrent has both "length" and "files": "files" is used']);
});

const refusedFile = test.macro((t, file: unknown, field: string) => {
  for (const at of [0, 2]) {
    const good: readonly unknown[] = [
      { length: 1, path: ["a"] },
      { length: 1, path: ["b"] },
    ];
    const bytes = folderOf(good.toSpliced(at, 0, file), { pieces: new Uint8Array(20) });
    const error = t.throws<ProtocolError>(() => parseTorrent(bytes), { instanceOf: ProtocolError });
    t.is(error.details["field"], `info.files.${at}${field}`);
  }
});

for (const [file, field] of [
  [1, ""],
  ["a", ""],
  [[], ""],
  [{ path: ["x"] }, ".length"],
  [{ length: "1", path: ["x"] }, ".length"],
  [{ length: [], path: ["x"] }, ".length"],
  [{ length: -1, path: ["x"] }, ".length"],
  [{ length: 2 ** 53, path: ["x"] }, ".length"],
  [{ length: 1 }, ".path"],
  [{ length: 1, path: "x" }, ".path"],
  [{ length: 1, path: 1 }, ".path"],
  [{ length: 1, path: {} }, ".path"],
  [{ length: 1, path: [1] }, ".path"],
  [{ length: 1, path: [[]] }, ".path"],
] as const) {
  test(
    `case 12: the file ${JSON.stringify(file)} is refused by the name of its field`,
    refusedFile,
    file,
    field,
  );
}

test("case 22: lengths that add up to more than 2⁵³ are refused", (t) => {
  const files = Array.from({ length: 3 }, (_, i) => ({ length: 2 ** 52, path: [`f${i}`] }));
  const error = refuses(t, "field-invalid", () =>
    parseTorrent(folderOf(files, { pieces: new Uint8Array(20) })),
  );
  t.is(error.details["field"], "info.files");
});
