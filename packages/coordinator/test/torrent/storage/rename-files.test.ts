import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { planRename, renameFiles } from "../../../src/torrent/storage/rename-files.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

/** A torrent that runs; `answer` is that of its file-worker. */
function scene(answer: object = { placed: [] }) {
  const made = makeScene();
  const job = made.addJob();
  putIn(job, "active");
  made.file.answer = (name) => (name === "rename-files" ? answer : {});
  const [first] = job.content.metainfo.files;
  const from = first?.path.join("/") ?? "";
  const renames = [{ from, to: "new" }];
  return {
    ...made,
    job,
    from,
    renames,
    plan: (to: string) => planRename(undefined, job, { torrent: job.id, from: 0, to }),
    rename: () => renameFiles(undefined, job, { torrent: job.id, renames }),
  };
}

test("E11: a rename is planned by the index of a file, or by its path, and changes nothing", (t) => {
  const { job, from, renames, plan } = scene();
  t.deepEqual(plan("new"), { renames });
  t.deepEqual(planRename(undefined, job, { torrent: job.id, from, to: "new" }), { renames });
  t.deepEqual(plan(from), { renames: [] });
  t.like(plan("../new"), { refused: "rename-unsafe" });
  t.like(planRename(undefined, job, { torrent: job.id, from: "x", to: "y" }), {
    refused: "rename-unknown",
  });
  t.is(job.request.settings.renames, undefined);
});

test("E11: the file-worker gets the new paths with the settings of the record", async (t) => {
  const { job, file, renames, rename } = scene({ placed: [{ file: 0, path: "new" }] });
  t.deepEqual(await rename(), {});
  const sent = file.sent.find(({ name }) => name === "rename-files")?.message;
  t.like(sent, { places: [{ file: 0, path: "new" }], facts: { settings: { renames } } });
  t.deepEqual(job.request.settings.renames, renames);
  t.is(job.storage.placed.get(0), "new");
});

test("E11: after a refusal of the disk the settings are the old ones, also in the record", async (t) => {
  const { job, file, rename } = scene({ refused: "EACCES", message: "no" });
  t.like(await rename(), { refused: "EACCES" });
  t.deepEqual(job.request.settings.renames, []);
  await settle();
  t.like(file.sent.at(-1)?.message, { facts: { settings: { renames: [] } } });
  t.is(job.storage.placed.size, 0);
});

for (const state of ["starting", "checking", "stopping"] as const) {
  test(`E11: a torrent that is ${state} refuses`, async (t) => {
    const { job, rename } = scene();
    putIn(job, state);
    t.like(await rename(), { refused: "torrent-busy" });
    t.is(job.request.settings.renames, undefined);
  });
}

test("E11: an engine that starts with the new names has carried them out, whatever its state", async (t) => {
  const { job, file, renames, rename } = scene();
  job.request = { ...job.request, settings: { ...job.request.settings, renames } };
  putIn(job, "starting");
  t.deepEqual(await rename(), {});
  t.false(file.sent.some(({ name }) => name === "rename-files"));
});

test("E11: a stopped job in a folder of its own refuses, since its record is closed", async (t) => {
  const { job, rename } = scene();
  job.request = { ...job.request, home: { kind: "file", path: "/data/.troupe/record" } };
  putIn(job, "stopped");
  t.like(await rename(), { refused: "not-running" });
});

test("E11: a stopped torrent gets its names without its file-worker", async (t) => {
  const { job, file, renames, rename } = scene();
  putIn(job, "stopped");
  t.deepEqual(await rename(), {});
  t.deepEqual(job.request.settings.renames, renames);
  t.false(file.sent.some(({ name }) => name === "rename-files"));
  t.is(job.storage.placed.get(0), "new");
});

test("E12: files of a torrent in a store are not renamed", async (t) => {
  const { file, job, rename } = scene();
  job.request = { ...job.request, modules: { store: "file:///store.mjs" } };
  t.like(await rename(), { refused: "store-keeps-data" });
  t.is(file.calls("rename-files").length, 0);
  t.is(job.storage.placed.size, 0);
});
