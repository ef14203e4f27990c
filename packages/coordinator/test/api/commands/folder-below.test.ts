import { lstat, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import fc from "fast-check";
import { folderBelowRoots } from "../../../src/api/commands/folder-below.ts";

const test = anyTest as TestFn<{ readonly base: string; readonly root: string }>;
const folderBelow = folderBelowRoots({ lstat, realpath });
const outside = { code: "not-permitted" };
const unresolved = { code: "path-not-resolved" };

/**
 * base/root/{films/, in → films, out → ../beside, up → .., gone → ../nothing, loop → loop, file}
 * base/{beside/, rooted/, settings, alias → root, gone → nothing}
 */
test.beforeEach(async (t) => {
  const base = await realpath(await mkdtemp(join(tmpdir(), "troupe-roots-")));
  for (const folder of ["root/films", "beside", "rooted"])
    await mkdir(join(base, folder), { recursive: true });
  await writeFile(join(base, "settings"), "");
  await writeFile(join(base, "root/file"), "");
  for (const [link, target] of [
    ["root/in", "films"],
    ["root/out", "../beside"],
    ["root/up", ".."],
    ["root/gone", "../nothing"],
    ["root/loop", "loop"],
    ["alias", "root"],
    ["gone", "nothing"],
  ] as const)
    await symlink(target, join(base, link));
  t.context = { base, root: join(base, "root") };
});

test.afterEach.always(async (t) => {
  await rm(t.context.base, { recursive: true });
});

test("paths below a root are resolved, also those that do not exist yet", async (t) => {
  const { base, root } = t.context;
  for (const [path, real] of [
    ["films", "root/films"],
    ["films/new/deep.mkv", "root/films/new/deep.mkv"],
    ["in/new", "root/films/new"],
    [".", "root"],
    ["", "root"],
    ["films//./x/", "root/films/x"],
    [join(base, "root/in"), "root/films"],
    ["...", "root/..."],
    ["..x", "root/..x"],
  ] as const)
    t.is(await folderBelow(path, [root]), join(base, real), path);
});

test("paths that lead out of every root are refused", async (t) => {
  const { base, root } = t.context;
  for (const path of [
    "..",
    "../beside",
    "films/../../beside",
    "films/..",
    String.raw`films\..\..\beside`,
    "out",
    "out/new",
    "up",
    "up/beside",
    "/",
    "/etc/passwd",
    join(base, "beside"),
    join(base, "rooted"),
    join(base, "nowhere/gone"),
    join(base, "gone/new"),
    join(base, "settings/x"),
    "a\0b",
    "x".repeat(4_097),
  ])
    await t.throwsAsync(folderBelow(path, [root]), outside, path.slice(0, 20));
  await t.throwsAsync(folderBelow(root, []), outside);
});

test("a path that leads elsewhere by its text is refused before the disk is touched", async (t) => {
  let calls = 0;
  const count = (): Promise<never> => {
    calls++;
    return Promise.reject(Object.assign(new Error("x"), { code: "ENOENT" }));
  };
  const counted = folderBelowRoots({ lstat: count, realpath: count });
  for (const path of ["/hung/disk", "../x", "/roots", "/root/../hung", "/root/a\0"])
    await t.throwsAsync(counted(path, ["/root"]), outside, path);
  t.is(calls, 0);
  await t.throwsAsync(counted("/root/x", ["/root"]), outside);
  t.true(calls > 0);
});

test("a link to nothing, a ring of links and a file as a folder are not resolved", async (t) => {
  const { root } = t.context;
  for (const path of ["gone", "gone/new", "loop", "file/new"])
    await t.throwsAsync(folderBelow(path, [root]), unresolved, path);
});

test("a fault behind a link that leads elsewhere is not told", async (t) => {
  const { base, root } = t.context;
  await symlink("nothing", join(base, "beside/gone"));
  await writeFile(join(base, "beside/file"), "");
  for (const path of ["out/gone", "out/gone/new", "out/file/new", "up/root/out/gone"])
    await t.throwsAsync(folderBelow(path, [root]), outside, path);
  for (const path of ["up/root/gone", "up/root/file/new"])
    await t.throwsAsync(folderBelow(path, [root]), unresolved, path);
});

test("a path may be below any of the roots, also by a link from another one", async (t) => {
  const { base, root } = t.context;
  const beside = join(base, "beside");
  t.is(await folderBelow("out", [root, beside]), beside);
  t.is(await folderBelow(join(beside, "new"), [root, beside]), join(beside, "new"));
});

test("a root that is a link, or is not there yet, stands for the folder that it leads to", async (t) => {
  const { base, root } = t.context;
  const alias = join(base, "alias");
  t.is(await folderBelow("films", [alias]), join(root, "films"));
  t.is(await folderBelow(join(alias, "new"), [root, alias]), join(root, "new"));
  t.is(await folderBelow("films", [join(base, "new")]), join(base, "new/films"));
});

test("whatever a caller names stays below the root", async (t) => {
  const { root } = t.context;
  const parts = fc.oneof(
    fc.string(),
    fc.constantFrom("..", ".", "", "in", "out", "up", "films", "gone", "file", "\\"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(parts), fc.boolean(), async (names, isAbsolute) => {
      const path = isAbsolute ? `${root}/${names.join("/")}` : names.join("/");
      const result = await folderBelow(path, [root]).catch(() => undefined);
      t.true(result === undefined || result === root || result.startsWith(`${root}/`));
    }),
  );
});

test("callers share the question about a path while the disk does not answer", async (t) => {
  const answers: PromiseWithResolvers<string>[] = [];
  const below = folderBelowRoots({
    lstat: () => Promise.reject(new Error("not asked")),
    realpath: (path) => {
      if (path === "/root") return Promise.resolve(path);
      const answer = Promise.withResolvers<string>();
      answers.push(answer);
      return answer.promise;
    },
  });
  const all = Array.from({ length: 5 }, () => below("films", ["/root"]));
  t.is(answers.length, 1);
  answers[0]?.resolve("/root/films");
  t.deepEqual(new Set(await Promise.all(all)), new Set(["/root/films"]));
  const later = below("films", ["/root"]);
  t.is(answers.length, 2);
  answers[1]?.resolve("/root/other");
  t.is(await later, "/root/other");
});

test("four looks at a disk that does not answer are under way, whatever callers ask for", async (t) => {
  let asked = 0;
  const below = folderBelowRoots({
    lstat: () => Promise.reject(new Error("not asked")),
    realpath: () => {
      asked++;
      return new Promise(() => undefined);
    },
  });
  for (let count = 0; count < 20; count++) void below(`films ${count}`, ["/root"]);
  await Promise.resolve();
  t.is(asked, 4);
});
