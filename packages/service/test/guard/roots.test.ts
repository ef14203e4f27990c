import { mkdir, mkdtemp, realpath, rm, symlink, lstat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import { pathLinks, type PathLinks } from "@troupe/actor-runtime";
import { openRoot, type GuardedPaths, type Root } from "../../src/guard/roots.ts";
import { allowed, refused } from "../support/refused.ts";

const test = anyTest as TestFn<{ readonly base: string }>;

const diskLinks = pathLinks({ lstat, realpath });

function guardedIn(base: string): GuardedPaths {
  return {
    homeFolders: [join(base, "home/user")],
    stateFolder: join(base, "home/user/state"),
    settingsFile: join(base, "etc/troupe/settings.yaml"),
  };
}

/**
 * base/root/{films/, in → films, out → ../beside, up → .., gone → ../nothing, loop → loop, file}
 * base/{beside/, rooted/, home/user/{state, media}/, etc/troupe/settings.yaml, alias → root, to-state → home/user, gone → nothing}
 */
test.beforeEach(async (t) => {
  const base = await realpath(await mkdtemp(join(tmpdir(), "troupe-roots-")));
  for (const folder of [
    "root/films",
    "beside",
    "rooted",
    "home/user/state",
    "home/user/media",
    "etc/troupe",
  ])
    await mkdir(join(base, folder), { recursive: true });
  await writeFile(join(base, "etc/troupe/settings.yaml"), "");
  await writeFile(join(base, "root/file"), "");
  for (const [link, target] of [
    ["root/in", "films"],
    ["root/out", "../beside"],
    ["root/up", ".."],
    ["root/gone", "../nothing"],
    ["root/loop", "loop"],
    ["alias", "root"],
    ["to-state", "home/user"],
    ["gone", "nothing"],
  ] as const)
    await symlink(target, join(base, link));
  t.context = { base };
});

test.afterEach.always(async (t) => {
  await rm(t.context.base, { recursive: true });
});

test("a root must not hold a home folder, the state folder or the settings file, nor lie in the state folder", async (t) => {
  const { base } = t.context;
  const guarded = guardedIn(base);
  for (const folder of [
    "/",
    base,
    join(base, "home"),
    join(base, "home/user"),
    join(base, "home/user/state"),
    join(base, "home/user/state/downloads"),
    join(base, "etc"),
    join(base, "etc/troupe"),
    join(base, "to-state"),
  ])
    refused(t, await openRoot(folder, guarded, diskLinks), "root-not-allowed", 400);
  for (const folder of ["home/user/media", "beside", "alias"])
    allowed(await openRoot(join(base, folder), guarded, diskLinks));
});

test("a state folder behind a link, or not made yet, is known by where it will be", async (t) => {
  const { base } = t.context;
  const guarded = {
    homeFolders: [],
    stateFolder: join(base, "alias/films/state"),
    settingsFile: undefined,
  };
  const root = join(base, "root");
  refused(t, await openRoot(root, guarded, diskLinks), "root-not-allowed", 400);
  allowed(await openRoot(join(base, "beside"), guarded, diskLinks));
});

test("a root is refused where the paths that it must not hold cannot be resolved", async (t) => {
  const { base } = t.context;
  const guarded = { ...guardedIn(base), stateFolder: join(base, "gone") };
  refused(t, await openRoot(join(base, "beside"), guarded, diskLinks), "path-not-resolved", 400);
});

test("a root that does not exist yet is opened, and one behind a link to nothing is not", async (t) => {
  const { base } = t.context;
  const guarded = guardedIn(base);
  t.is(await openRoot(join(base, "new/root"), guarded, diskLinks), join(base, "new/root") as Root);
  refused(t, await openRoot(join(base, "root/gone"), guarded, diskLinks), "path-not-resolved", 400);
});

test("a state folder or a settings file that is a link below a root is in it", async (t) => {
  const { base } = t.context;
  await symlink("../etc/troupe/settings.yaml", join(base, "root/settings.yaml"));
  await symlink("../home/user/state", join(base, "root/state"));
  const guarded = guardedIn(base);
  for (const held of [
    { settingsFile: join(base, "root/settings.yaml") },
    { stateFolder: join(base, "root/state") },
  ]) {
    const result = await openRoot(join(base, "root"), { ...guarded, ...held }, diskLinks);
    refused(t, result, "root-not-allowed", 400);
  }
});

test("a root whose links the system does not follow is refused with its code", async (t) => {
  const guarded = { homeFolders: [], stateFolder: "/state", settingsFile: undefined };
  const failing: PathLinks = {
    realPath: () => Promise.reject(Object.assign(new Error("x"), { code: "EACCES" })),
    isLink: () => Promise.resolve(false),
  };
  const result = await openRoot("/root", guarded, failing);
  t.regex(refused(t, result, "path-not-resolved", 400).message, /EACCES/);
});
