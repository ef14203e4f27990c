// Files that were on the disk before the torrent: found by their content, linked in five ways, and left as they are.

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { matchData, type LinkWay } from "@troupe/coordinator";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { isLong } from "../support/lanes.ts";
import { ReflinkDisk } from "../support/files/reflink-disk.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runCommand } from "../support/programs/command.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 32 * 1024;
const shape = {
  pieceLengthBytes,
  files: [
    { path: ["film.mkv"], lengthBytes: 300_000 },
    { path: ["extras", "other.mkv"], lengthBytes: 200_001 },
  ],
};
const ways = ["reflink", "hard", "symlink", "copy", "rename"] as const;

/** Whether the file of the torrent is data of another owner. */
function isLink(way: LinkWay): boolean {
  return way === "hard" || way === "symlink";
}

const damages: readonly (readonly [string, (path: string) => void])[] = [
  [
    "has other bytes",
    (path) => {
      const file = openSync(path, "r+");
      writeSync(file, "other bytes", 100_000);
      closeSync(file);
    },
  ],
  ["was cut", (path) => truncateSync(path, 150_000)],
];

for (const [place, way] of ways.entries()) {
  // The gate has one damage for each way, by turns.
  for (const [damage, act] of isLong ? damages : damages.slice(place % 2, (place % 2) + 1)) {
    test.serial(
      `E15: an original stays as it is when the file linked to it (${way}) ${damage}, is checked again, started, and removed with data`,
      async (t) => {
        await using swarm = await Swarm.open(shape);
        const disk = way === "reflink" ? await ReflinkDisk.mount() : undefined;
        // Gone after the engine, which may have files open there.
        const below = swarm.use(disk ?? temporaryFolder("matched"));
        const [folder, theirs] = [join(below.path, "data"), join(below.path, "theirs")];
        mkdirSync(theirs);
        const originals = swarm.payload.paths.map((path, index) => {
          const original = join(theirs, `file ${index}`);
          writeFileSync(original, readFileSync(join(swarm.payload.folder, path)));
          return original;
        });
        const matched = matchData(swarm.metainfo, { in: [theirs], directory: folder, link: way });
        if (way === "reflink" && disk === undefined) {
          t.deepEqual(
            (await matched).files.map(({ state }) => state),
            ["failed", "failed"],
          );
          t.false(existsSync(join(folder, "payload/film.mkv")));
          return;
        }
        t.deepEqual(
          (await matched).files.map(({ state }) => state),
          ["linked", "linked"],
        );
        t.deepEqual(existsSync(originals[0] ?? ""), way !== "rename");

        const seeder = await swarm.pacedSeeder();
        const { record } = await swarm.join({
          folder,
          torrent: { useTrackers: false, peers: [seeder] },
        });
        const { torrent } = record;
        await torrent.completed;
        t.is(seeder.givenBytes, 0);

        act(join(folder, "payload/film.mkv"));
        const now = originals.map((path) => (existsSync(path) ? readFileSync(path) : undefined));
        const checked = torrent.hashcheck().then(
          () => "whole",
          () => "ended",
        );
        if (isLink(way)) {
          await record.until("the error", () => torrent.fault !== undefined);
          t.is(torrent.fault?.code, "linked-file-wrong");
          t.regex(torrent.fault?.message ?? "", /film\.mkv/);
        } else {
          await checked;
          await record.until("all pieces again", () => seeder.givenBytes > 0 && torrent.isComplete);
          await assertSameFiles(t, swarm.payload, folder);
        }
        await checked;
        await torrent.stop();
        torrent.start();
        if (isLink(way)) {
          await record.until("the error again", () => record.errors.length > 1);
          t.is(torrent.fault?.code, "linked-file-wrong");
          t.is(seeder.givenBytes, 0);
        } else await torrent.completed;

        await torrent.remove({ data: true });
        t.deepEqual(readdirSync(folder), []);
        const after = originals.map((path) => (existsSync(path) ? readFileSync(path) : undefined));
        t.deepEqual(after, now);
      },
    );
  }
}

test("E15: a torrent with linked files fetches a missing file, and the pieces that it shares with them", async (t) => {
  for (const way of isLong ? (["hard", "symlink"] as const) : (["symlink"] as const)) {
    await using swarm = await Swarm.open(shape);
    const [theirs, folder] = [swarm.folder("theirs").path, swarm.folder("data").path];
    const original = join(theirs, "x");
    const film = readFileSync(join(swarm.payload.folder, swarm.payload.paths[0] ?? ""));
    writeFileSync(original, film);
    await matchData(swarm.metainfo, { in: [theirs], directory: folder, link: way });
    const seeder = await swarm.pacedSeeder();
    const { record } = await swarm.join({
      folder,
      torrent: { useTrackers: false, peers: [seeder] },
    });
    await record.torrent.completed;
    t.true(seeder.givenBytes >= 200_001 && seeder.givenBytes < 300_000);
    t.deepEqual(readFileSync(original), film);
    const other = swarm.payload.paths[1] ?? "";
    t.deepEqual(readFileSync(join(folder, other)), readFileSync(join(swarm.payload.folder, other)));
  }
});

