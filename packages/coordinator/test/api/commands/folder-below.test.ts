import { lstat, mkdir, realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { folderBelowRoots } from "../../../src/api/commands/folder-below.ts";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";

const folderBelow = folderBelowRoots({ lstat, realpath });
const refused = { code: "not-permitted" };

test("a folder that is a root, or below one, is found, there or not", async (t) => {
  using top = temporaryFolder();
  const root = await realpath(top.path);
  const other = join(root, "other");
  for (const path of [root, join(root, "new"), join(root, "new", "deep"), `${root}/a/../b`])
    t.is(await folderBelow(path, ["/nowhere", root]), join(path, "."));
  t.is(await folderBelow("films", [other, root]), join(other, "films"));
});

test("a folder outside of the roots is refused, whatever way leads to it", async (t) => {
  using top = temporaryFolder();
  const root = join(await realpath(top.path), "root");
  await mkdir(root);
  const ways = ["/", "/etc", `${root}-2`, join(root, ".."), "../x", `${root}/a/../../x`];
  for (const path of ways) await t.throwsAsync(folderBelow(path, [root]), refused, path);
  await t.throwsAsync(folderBelow(root, []), refused);
});

test("links are followed: one that leads out is refused, also in the middle, and one to nothing", async (t) => {
  using top = temporaryFolder();
  const folder = await realpath(top.path);
  const root = join(folder, "root");
  await mkdir(join(root, "real"), { recursive: true });
  await symlink(folder, join(root, "out"));
  await symlink(join(root, "real"), join(root, "in"));
  await symlink(join(folder, "nothing"), join(root, "dangling"));
  t.is(await folderBelow("in/new", [root]), join(root, "real", "new"));
  for (const path of ["out", "out/new", "out/root/../x"])
    await t.throwsAsync(folderBelow(path, [root]), refused, path);
  for (const path of ["dangling", "dangling/new"])
    await t.throwsAsync(folderBelow(path, [root]), { code: "ENOENT" }, path);
});

test("a root that is a link, or is not there yet, stands for the folder that it leads to", async (t) => {
  using top = temporaryFolder();
  const folder = await realpath(top.path);
  await mkdir(join(folder, "real"));
  await symlink(join(folder, "real"), join(folder, "link"));
  t.is(await folderBelow("films", [join(folder, "link")]), join(folder, "real", "films"));
  t.is(await folderBelow("films", [join(folder, "new")]), join(folder, "new", "films"));
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
