import { safePath, uniquePaths } from "@troupe/protocol/metainfo";

import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { holdPath } from "./parse-torrent.ts";

/** Many paths of one torrent: a line each, parts with a slash between them. */
export const uniquePathsTarget: FuzzTarget = {
  name: "unique-paths",
  oracle:
    "refused with a code, or no two files have one path and no file has that of a folder, in any case and normal form; the second time nothing changes",
  sources: ["protocol/src/metainfo/unique-paths", "protocol/src/metainfo/safe-path"],
  seeds: () =>
    [
      "a\nA\na/b\na.1",
      "x/y/z\nx/Y\nx",
      "\u00e9\ne\u0301",
      "ß\nẞ\nss\nSS",
      "\u0131\ni\nI\n\u0130",
    ].map(bytesOf),
  mutate: textMutator([
    "\n",
    "/",
    "a",
    "A",
    ".1",
    "a.1",
    "\na",
    "\na/b",
    "\u212a",
    "k",
    "ſ",
    "s",
    "ﬁ",
    "Σ",
    "ς",
  ]),
  run(input) {
    const paths = textOf(input)
      .split("\n")
      .slice(0, 3_000)
      .map((line) => safePath(line.split("/").slice(0, 90)));
    const unique = acceptedBy(() => uniquePaths(paths));
    if (unique === undefined) return;
    hold(unique.length === paths.length, "a file is lost");
    const fold = (path: readonly string[]): string =>
      path.join("/").normalize("NFC").toUpperCase().toLowerCase();
    const files = new Set(unique.map(fold));
    hold(files.size === unique.length, "two files at one path");
    for (const path of unique) {
      holdPath(path);
      for (let end = 1; end < path.length; end++) {
        hold(!files.has(fold(path.slice(0, end))), "a file in the place of a folder");
      }
    }
    hold(JSON.stringify(uniquePaths(unique)) === JSON.stringify(unique), "changes again");
  },
};