test("E15: a copy in the place of a wrong link is mended, and the original stays as it is", async (t) => {
  await using swarm = await Swarm.open(shape);
  const [theirs, folder] = [swarm.folder("theirs").path, swarm.folder("data").path];
  swarm.payload.paths.forEach((path, index) =>
    writeFileSync(join(theirs, String(index)), readFileSync(join(swarm.payload.folder, path))),
  );
  await matchData(swarm.metainfo, { in: [theirs], directory: folder, link: "symlink" });
  const original = join(theirs, "0");
  damages[0]?.[1](original);
  const wrong = readFileSync(original);
  const seeder = await swarm.pacedSeeder();
  const { record } = await swarm.join({ folder, torrent: { useTrackers: false, peers: [seeder] } });
  await t.throwsAsync(record.torrent.completed, { code: "linked-file-wrong" });
  const path = join(folder, "payload/film.mkv");
  writeFileSync(`${path}.copy`, wrong);
  renameSync(`${path}.copy`, path);
  record.torrent.addPeer(seeder);
  record.torrent.start();
  await record.until("completion", () => record.torrent.isComplete);
  t.deepEqual(readFileSync(original), wrong);
  t.is(seeder.givenBytes, pieceLengthBytes);
});

test("E15: of hundreds of renamed files, in the long lanes thousands, among decoys of their lengths all are found, and no decoy is linked", async (t) => {
  const count = Number(process.env["FILES"] ?? (isLong ? 2_000 : 400));
  using top = temporaryFolder("many");
  const [theirs, folder] = [join(top.path, "theirs"), join(top.path, "data")];
  const { torrent, digests } = writeMany(theirs, count);
  const result = await matchData(torrent, {
    in: [theirs],
    directory: folder,
    link: "hard",
  });
  t.deepEqual(new Set(result.files.map(({ state }) => state)), new Set(["linked"]));
  t.is(result.files.length, count);
  const wrong = result.files.filter(
    ({ path, file }) => digestOf(readFileSync(join(folder, path))) !== digests[file],
  );
  t.deepEqual(wrong, []);
});

/** Forty files of each length, each with a decoy that differs in a byte of its middle. */
function writeMany(theirs: string, count: number) {
  const unit = 16_384;
  const files = [];
  const digests: string[] = [];
  const hashes: Buffer[] = [];
  let rest = Buffer.alloc(0);
  for (let index = 0; index < count; index++) {
    const bytes = randomBytes(3 * unit + Math.floor(index / 40) * 37);
    files.push({ path: [`d${index % 50}`, `${index}.jpg`], lengthBytes: bytes.length });
    digests.push(digestOf(bytes));
    const below = join(theirs, String(index % 37));
    mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `x${digests[index]?.slice(0, 8)}-${index}`), bytes);
    const decoy = Buffer.from(bytes);
    decoy[2 * unit] = (decoy[2 * unit] ?? 0) ^ 1;
    writeFileSync(join(below, `a${digests[index]?.slice(0, 8)}-${index}`), decoy);
    rest = Buffer.concat([rest, bytes]);
    const isLast = index === count - 1;
    for (; rest.length >= unit || (isLast && rest.length > 0); rest = rest.subarray(unit))
      hashes.push(createHash("sha1").update(rest.subarray(0, unit)).digest());
  }
  const pieceHashes = Buffer.concat(hashes);
  const torrent = encodeTorrent({ name: "many", pieceLengthBytes: unit, pieceHashes, files });
  return { torrent, digests };
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test("E15: the command links what it finds, and names what is missing", async (t) => {
  await using swarm = await Swarm.open(shape);
  const [theirs, folder] = [swarm.folder("theirs").path, swarm.folder("data").path];
  const torrent = join(theirs, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const film = join(swarm.payload.folder, swarm.payload.paths[0] ?? "");
  writeFileSync(join(theirs, "x"), readFileSync(film));
  const words = ["match", torrent, "--in", theirs, "--dir", folder];
  const linked = await runCommand([...words, "--link", "hard"]);
  t.is(linked.status, 3);
  t.regex(linked.stdout, /linked .* payload\/film\.mkv .*\/x\n/);
  t.regex(linked.stdout, /missing .* payload\/extras\/other\.mkv/);
  t.deepEqual(readFileSync(join(folder, "payload/film.mkv")), readFileSync(film));
  const other = swarm.payload.paths[1] ?? "";
  writeFileSync(join(theirs, "y"), readFileSync(join(swarm.payload.folder, other)));
  const whole = await runCommand([...words, "--link", "symlink", "--json"]);
  t.is(whole.status, 0);
  const check = await runCommand(["check", torrent, "--dir", folder]);
  t.is(check.status, 0);
});
