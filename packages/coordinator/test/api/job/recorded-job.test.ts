import test from "ava";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TorrentKey } from "@troupe/protocol/identity";
import { recordedFileNames, recordedPriorities } from "../../../src/api/job/recorded-job.ts";
import { SavedTorrents } from "../../../src/api/job/saved-torrents.ts";

const infoHash = "ab".repeat(20);
const otherHash = "cd".repeat(20);

test("the priorities of a job are found by torrent and folder, also through a link", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "recorded-priorities-"));
  t.teardown(() => rm(root, { recursive: true }));
  const [stateDirectory, data, other, link] = ["state", "data", "other", "link"].map((name) =>
    join(root, name),
  ) as [string, string, string, string];
  await mkdir(data);
  await symlink(data, link);
  const saved = new SavedTorrents(stateDirectory);
  const save = async (directory: string, priorities?: number[], hash = infoHash): Promise<void> =>
    await saved.saveJob({
      ...{ key: hash as TorrentKey, directory, isStarted: true },
      settings: {},
      ...(priorities !== undefined && { priorities }),
    });
  await save(data, [0, 1]);
  await save(other);
  await save(data, [1, 0], otherHash);
  const look = (directory: string, hash = infoHash): Promise<readonly number[] | undefined> =>
    recordedPriorities({ infoHash: hash, directory, stateDirectory });
  t.deepEqual(await look(data), [0, 1]);
  t.deepEqual(await look(link), [0, 1]);
  t.deepEqual(await look(data, otherHash), [1, 0]);
  t.is(await look(other), undefined);
  for (const text of ["", infoHash.slice(1)]) t.is(await look(data, text), undefined, text);
  const names = await recordedFileNames({ infoHash, directory: link, stateDirectory });
  t.deepEqual(names, {});
  t.is(await recordedFileNames({ infoHash, directory: root, stateDirectory }), undefined);
  t.is(await look(root), undefined);
  t.is(await recordedPriorities({ infoHash, directory: data, stateDirectory: root }), undefined);
});
