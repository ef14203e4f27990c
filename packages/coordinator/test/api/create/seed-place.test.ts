import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { startEngine } from "../../../../../test/support/swarm/start-engine.ts";
import { createTorrent } from "../../../src/index.ts";

function tree(folder: string): string {
  const root = join(folder, "root");
  mkdirSync(join(root, "sub"), { recursive: true });
  writeFileSync(join(root, "a"), new Uint8Array(40_000).fill(1));
  writeFileSync(join(root, "empty"), "");
  writeFileSync(join(root, "sub", "b"), new Uint8Array(70_000).fill(2));
  return root;
}

test("E14: a new torrent says where its files lie, and how they were when they were hashed", async (t) => {
  using folder = temporaryFolder("seed-place");
  const root = tree(folder.path);
  symlinkSync("root", join(folder.path, "alias"));
  const { seed } = await createTorrent(join(folder.path, "alias"), { version: "v1", align: true });
  t.like(seed, { directory: folder.path, renames: [{ from: "alias", to: "root" }] });
  t.deepEqual(
    seed?.hashed.map((file) => file?.lengthBytes),
    [40_000, undefined, 0, 70_000, undefined],
  );
  symlinkSync("a", join(root, "link"));
  t.is((await createTorrent(root, { links: "follow" })).seed, undefined);
  const kept = (await createTorrent(root, { links: "keep" })).seed?.hashed ?? [];
  t.is(kept.filter((file) => file !== undefined).length, 3);
});

test("E14: a new torrent is seeded without a check; a file that changed since is hashed first", async (t) => {
  using folder = temporaryFolder("seed-place");
  const root = tree(folder.path);
  const { bytes, seed } = await createTorrent(root);
  if (seed === undefined) return t.fail();
  await using engine = await startEngine({ port: 0 });
  const torrent = await engine.add(bytes, { ...seed, seedOnly: true });
  const checks: number[] = [];
  torrent.on("checking", ({ total }) => checks.push(total));
  await torrent.completed;
  t.deepEqual(checks, []);
  await torrent.remove();
  // Size and name say that the bytes are the same.
  writeFileSync(join(root, "a.new"), new Uint8Array(40_000).fill(3));
  renameSync(join(root, "a.new"), join(root, "a"));
  utimesSync(join(root, "a"), 1, 1);
  const changed = await engine.add(bytes, { ...seed, seedOnly: true });
  await t.throwsAsync(changed.completed, { code: "incomplete" });
  await t.throwsAsync(engine.add(bytes, { hashed: [{ ...seed.hashed[0], inode: 1 }] as never }), {
    code: "option-out-of-range",
  });
});
