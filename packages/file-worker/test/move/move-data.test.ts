import test from "ava";
import { ActorError, systemError } from "@troupe/actor-runtime";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig, storedFiles } from "../support/file-rig.ts";

const files = storedFiles({ "t/a": 10, "t/sub/b": 20, "t/sub/c": 5 });
const move = { root: "/data", files, partFile: ".parts", to: "/other" };

function scene() {
  const disk = new MemoryDisk(["/data/t/sub"]);
  disk.put("/data/t/a", pattern(10));
  disk.put("/data/t/sub/b", pattern(20, 3));
  disk.put("/data/.parts", pattern(7));
  const names = () =>
    [...disk.entries]
      .filter(([, { kind }]) => kind === "file")
      .map(([path]) => path)
      .toSorted();
  const before = names();
  return { disk, rig: startRig(disk), names, before };
}

const moved = { directory: "/other", hasMoved: true };
const there = ["/other/.parts", "/other/t/a", "/other/t/sub/b"];

test("E11: existing files and the part file are renamed, and empty folders are removed", async (t) => {
  const { disk, rig, names } = scene();
  t.deepEqual(await rig.move(move), moved);
  t.deepEqual(names(), there);
  t.is(disk.calls.get("link"), 3);
  t.is(disk.calls.get("rename"), undefined);
});

test("E11: to another volume files are copied, synced, compared, and only then removed", async (t) => {
  const { disk, rig, names } = scene();
  disk.fail("link", "EXDEV", { times: 3 });
  t.deepEqual(await rig.move(move), moved);
  t.deepEqual(names(), there);
  t.deepEqual(disk.bytesOf("/other/t/sub/b"), pattern(20, 3));
  t.is(disk.calls.get("sync"), 3);
});

test("a move is refused when the file of its thread is missing, and the file-worker continues", async (t) => {
  const { disk, rig, names, before } = scene();
  disk.openThread = () => {
    throw new ActorError("worker-file-not-found", { message: "it was not bundled" });
  };
  t.like(await rig.move(move), { refused: "worker-file-not-found" });
  t.deepEqual(names(), before);
});

test("E11: after any failure every file is where it was", async (t) => {
  for (const call of ["link", "open", "write", "sync", "read", "makeFolder"] as const) {
    for (const skip of [0, 1, 2]) {
      const { disk, rig, names, before } = scene();
      const isCopied = call !== "link" && call !== "makeFolder";
      if (isCopied) disk.fail("link", "EXDEV", { times: 3 });
      disk.fail(call, "EIO", { skip });
      const answer = await rig.move(move);
      if (!("refused" in answer)) continue;
      t.deepEqual(names(), before, `${call} ${skip}`);
      t.deepEqual(disk.bytesOf("/data/t/sub/b"), pattern(20, 3));
    }
  }
});

test("E11: a copy that differs from its source is removed, and every file is where it was", async (t) => {
  const { disk, rig, names, before } = scene();
  disk.fail("link", "EXDEV", { times: 3 });
  const sync = disk.sync.bind(disk);
  disk.sync = (file) => {
    sync(file);
    disk.write(file, [Uint8Array.of(0xff)], 3);
  };
  t.like(await rig.move(move), { refused: "EIO" });
  t.deepEqual(names(), before);
  t.deepEqual(disk.bytesOf("/data/t/sub/b"), pattern(20, 3));
});

test("E11: an existing name in the new folder refuses the move", async (t) => {
  const { disk, rig, names, before } = scene();
  disk.makeFolder("/other/t/sub");
  disk.put("/other/t/sub/b", pattern(1));
  t.like(await rig.move(move), { refused: "file-exists", path: "/other/t/sub/b" });
  t.deepEqual(names(), [...before, "/other/t/sub/b"].toSorted());
});

test("case 29: no file is moved through a link, or to its target", async (t) => {
  const { disk, rig, names, before } = scene();
  disk.makeFolder("/other");
  disk.putOther("/other/t", "link");
  t.like(await rig.move(move), { refused: "path-outside-root" });
  t.deepEqual(names(), before);
});

test("files of a torrent that is open are not moved", async (t) => {
  const { rig } = scene();
  await rig.open({ files: { "t/a": 10 }, pieceLengthBytes: 10 });
  t.like(await rig.move(move), { refused: "still-open" });
});

test("a move of a closing torrent waits for the close", async (t) => {
  const { rig, names } = scene();
  await rig.open({ files, pieceLengthBytes: 35 });
  rig.write({ piece: 0, lengthBytes: 35 });
  const closing = rig.close();
  t.deepEqual(await rig.move(move), moved);
  t.deepEqual(await closing, {});
  t.deepEqual(names(), [...there, "/other/t/sub/c"]);
});

test("E11: a copy that cannot begin leaves no file open", async (t) => {
  const { disk, rig, names, before } = scene();
  disk.fail("link", "EXDEV");
  disk.fail("open", "EACCES", { skip: 1 });
  t.like(await rig.move(move), { refused: "EACCES" });
  t.deepEqual(names(), before);
  t.is(disk.openCount, 0);
});

test("E11: files copied from a read-only medium stay there", async (t) => {
  const { disk, rig, names, before } = scene();
  disk.fail("link", "EXDEV", { times: 3 });
  const remove = disk.remove.bind(disk);
  disk.remove = (path) => {
    if (path.startsWith("/data/")) throw systemError("EROFS", path);
    remove(path);
  };
  t.deepEqual(await rig.move(move), moved);
  t.deepEqual(names(), [...before, ...there].toSorted());
  t.deepEqual(disk.bytesOf("/other/t/sub/b"), pattern(20, 3));
});

test("E11: an unreadable folder is refused", async (t) => {
  for (const skip of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const { disk, rig, names, before } = scene();
    disk.fail("stat", "EACCES", { skip });
    t.like(await rig.move(move), { refused: "EACCES" }, `${skip}`);
    t.deepEqual(names(), before);
  }
});
