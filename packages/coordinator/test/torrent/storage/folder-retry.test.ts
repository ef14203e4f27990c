import test from "ava";
import type { TorrentState } from "@troupe/messages";
import { settle } from "@troupe/actor-runtime/testing";
import { bitsOf } from "@troupe/protocol/testing";
import { lookAfterMs } from "../../../src/torrent/storage/folder-retry.ts";
import { syncFailed } from "../../../src/torrent/storage/save-failures.ts";
import { makeScene, setCheckPool, putIn } from "../../support/engine-scene.ts";

/** A stopped torrent; `refused` says which question its folder refuses, and how. */
function scene({ hasParts = false, foundBytes = 0 } = {}) {
  const partFile = hasParts ? { path: "/data/.parts", files: [], entries: [] } : undefined;
  const made = makeScene();
  const { engine, file, time } = made;
  const job = made.addJob();
  putIn(job, "stopped");
  let refusal: { readonly to: string; readonly refused: string } | undefined;
  file.answer = (name) => {
    if (name === refusal?.to) return { refused: refusal.refused, message: "it says no" };
    return name === "open-storage" ? { foundBytes, ...(partFile && { partFile }) } : {};
  };
  setCheckPool(engine, { checkPieces: () => Promise.resolve(bitsOf("....")) });
  return {
    ...made,
    job,
    refuse: (to: string, refused: string) => (refusal = { to, refused }),
    mend: () => (refusal = undefined),
    asked: () => file.sent.filter(({ name }) => name === "open-storage").length,
    errors: () => {
      made.gather();
      return made.events().filter(({ event }) => event === "error").length;
    },
    states: (): TorrentState[] => {
      made.gather();
      return made.events().flatMap((event) => (event.event === "state" ? [event.state] : []));
    },
    async start() {
      job.life.start();
      await settle();
    },
    async looks(count: number) {
      for (let look = 0; look < count; look++) {
        time.advance(lookAfterMs);
        await settle();
      }
    },
  };
}

const comesBack = test.macro<[to: string, refused: string]>({
  title: (_, to, refused) =>
    `F26: a start refused with ${refused} at ${to} is repeated within 15 s`,
  async exec(t, to, refused) {
    const { job, refuse, mend, start, looks, states, errors } = scene({
      hasParts: to === "settle-part-file",
    });
    refuse(to, refused);
    await start();
    t.is(job.state, "error");
    t.is(job.fault?.code, refused);
    await looks(10);
    t.deepEqual(states(), ["starting", "error"], "it is said once");
    t.is(errors(), 1);
    mend();
    await looks(Math.floor(15_000 / lookAfterMs));
    t.is(job.state, "active");
    t.is(job.fault, undefined);
    t.deepEqual(states(), ["starting", "error", "starting", "active"]);
  },
});

test(comesBack, "open-storage", "ENOENT");
test(comesBack, "open-storage", "ENOTDIR");
test(comesBack, "open-storage", "not-a-file");
test(comesBack, "prepare-storage", "EACCES");
test(comesBack, "prepare-storage", "EROFS");
test(comesBack, "prepare-storage", "disk-full");
test(comesBack, "prepare-storage", "file-linked");
test(comesBack, "settle-part-file", "file-linked");

test("a sync that found no room is an error that ends by itself when there is room", async (t) => {
  const { engine, job, refuse, mend, start, looks, states } = scene();
  await start();
  refuse("prepare-storage", "disk-full");
  syncFailed(engine, job, { torrent: job.id, refused: "disk-full", message: "no room" });
  await looks(2);
  t.is(job.state, "error");
  t.is(job.fault?.code, "disk-full");
  mend();
  await looks(1);
  t.deepEqual(states(), ["starting", "active", "error", "starting", "active"]);
});

test("a sync that failed with EIO is final until the user starts the torrent", async (t) => {
  const { engine, job, start, looks, states } = scene();
  await start();
  syncFailed(engine, job, { torrent: job.id, refused: "EIO", message: "it says no" });
  await looks(5);
  t.is(job.state, "error");
  await start();
  t.deepEqual(states(), ["starting", "active", "error", "starting", "active"]);
});

test("a complete torrent whose empty files are refused waits until they can be made", async (t) => {
  const { engine, job, refuse, mend, start, looks, states } = scene({ foundBytes: 1 });
  setCheckPool(engine, { checkPieces: () => Promise.resolve(bitsOf("####")) });
  refuse("complete-storage", "EACCES");
  await start();
  await looks(5);
  t.is(job.fault?.code, "EACCES");
  t.deepEqual(states(), ["starting", "checking", "active", "error"], "it is not started in vain");
  mend();
  await looks(1);
  t.deepEqual(states().slice(4), ["starting", "checking", "active"]);
});

test("a torrent that is paused while its folder is away is paused when the folder is back", async (t) => {
  const { job, refuse, mend, start, looks, states } = scene();
  refuse("open-storage", "ENOENT");
  await start();
  job.life.pause();
  mend();
  await looks(1);
  t.deepEqual(states(), ["starting", "error", "starting", "paused"]);
});

test("an error that cannot end by itself is not retried", async (t) => {
  const { job, refuse, start, looks, asked } = scene();
  refuse("open-storage", "EIO");
  await start();
  await looks(5);
  t.is(job.state, "error");
  t.is(asked(), 1);
});

test("a torrent that is only checked gets the error and does not wait", async (t) => {
  const { job, refuse, start, looks, asked } = scene();
  job.request = { ...job.request, mode: "check-only" };
  refuse("open-storage", "EACCES");
  await start();
  await looks(5);
  t.is(asked(), 1);
});

test("a torrent that is stopped while its folder is away stays so", async (t) => {
  const { job, refuse, mend, start, looks } = scene();
  refuse("open-storage", "ENOENT");
  await start();
  await job.life.stop();
  mend();
  await looks(5);
  t.is(job.state, "stopped");
});

test("a torrent that is started before the next look at its folder starts once", async (t) => {
  const { refuse, mend, start, looks, states } = scene();
  refuse("prepare-storage", "EROFS");
  await start();
  mend();
  await start();
  await looks(5);
  t.deepEqual(states(), ["starting", "error", "starting", "active"]);
});

test("a look closes the files that it has opened", async (t) => {
  const { file, refuse, start, looks } = scene();
  refuse("prepare-storage", "EROFS");
  await start();
  await looks(2);
  const said = file.sent.map(({ name }) => name).filter((name) => name !== "save-job");
  const look = ["open-storage", "prepare-storage", "close-storage"];
  t.deepEqual(said, [...look, ...look, ...look]);
});
