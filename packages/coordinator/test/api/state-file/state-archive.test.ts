import { open, readFile, writeFile } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import test from "ava";
import {
  ArchiveWriter,
  readArchive,
  type ArchiveEntry,
} from "../../../src/api/state-file/state-archive.ts";

const folder = mkdtempSync(join(tmpdir(), "troupe-archive-"));
test.after.always(() => rmSync(folder, { recursive: true }));

const entries: readonly ArchiveEntry[] = [
  { name: "records/000000", bytes: Buffer.from("a row") },
  { name: "torrents/a.torrent", bytes: new Uint8Array(1_024).fill(7) },
  { name: "empty", bytes: new Uint8Array(0) },
];

async function written(name: string): Promise<string> {
  const path = join(folder, name);
  await using file = await open(path, "w");
  const writer = await ArchiveWriter.begin(file);
  for (const entry of entries) await writer.add(entry);
  await writer.end();
  return path;
}

async function read(path: string): Promise<ArchiveEntry[]> {
  const found: ArchiveEntry[] = [];
  for await (const entry of readArchive(path)) found.push(entry);
  return found;
}

test("an archive is read as it was written, and by tar", async (t) => {
  const path = await written("whole.tar");
  const found = await read(path);
  t.deepEqual(
    found.map(({ name, bytes }) => [name, Buffer.from(bytes)]),
    entries.map(({ name, bytes }) => [name, Buffer.from(bytes)]),
  );
  const names = execFileSync("tar", ["-tf", path], { encoding: "utf8" }).trim().split("\n");
  t.deepEqual(names, ["state.json", ...entries.map(({ name }) => name), "end.json"]);
});

test("an archive that was cut at any block, or changed at any byte before its end, is refused", async (t) => {
  const path = await written("good.tar");
  const bytes = await readFile(path);
  const bad = join(folder, "bad.tar");
  const isRefused = async (changed: Uint8Array, what: string): Promise<void> => {
    await writeFile(bad, changed);
    await t.throwsAsync(read(bad), { code: "state-file-malformed" }, what);
  };
  const contentBytes = bytes.length - 4 * 512;
  for (let end = 0; end <= contentBytes; end += 256)
    await isRefused(bytes.subarray(0, end), `cut at ${end}`);
  for (let at = 0; at < contentBytes; at += 41) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x20;
    await isRefused(changed, `changed at ${at}`);
  }
});

test("an archive of another version, and a file that is none, are refused", async (t) => {
  const path = join(folder, "none.tar");
  await writeFile(path, new Uint8Array(10_240));
  await t.throwsAsync(read(path), { code: "state-file-malformed", message: /it is no export/ });
});
