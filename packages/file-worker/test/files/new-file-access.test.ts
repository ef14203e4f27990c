import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { nodePorts, type Disk } from "@troupe/actor-runtime";
import { accessDisk } from "../../src/files/new-file-access.ts";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";

const { disk: nodeDisk } = nodePorts();
const modeOf = (path: string): number => statSync(path).mode & 0o7777;
const onUnix = process.platform === "win32" ? test.skip : test;

onUnix(
  "L15: new files and folders have exactly their modes, whatever the mask of the process is",
  (t) => {
    using folder = temporaryFolder("access");
    const disk = accessDisk(nodeDisk, { fileMode: 0o664, folderMode: 0o2770 });
    const before = process.umask(0o077);
    try {
      disk.makeFolder(join(folder.path, "a/b"));
      disk.close(disk.open(join(folder.path, "a/one"), "create"));
      disk.close(disk.open(join(folder.path, "a/two"), "create-new"));
      const { file, found } = disk.openWithStat(join(folder.path, "a/three"), "create");
      disk.write(file, [new Uint8Array(3)], 0);
      disk.close(file);
      t.is(found.mode, 0o664);
    } finally {
      process.umask(before);
    }
    for (const name of ["a", "a/b"]) t.is(modeOf(join(folder.path, name)), 0o2770, name);
    for (const name of ["a/one", "a/two", "a/three"])
      t.is(modeOf(join(folder.path, name)), 0o664, name);
  },
);

onUnix("L15: what was there before keeps its mode", (t) => {
  using folder = temporaryFolder("access");
  const disk = accessDisk(nodeDisk, {
    fileMode: 0o600,
    folderMode: 0o700,
    group: process.getgid?.() ?? 0,
  });
  mkdirSync(join(folder.path, "a"));
  chmodSync(join(folder.path, "a"), 0o755);
  writeFileSync(join(folder.path, "a/file"), "old");
  chmodSync(join(folder.path, "a/file"), 0o644);
  disk.makeFolder(join(folder.path, "a"));
  disk.close(disk.open(join(folder.path, "a/file"), "create"));
  t.throws(() => disk.open(join(folder.path, "a/file"), "create-new"), { code: "EEXIST" });
  t.is(modeOf(join(folder.path, "a")), 0o755);
  t.is(modeOf(join(folder.path, "a/file")), 0o644);
  t.is(readFileSync(join(folder.path, "a/file"), "utf8"), "old");
});

onUnix("L15: a link in the place of a file is not followed", (t) => {
  using folder = temporaryFolder("access");
  const disk = accessDisk(nodeDisk, { fileMode: 0o600 });
  writeFileSync(join(folder.path, "target"), "");
  chmodSync(join(folder.path, "target"), 0o644);
  symlinkSync("target", join(folder.path, "link"));
  t.throws(() => disk.open(join(folder.path, "link"), "create"), { code: "ELOOP" });
  t.is(modeOf(join(folder.path, "target")), 0o644);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot("L15: new files and folders have the group", (t) => {
  using folder = temporaryFolder("access");
  const disk = accessDisk(nodeDisk, { group: 4_321, folderMode: 0o2750 });
  disk.makeFolder(join(folder.path, "a"));
  disk.close(disk.open(join(folder.path, "a/file"), "create"));
  t.is(statSync(join(folder.path, "a")).gid, 4_321);
  t.is(modeOf(join(folder.path, "a")), 0o2750);
  t.is(statSync(join(folder.path, "a/file")).gid, 4_321);
});

test("a file whose group is refused is not made", (t) => {
  const refused = Object.assign(new Error("no"), { code: "EPERM" });
  const calls: string[] = [];
  const refusing: Disk = {
    ...nodeDisk,
    open: () => 7,
    setAccess: () => {
      throw refused;
    },
    close: () => void calls.push("close"),
    remove: (path) => void calls.push(`remove ${path}`),
  };
  const disk = accessDisk(refusing, { group: 1 });
  t.throws(() => disk.open("/x", "create"), { is: refused });
  t.deepEqual(calls, ["close", "remove /x"]);
});
