import test from "ava";
import { contentPathOf } from "../../src/qbittorrent/content-path.ts";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { exampleRow } from "../support/example-row.ts";

const cases: readonly (readonly [title: string, row: Partial<TorrentRow>, path: string])[] = [
  ["a file", { name: "film.mkv" }, "/data/film.mkv"],
  ["a folder", { name: "film", files: 9 }, "/data/film"],
  ["the root", { directory: "/", name: "film" }, "/film"],
  [
    "a folder of Windows",
    { directory: String.raw`C:\data`, name: "film" },
    String.raw`C:\data\film`,
  ],
  [
    "a file in an added folder",
    { name: "film.mkv", settings: { layout: "folder" } },
    "/data/film/film.mkv",
  ],
  [
    "a folder, which stays",
    { name: "film", files: 2, settings: { layout: "folder" } },
    "/data/film",
  ],
  [
    "files without their folder",
    { name: "film", files: 2, settings: { layout: "no-folder" } },
    "/data",
  ],
  ["a file without a folder", { name: "a.mkv", settings: { layout: "no-folder" } }, "/data/a.mkv"],
  ["a name that leads elsewhere", { name: "../x/y" }, "/data/..xy"],
  ["a name without a meaning", { name: ".." }, "/data/_"],
  [
    "a renamed folder",
    { name: "film", files: 2, settings: { renames: [{ from: "film", to: "new/film" }] } },
    "/data/new/film",
  ],
  [
    "a folder above it that was renamed",
    {
      name: "a.mkv",
      settings: {
        layout: "folder",
        renames: [
          { from: "a", to: "b" },
          { from: "c", to: "d" },
        ],
      },
    },
    "/data/b/a.mkv",
  ],
  ["a magnet", { hasMetadata: false }, ""],
];

for (const [title, row, path] of cases)
  test(`the content path of ${title} is ${path}`, (t) => {
    t.is(contentPathOf(exampleRow(row)), path);
  });
