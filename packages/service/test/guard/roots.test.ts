import { mkdir, mkdtemp, realpath, rm, symlink, lstat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import fc from "fast-check";
import {
  openRoot,
  resolveBelowRoots,
  type GuardedPaths,
  type PathLinks,
  type Root,
} from "../../src/guard/roots.ts";
import { isRefusal } from "../../src/guard/refusal.ts";
import { allowed, refused } from "../support/refused.ts";

const test = anyTest as TestFn<{ readonly base: string; readonly root: Root }>;

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string }).code;
}

const diskLinks: PathLinks = {
  realPath: async (path) => {
    try {
      return await realpath(path);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  },
  isLink: async (path) => {
    try {
      return (await lstat(path)).isSymbolicLink();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
  },
};

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
  const root = allowed(await openRoot(join(base, "root"), guardedIn(base), diskLinks));
  t.context = { base, root };
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
    [join(base, "alias/films"), "root/films"],
    ["...", "root/..."],
    ["..x", "root/..x"],
  ] as const)
    t.is(await resolveBelowRoots(path, [root], diskLinks), join(base, real));
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
    join(base, "etc/troupe/settings.yaml/x"),
    "a\0b",
    "x".repeat(4_097),
  ])
    refused(t, await resolveBelowRoots(path, [root], diskLinks), "path-outside-roots", 403);
});

test("a link to nothing, a ring of links and a file as a folder are not resolved", async (t) => {
  const { root } = t.context;
  for (const path of ["gone", "gone/new", "loop", "file/new"])
    refused(t, await resolveBelowRoots(path, [root], diskLinks), "path-not-resolved", 400);
});

test("a path may be below any of the roots", async (t) => {
  const { base, root } = t.context;
  const beside = allowed(await openRoot(join(base, "beside"), guardedIn(base), diskLinks));
  t.is(await resolveBelowRoots("out", [root, beside], diskLinks), join(base, "beside"));
  const inBeside = join(base, "beside/new");
  t.is(await resolveBelowRoots(inBeside, [root, beside], diskLinks), inBeside);
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

test("an error of the system is a refusal with its code", async (t) => {
  const { root } = t.context;
  const failing: PathLinks = {
    realPath: (path) =>
      path === root
        ? Promise.resolve(root)
        : Promise.reject(Object.assign(new Error("x"), { code: "EACCES" })),
    isLink: () => Promise.resolve(false),
  };
  const result = await resolveBelowRoots("a", [root], failing);
  t.regex(refused(t, result, "path-not-resolved", 400).message, /EACCES/);
  const empty: PathLinks = {
    realPath: () => Promise.resolve(undefined),
    isLink: () => Promise.resolve(false),
  };
  refused(t, await resolveBelowRoots("a", [root], empty), "path-outside-roots", 403);
  const guarded = { homeFolders: [], stateFolder: "/state", settingsFile: undefined };
  const nothing = await openRoot(root, guarded, empty);
  t.regex(refused(t, nothing, "path-not-resolved", 400).message, /nothing of it exists/);
});

test("a fault behind a link that leads elsewhere is not told", async (t) => {
  const { base, root } = t.context;
  await symlink("nothing", join(base, "beside/gone"));
  await writeFile(join(base, "beside/file"), "");
  for (const path of ["out/gone", "out/gone/new", "out/file/new", "up/root/out/gone"])
    refused(t, await resolveBelowRoots(path, [root], diskLinks), "path-outside-roots", 403);
  for (const path of ["up/root/gone", "up/root/file/new"])
    refused(t, await resolveBelowRoots(path, [root], diskLinks), "path-not-resolved", 400);
});

test("at most 64 parts of a path may be missing", async (t) => {
  const { root } = t.context;
  let calls = 0;
  const counting: PathLinks = {
    realPath: (path) => {
      calls++;
      return diskLinks.realPath(path);
    },
    isLink: diskLinks.isLink,
  };
  const most = "x/".repeat(63) + "x";
  t.is(await resolveBelowRoots(most, [root], counting), join(root, most));
  const result = await resolveBelowRoots(`${most}/x`, [root], counting);
  t.regex(refused(t, result, "path-not-resolved", 400).message, /64/);
  calls = 0;
  t.true(isRefusal(await resolveBelowRoots("x/".repeat(2_000), [root], counting)));
  t.true(calls < 300);
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

test("whatever a caller names stays below the root", async (t) => {
  const { root } = t.context;
  const parts = fc.oneof(
    fc.string(),
    fc.constantFrom("..", ".", "", "in", "out", "up", "films", "gone", "file", "\\"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(parts), fc.boolean(), async (names, isAbsolute) => {
      const path = isAbsolute ? `${root}/${names.join("/")}` : names.join("/");
      const result = await resolveBelowRoots(path, [root], diskLinks);
      t.true(isRefusal(result) || result === root || result.startsWith(`${root}/`));
    }),
  );
});
