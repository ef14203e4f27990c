import test from "ava";
import { pathInTorrent, type ContentLayout } from "../../src/metainfo/content-layout.ts";
import { parseTorrent } from "../../src/metainfo/parse-torrent.ts";
import { folderOf, folderWithPaths, torrentWith } from "../support/torrents.ts";

const layouts = ["own", "folder", "no-folder"] as const;

function pathsOf(torrent: Uint8Array, layout: ContentLayout): string[] {
  return parseTorrent(torrent, { layout }).files.map(({ path }) => path.join("/"));
}

test("L13: each layout of a single file and of a folder", (t) => {
  const single = torrentWith({ name: "film.part1.mkv" });
  const folder = folderWithPaths(["a", "sub/b"], { name: "Album" });
  t.deepEqual(
    layouts.map((layout) => pathsOf(single, layout)),
    [["film.part1.mkv"], ["film.part1/film.part1.mkv"], ["film.part1.mkv"]],
  );
  const own = ["Album/a", "Album/sub/b"];
  t.deepEqual(
    layouts.map((layout) => pathsOf(folder, layout)),
    [own, own, ["a", "sub/b"]],
  );
});

test("L13: a single file without an extension has a folder of its name", (t) => {
  for (const name of ["film", ".hidden", "a.very-long-extension"]) {
    t.deepEqual(pathsOf(torrentWith({ name }), "folder"), [`${name}/${name}`]);
  }
});

test("L13: without their folder files are unique, and keep their names of the torrent for web seeds", (t) => {
  const torrent = folderWithPaths(["a", "A?", "A_", "a"], { name: "Album" });
  const { files } = parseTorrent(torrent, { layout: "no-folder", names: "portable" });
  t.deepEqual(
    files.map(({ path }) => path.join("/")),
    ["a", "A_", "A_.1", "a.1"],
  );
  t.deepEqual(
    files.map(({ originalPath }) => originalPath?.join("/")),
    ["Album/a", "Album/A?", "Album/A_", "Album/a"],
  );
  const [single] = parseTorrent(torrentWith({ name: "f.bin" }), { layout: "folder" }).files;
  t.deepEqual(single?.originalPath, ["f.bin"]);
});

test("L13: a layout alone gives no warning of changed names", (t) => {
  const torrent = folderWithPaths(["a", "b/c"], { name: "Album" });
  for (const layout of layouts) t.deepEqual(parseTorrent(torrent, { layout }).warnings, [], layout);
});

test("L13: padding changes no path (BEP 47)", (t) => {
  const torrent = folderOf(
    [
      { length: 10, path: ["a"] },
      { length: 6, path: [".pad", "6"], attr: "p" },
      { length: 4, path: ["b"] },
    ],
    { name: "Album" },
  );
  const { files } = parseTorrent(torrent, { layout: "no-folder" });
  t.deepEqual(
    files.filter(({ isPadding }) => !isPadding).map(({ path }) => path.join("/")),
    ["a", "b"],
  );
});

test("L13: a path in a layout names its path in the torrent", (t) => {
  const torrents = [
    ["film.part1.mkv", torrentWith({ name: "film.part1.mkv" })],
    ["Album", folderWithPaths(["a", "sub/b"], { name: "Album" })],
  ] as const;
  for (const [name, torrent] of torrents) {
    const own = pathsOf(torrent, "own");
    for (const layout of layouts) {
      const found = pathsOf(torrent, layout).map((path) => pathInTorrent(path, name, layout));
      t.deepEqual(found, own, layout);
    }
  }
});
