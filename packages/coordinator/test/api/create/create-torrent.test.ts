import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { createTorrent, planTorrent } from "../../../src/api/create/create-torrent.ts";
import { makeFifos } from "../../../../../test/support/files/fifo.ts";

function tree(folder: string): string {
  const root = join(folder, "root");
  mkdirSync(join(root, "sub"), { recursive: true });
  writeFileSync(join(root, "b.txt"), "bee");
  writeFileSync(join(root, "sub", "a.nfo"), new Uint8Array(70_000).fill(1));
  writeFileSync(join(root, ".hidden"), "hidden");
  writeFileSync(join(root, "empty"), "");
  return root;
}

const pathsOf = (files: readonly { path: readonly string[]; isPadding: boolean }[]): string[] =>
  files.filter(({ isPadding }) => !isPadding).map(({ path }) => path.join("/"));

test("E14: equal files give equal bytes, wherever and whenever they lie", async (t) => {
  using one = temporaryFolder("create");
  using other = temporaryFolder("create");
  const [first, second] = [tree(one.path), tree(other.path)];
  utimesSync(join(second, "b.txt"), 1, 1);
  for (const version of ["v1", "v2", "hybrid"] as const) {
    const made = await createTorrent(first, { version });
    t.deepEqual(made.bytes, (await createTorrent(second, { version, threads: 1 })).bytes);
    const { createdBy, creationDate, infoHashes } = parseTorrent(made.bytes);
    t.is(createdBy, "Troupe");
    t.is(creationDate, undefined);
    t.is(made.infoHashV1, infoHashes.v1);
    t.is(made.infoHashV2, infoHashes.v2);
  }
});

test("E14: hidden files are left out, globs choose, and a plan hashes nothing", async (t) => {
  using folder = temporaryFolder("create");
  const root = tree(folder.path);
  const planned = async (rules: object): Promise<string[]> =>
    pathsOf((await planTorrent(root, rules)).files);
  t.deepEqual(await planned({}), ["b.txt", "empty", "sub/a.nfo"]);
  t.deepEqual(await planned({ exclude: ["*.nfo"] }), ["b.txt", "empty"]);
  t.deepEqual(await planned({ include: ["sub/**"] }), ["sub/a.nfo"]);
  t.deepEqual(await planned({ include: [".hidden", "*.txt"] }), [".hidden", "b.txt"]);
});

test("E14: links are left out and named, kept, or followed", async (t) => {
  using folder = temporaryFolder("create");
  const root = tree(folder.path);
  symlinkSync("sub/a.nfo", join(root, "link"));
  const skipped = await planTorrent(root);
  t.deepEqual(skipped.skipped, ["link"]);
  const kept = await createTorrent(root, { links: "keep", version: "v1" });
  t.true(Buffer.from(kept.bytes).includes("12:symlink pathl3:sub5:a.nfoe"));
  t.true(Buffer.from(kept.bytes).includes("4:attr1:l"));
  const followed = await planTorrent(root, { links: "follow" });
  t.deepEqual(pathsOf(followed.files), ["b.txt", "empty", "link", "sub/a.nfo"]);
  symlinkSync("/etc", join(root, "out"));
  symlinkSync(".", join(root, "circle"));
  await t.throwsAsync(planTorrent(root, { links: "keep" }), {
    code: "files-unusable",
    message:
      /circle \(its link leads out of the folder\), out \(its link leads out of the folder\)/,
  });
  await t.throwsAsync(planTorrent(root, { links: "follow", exclude: ["out"] }), {
    code: "files-unusable",
    message: /circle \(its links lead in a circle\)/,
  });
});

test("E14: a program is named as one that runs", async (t) => {
  using folder = temporaryFolder("create");
  const root = tree(folder.path);
  chmodSync(join(root, "b.txt"), 0o755);
  const { bytes } = await createTorrent(root, { version: "v1" });
  t.true(Buffer.from(bytes).includes("d4:attr1:x6:lengthi3e4:pathl5:b.txtee"));
});

test("E14: pipes and names that are no UTF-8 are named, all of them, before anything is hashed", async (t) => {
  using folder = temporaryFolder("create");
  const root = tree(folder.path);
  await makeFifos(join(root, "pipe"));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x61])]), "x");
  await t.throwsAsync(createTorrent(root), {
    code: "files-unusable",
    message: /pipe \(it is a pipe\), ÿa \(its name is no UTF-8\)/,
  });
});

test("E14: a file that changes meanwhile is named, and there is no torrent", async (t) => {
  using folder = temporaryFolder("create");
  const root = tree(folder.path);
  const path = join(root, "sub", "a.nfo");
  const changing = (change: () => void) =>
    ({
      version: "v1",
      onProgress: ({ donePieces, totalPieces }: { donePieces: number; totalPieces: number }) => {
        if (donePieces === totalPieces) change();
      },
    }) as const;
  const write = (bytes: number): void => writeFileSync(path, new Uint8Array(bytes).fill(2));
  for (const bytes of [70_000, 70_001, 10])
    await t.throwsAsync(
      createTorrent(
        root,
        changing(() => write(bytes)),
      ),
      {
        code: "file-changed",
        message: "cannot make the torrent: sub/a.nfo changed meanwhile",
      },
    );
});

test("E14: options that make no torrent are refused", async (t) => {
  using folder = temporaryFolder("create");
  const root = tree(folder.path);
  for (const pieceLengthBytes of [1, 16_385, 0])
    await t.throwsAsync(planTorrent(root, { pieceLengthBytes }), { code: "option-out-of-range" });
  await t.throwsAsync(planTorrent(root, { pieceLengthBytes: 3 * 16_384 }), {
    code: "option-out-of-range",
  });
  await t.notThrowsAsync(planTorrent(root, { pieceLengthBytes: 3 * 16_384, version: "v1" }));
  await t.throwsAsync(planTorrent(root, { exclude: ["*"] }), { code: "source-empty" });
  const fields = { trackers: { set: [["nonsense"]] } };
  await t.throwsAsync(createTorrent(root, { fields }), { code: "field-invalid" });
  const ended = createTorrent(root, { signal: AbortSignal.abort(new Error("enough")) });
  await t.throwsAsync(ended, { message: "enough" });
});

test("E14: a private torrent is of version 1 unless another one is asked for", async (t) => {
  using folder = temporaryFolder("create");
  const root = tree(folder.path);
  const fields = { info: { isPrivate: true, source: "TAG" } };
  const made = await createTorrent(root, { fields });
  t.is(made.version, "v1");
  t.true(parseTorrent(made.bytes).isPrivate);
  t.is((await planTorrent(root, { fields, version: "hybrid" })).version, "hybrid");
});
