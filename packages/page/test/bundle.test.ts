// The size of the page as a browser gets it.

import test from "ava";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pageFiles } from "../../service/src/page/page-files.ts";
import { root } from "../../../scripts/bundle-modules.ts";
import { ownPageFolder, writePage } from "../../../scripts/page-bundle.ts";

/** Bytes of all files by gzip, with the library of graphs. */
const mostBytes = 100 * 1_024;

test("G12 all files of the page have 100 KiB by gzip at most", async (t) => {
  await writePage(ownPageFolder);
  const sizes = pageFiles.map(({ file }) => readFileSync(join(ownPageFolder, `${file}.gz`)).length);
  const sum = sizes.reduce((total, size) => total + size, 0);
  t.log(`${sum} bytes`);
  t.true(sizes.every((size) => size > 0));
  t.true(sum <= mostBytes);
});

test("G12 no file of the page names another host", (t) => {
  for (const { file } of pageFiles) {
    const text = readFileSync(join(ownPageFolder, file), "utf8");
    const hosts = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host);
    // The names of markup languages.
    const others = hosts.filter((host) => host !== "www.w3.org");
    t.deepEqual(others, [], file);
  }
});

test("G12 no source of the page makes markup of a text", (t) => {
  const sources = globSync("packages/page/src/**/*.{ts,tsx}", { cwd: root });
  t.true(sources.length > 40);
  for (const path of sources)
    t.notRegex(
      readFileSync(join(root, path), "utf8"),
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\b/i,
      path,
    );
});
