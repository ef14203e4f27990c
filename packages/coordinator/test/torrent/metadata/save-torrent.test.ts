import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import type { InfoHashV2 } from "@troupe/protocol/identity";
import { shareBytes, type AddTorrent } from "@troupe/messages";
import { saveTorrent } from "../../../src/torrent/metadata/save-torrent.ts";
import { makeScene } from "../../support/engine-scene.ts";

const metainfo = shareBytes(Uint8Array.of(1, 2, 3));
const hash = "a".repeat(40);

/** A magnet, and records and a file-worker that answer by `answer`. */
function scene(request: Partial<AddTorrent>, answer: unknown = {}) {
  const made = makeScene();
  const job = made.addJobWithoutContent();
  job.request = { ...job.request, ...request };
  const records = made.records;
  records.answer = () => answer;
  made.file.answer = () => answer;
  return {
    ...made,
    job,
    records,
    async save() {
      saveTorrent(made.engine, job, metainfo);
      await settle();
      made.gather();
      return made.events().map((event) => ("code" in event ? event.code : event.event));
    },
  };
}

test("the records save the .torrent of a magnet beside their database", async (t) => {
  const { save, records } = scene({ home: { kind: "database", path: "/state/state.db" } });
  t.deepEqual(await save(), ["torrent-saved"]);
  t.deepEqual(records.calls("save-torrent"), [
    { path: `/state/torrents/${hash}.torrent`, metainfo },
  ]);
});

test("the copy of a hybrid is saved with the name of its other hash", async (t) => {
  const made = scene({ home: { kind: "database", path: "/state/state.db" } });
  const key = made.job.identity.key;
  made.job.learnHashes({ v1: made.job.infoHash, v2: "b".repeat(64) as InfoHashV2 });
  t.deepEqual(await made.save(), ["torrent-saved"]);
  const paths = [`/state/torrents/${"b".repeat(40)}.key`];
  t.deepEqual(made.records.calls("save-torrent"), [
    { path: `/state/torrents/${hash}.torrent`, metainfo, named: { key, paths } },
  ]);
});

test("the file-worker replaces the link of a job in a folder of its own", async (t) => {
  const { save, file } = scene({ home: { kind: "file", path: "/job/.troupe/record" } });
  t.deepEqual(await save(), ["torrent-saved"]);
  t.deepEqual(file.calls("save-torrent"), [
    { path: "/job/.troupe/job.torrent", metainfo, linkPath: "/job/.troupe/job.magnet" },
  ]);
});

test("a .torrent that cannot be saved is a warning that names the torrent", async (t) => {
  const home = { kind: "database", path: "/state/state.db" } as const;
  const made = scene({ home }, { refused: "disk-full", message: "cannot write: no space" });
  t.deepEqual(await made.save(), ["torrent-not-saved"]);
  const [warning] = made.events();
  t.regex(
    String((warning as { message?: string }).message),
    /^the \.torrent of a{40} is not saved.*no space$/,
  );
});

test("nothing is saved without a place for records, or of a torrent that keeps no state", async (t) => {
  const home = { kind: "database", path: "/state/state.db" } as const;
  for (const request of [{}, { home, mode: "metadata-only" }] satisfies Partial<AddTorrent>[]) {
    const { save, records, file } = scene(request);
    t.deepEqual(await save(), []);
    t.deepEqual([...records.sent, ...file.calls("save-torrent")], []);
  }
});
