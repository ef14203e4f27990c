import test from "ava";
import type { TorrentId } from "@troupe/messages";
import { settle } from "@troupe/actor-runtime/testing";
import { callFileWorker } from "../../../src/engine/base/file-calls.ts";
import { makeScene } from "../../support/engine-scene.ts";

const torrent = 1 as TorrentId;

function scene() {
  const { disk, file } = makeScene();
  const controller = new AbortController();
  const gone = () => Object.assign(new Error("it is not there"), { code: "actor-gone" });
  return {
    disk,
    file,
    controller,
    ask: () =>
      callFileWorker(
        disk,
        "complete-storage",
        { torrent, makesEmptyFiles: true },
        { deadlineMs: 1000, signal: controller.signal },
      ),
    /** The file-worker dies in the middle of a call. */
    dieOnce() {
      file.answer = () => {
        file.answer = () => ({});
        file.peer = undefined;
        throw gone();
      };
    },
    restart() {
      file.peer = { name: "file-0", epoch: 2 };
    },
  };
}

test("the reply of the file-worker is returned", async (t) => {
  const { ask, file } = scene();
  file.answer = () => ({ refused: "ENOSPC", message: "no room" });
  t.deepEqual(await ask(), { refused: "ENOSPC", message: "no room" });
});

test("a call that a crashed file-worker did not answer is repeated to its successor", async (t) => {
  const { disk, ask, file, dieOnce, restart } = scene();
  dieOnce();
  const answer = ask();
  await settle();
  t.is(file.calls("complete-storage").length, 1);
  restart();
  await settle();
  t.is(file.calls("complete-storage").length, 1, "it does not know the storages yet");
  disk.pendingWrites.resendAll();
  t.deepEqual(await answer, {});
  t.is(file.calls("complete-storage").length, 2);
});

test("an aborted call returns nothing and is not repeated", async (t) => {
  const { disk, ask, file, controller, dieOnce, restart } = scene();
  dieOnce();
  const answer = ask();
  await settle();
  controller.abort();
  restart();
  disk.pendingWrites.resendAll();
  t.is(await answer, undefined);
  t.is(file.calls("complete-storage").length, 1);
});

test("a call that failed in the file-worker is not repeated", async (t) => {
  const { ask, file } = scene();
  file.answer = () => {
    throw Object.assign(new Error("too late"), { code: "call-deadline" });
  };
  await t.throwsAsync(ask(), { code: "call-deadline" });
});

test("a failure after the abort of a call is ignored", async (t) => {
  const { ask, file, controller } = scene();
  file.answer = () => {
    controller.abort();
    throw Object.assign(new Error("too late"), { code: "call-deadline" });
  };
  t.is(await ask(), undefined);
});
