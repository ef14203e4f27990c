import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readBounded } from "@troupe/api-base";
import type { TorrentKey } from "@troupe/protocol/identity";
import { loadJobFolder } from "../../../src/api/job/job-folder.ts";
import { loadMetainfo } from "../../../src/api/job/load-metainfo.ts";
import { SavedTorrents } from "../../../src/api/job/saved-torrents.ts";
import { makeFifos } from "../../../../../test/support/files/fifo.ts";

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(join(tmpdir(), "read-regular-"));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const onUnix = process.platform === "win32" ? test.skip : test;

onUnix("F28: a FIFO in the place of a file is refused at once by every reader", async (t) => {
  const place = folder(t);
  const key = "a".repeat(40) as TorrentKey;
  const copies = join(place, "torrents");
  const state = join(place, ".troupe");
  const names = ["a.torrent", `torrents/${key}.torrent`, "torrents/x.job", ".troupe/job.torrent"];
  for (const made of [copies, state]) mkdirSync(made);
  await makeFifos(...names.map((name) => join(place, name)));
  await t.throwsAsync(readBounded(join(place, "a.torrent"), 100), { code: "EFTYPE" });
  await t.throwsAsync(loadMetainfo(join(place, "a.torrent")), { code: "torrent-unreadable" });
  t.is(await new SavedTorrents(place).find(key), undefined);
  t.deepEqual(await new SavedTorrents(place).jobs(), []);
  await t.throwsAsync(loadJobFolder(place), { code: "not-a-job" });
});
