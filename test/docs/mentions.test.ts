// Paths and options that the documents name: each of them exists.

import { existsSync } from "node:fs";
import test from "ava";
import {
  commandNames,
  optionsApart,
  optionTable,
} from "../../packages/cli/src/arguments/option-table.ts";
import {
  listTrackedFiles,
  readRepositoryFile,
  root,
  wordsInBackquotes,
} from "../support/files/repository.ts";

const files = listTrackedFiles();
const folders = new Set(files.flatMap((path) => parentsOf(path)));
const pages = files.filter((path) => path.endsWith(".md"));
const documents = files.filter((path) => /^(?:[A-Z]+|docs\/[a-z]+)\.md$/.test(path));

function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function quoted(path: string): string[] {
  return wordsInBackquotes(readRepositoryFile(path).replaceAll(/```[^]*?```/g, ""));
}

/** A file by its name, or a path below one of the folders of the repository. */
function isPath(word: string): boolean {
  if (/[\s*{}<>$:~]|NN/.test(word) || word.startsWith("/") || word.startsWith(".")) return false;
  const [first = ""] = word.split("/");
  return /^[\w./-]+\.(?:ts|mjs|md)$/.test(word) || (word.includes("/") && folders.has(first));
}

/** The whole path, or the end of one. */
function isThere(word: string): boolean {
  const path = word.replace(/\/$/, "");
  if (existsSync(new URL(path, root))) return true;
  return [...files, ...folders].some((known) => known.endsWith(`/${path}`));
}

test("every path that a document names exists", (t) => {
  const named = documents.flatMap((path) => quoted(path).filter(isPath));
  t.true(documents.length >= 10 && named.length > 60, `${named.length} paths`);
  t.deepEqual(
    named.filter((word) => !isThere(word)),
    [],
  );
});

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): Set<string> {
  const headings = [...readRepositoryFile(path).matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test("every link of a document to a file or a heading of the repository resolves", (t) => {
  const links = pages.flatMap((path) =>
    [...readRepositoryFile(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => ({ path, target }))
      .filter(({ target }) => !/^[a-z]+:/.test(target)),
  );
  t.true(links.length > 40, `${links.length} links`);
  const broken = links.filter(({ path, target }) => {
    const { pathname, hash } = new URL(target, new URL(path, root));
    const file = pathname.slice(root.pathname.length);
    if (!existsSync(new URL(file, root))) return true;
    return hash !== "" && !anchorsOf(file).has(hash.slice(1));
  });
  t.deepEqual(
    broken.map(({ path, target }) => `${path}: ${target}`),
    [],
  );
});

test("every option that a document names exists", (t) => {
  const words = [
    "README.md",
    "docs/command.md",
    "docs/state.md",
    "docs/limits.md",
    "docs/screens.md",
    "docs/errors.md",
    "docs/service.md",
  ];
  // Lines of other programs stand in the same quotes.
  const own = words
    .flatMap(quoted)
    .filter((word) => !/^(?:rsync|docker|npm|pnpm|node) /.test(word));
  const named = own.flatMap((word) => word.match(/(?<![\w-])--[a-z-]+/g) ?? []);
  t.true(named.length > 20);
  const apart = commandNames.flatMap((command) => Object.keys(optionsApart(command)));
  const known = new Set([...Object.keys(optionTable), ...apart].map((name) => `--${name}`));
  t.deepEqual([...new Set(named.filter((option) => !known.has(option)))], []);
});
