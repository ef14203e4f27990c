import { lstat, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { isWithin, pathLinks, realPathOf, type PathLinks } from "../../../src/io/disk/real-path.ts";

test("a folder holds itself and what is below it, and nothing whose name only begins like its own", (t) => {
  for (const path of ["/a/b", "/a/b/c", "/a/b/..c", "/a/b/..."])
    t.true(isWithin(path, "/a/b"), path);
  for (const path of ["/a", "/", "/a/bc", "/a/c"]) t.false(isWithin(path, "/a/b"), path);
});

test("at most 64 parts of a path may be missing, and a longer path takes few questions", async (t) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "real-path-")));
  t.teardown(() => rm(folder, { recursive: true }));
  const disk = pathLinks({ lstat, realpath });
  let calls = 0;
  const counting: PathLinks = {
    realPath: (path) => {
      calls++;
      return disk.realPath(path);
    },
    isLink: disk.isLink,
  };
  const most = join(folder, "x/".repeat(63), "x");
  t.deepEqual(await realPathOf(most, counting), { kind: "found", path: most });
  const more = await realPathOf(join(most, "x"), counting);
  t.like(more, { kind: "fault", fault: "more than 64 of its entries are missing", prefix: folder });
  calls = 0;
  t.like(await realPathOf(join(folder, "x/".repeat(1_900)), counting), { prefix: undefined });
  t.true(calls < 300);
});

test("an error of the system is a fault with its code", async (t) => {
  const refuse = () => Promise.reject(Object.assign(new Error("x"), { code: "EACCES" }));
  const result = await realPathOf("/a", pathLinks({ lstat: refuse, realpath: refuse }));
  t.deepEqual(result, { kind: "fault", fault: "EACCES", prefix: undefined });
  const nothing = {
    realPath: () => Promise.resolve(undefined),
    isLink: () => Promise.resolve(false),
  };
  t.like(await realPathOf("/a", nothing), { fault: "nothing of it exists" });
});
