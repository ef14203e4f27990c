import test from "ava";
import fc from "fast-check";
import {
  fileTree,
  firstOpen,
  priorityChanges,
  wantedChanges,
  type FolderNode,
  type GivenFile,
  type TreeNode,
} from "../../src/details/file-tree.ts";

const { compare } = new Intl.Collator("en", { numeric: true });

function file(torrentPath: string, more: Partial<GivenFile> = {}): GivenFile {
  return { torrentPath, lengthBytes: 10, haveBytes: 5, priority: 1, isPadding: false, ...more };
}

/** A line each, with dots for its level: `..name 10`. */
function picture(node: TreeNode, level = 0): string[] {
  const line = `${".".repeat(level)}${node.name} ${node.lengthBytes}`;
  if (node.kind === "file") return [line];
  const children = node.children.flatMap((child) => picture(child, level + 1));
  return level === 0 ? children : [line, ...children];
}

/** Indexes of the files in and below a line. */
function filesIn(node: TreeNode): readonly number[] {
  return node.kind === "file" ? [node.file] : node.children.flatMap(filesIn);
}

test("G12: files are a tree of folders, folders first, in the order of their numbers", (t) => {
  const files = [
    file("a/part 10.mkv"),
    file("a/part 2.mkv"),
    file("a/z/sub.srt"),
    file("a/.pad/7", { isPadding: true }),
    file("b.txt"),
  ];
  const tree = fileTree(files, compare);
  t.deepEqual(picture(tree), [
    ".a 30",
    "..z 10",
    "...sub.srt 10",
    "..part 2.mkv 10",
    "..part 10.mkv 10",
    ".b.txt 10",
  ]);
  t.like(tree, { files: 4, wantedFiles: 4, lengthBytes: 40, haveBytes: 20, priority: 1 });
});

test("G12: a folder has the priority of its wanted files where they agree", (t) => {
  const tree = fileTree(
    [
      file("same/a", { priority: 6 }),
      file("same/b", { priority: 6 }),
      file("same/c", { priority: 0 }),
      file("mixed/a", { priority: 1 }),
      file("mixed/b", { priority: 6 }),
      file("none/a", { priority: 0 }),
    ],
    compare,
  );
  const folders = tree.children.map((child) => child as FolderNode);
  t.deepEqual(
    folders.map(({ name, priority, wantedFiles }) => [name, priority, wantedFiles]),
    [
      ["mixed", undefined, 2],
      ["none", undefined, 0],
      ["same", 6, 2],
    ],
  );
});

test("G12: each file is in the tree once, by its index in the torrent", (t) => {
  const path = fc
    .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 })
    .map((names) => names.join("/"));
  fc.assert(
    fc.property(fc.array(path, { maxLength: 40 }), (paths) => {
      const given = paths.map((each, index) => file(`${each}/${index}`, { haveBytes: index }));
      const tree = fileTree(given, compare);
      t.deepEqual(
        [...filesIn(tree)].toSorted((one, other) => one - other),
        given.map((_, index) => index),
      );
      t.is(
        tree.haveBytes,
        given.reduce((sum, { haveBytes }) => sum + haveBytes, 0),
      );
    }),
  );
});

test("G12: changes name only the files that change", (t) => {
  const tree = fileTree([file("d/a", { priority: 0 }), file("d/b", { priority: 7 })], compare);
  t.deepEqual(wantedChanges(tree, true), [{ file: 0, priority: 1 }]);
  t.deepEqual(wantedChanges(tree, false), [{ file: 1, priority: 0 }]);
  t.deepEqual(priorityChanges(tree, 6), [{ file: 1, priority: 6 }]);
  t.deepEqual(priorityChanges(tree, 7), []);
});

test("G12: folders that lead to the first choice are open at first", (t) => {
  t.deepEqual(firstOpen(fileTree([file("a/b/c"), file("a/b/d")], compare)), ["a", "a/b"]);
  t.deepEqual(firstOpen(fileTree([file("a/b/c"), file("d")], compare)), []);
});
