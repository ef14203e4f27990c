import test from "ava";
import { PathMap } from "../../../src/api/state-file/path-map.ts";

test("the longest beginning that is a whole folder counts", (t) => {
  const map = new PathMap([
    { from: "/data", to: "/srv" },
    { from: "/data/films/", to: "/big/films" },
  ]);
  t.is(map.map("/data"), "/srv");
  t.is(map.map("/data/a/b"), "/srv/a/b");
  t.is(map.map("/data/films/a"), "/big/films/a");
  t.is(map.map("/database"), "/database");
  t.is(map.map("data/a"), "data/a");
});

test("the root maps all paths, and is mapped to", (t) => {
  t.is(new PathMap([{ from: "/", to: "/mnt" }]).map("/a/b"), "/mnt/a/b");
  t.is(new PathMap([{ from: "/mnt", to: "/" }]).map("/mnt/a"), "/a");
});

test("paths of Windows get the separators of this machine", (t) => {
  const map = new PathMap([{ from: String.raw`D:\data`, to: "/srv" }]);
  t.is(map.map(String.raw`D:\data\a\b`), "/srv/a/b");
  t.is(map.map("D:/data/a"), "D:/data/a");
});

test("all texts and names of a value are mapped, and nothing else", (t) => {
  const map = new PathMap([{ from: "/a", to: "/b" }]);
  const value = { "/a/x": ["/a", 1, null, { directory: "/a/y", label: "a" }], n: true };
  t.deepEqual(map.mapAll(value) as unknown, {
    "/b/x": ["/b", 1, null, { directory: "/b/y", label: "a" }],
    n: true,
  });
});

test("a path that is not absolute, and one that is mapped twice, are refused", (t) => {
  const refused = (...paths: ConstructorParameters<typeof PathMap>[0]) =>
    t.throws(() => new PathMap(paths), { code: "option-out-of-range" });
  refused({ from: "a", to: "/b" });
  refused({ from: "/a", to: "b" });
  refused({ from: "/a", to: "/b" }, { from: "/a/", to: "/c" });
});
