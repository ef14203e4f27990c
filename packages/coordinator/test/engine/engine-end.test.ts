import test from "ava";
import { ActorError } from "@troupe/actor-runtime";
import { settle } from "@troupe/actor-runtime/testing";
import { shutDown } from "../../src/engine/engine-end.ts";
import { fakeSupervisor } from "../support/engine-fakes.ts";
import { makeScene, putIn, setCheckPool } from "../support/engine-scene.ts";

/** An engine some of whose threads have not ended in time. */
function sceneWithout(...running: readonly string[]) {
  const made = makeScene();
  const error = new ActorError("not-stopped", {
    operation: "stop",
    message: "some have not ended",
    details: { actors: running },
  });
  const stop = (): Promise<void> => Promise.reject(error);
  made.engine.supervision.supervisor = { ...fakeSupervisor([]), stop };
  return made;
}

test("a late thread that is in no disk call does not count as stuck", async (t) => {
  const { engine } = sceneWithout("hash", "file-0", "peer-0");
  t.deepEqual(await shutDown(engine), []);
});

test("a file thread in a disk call is named with its folder", async (t) => {
  const { engine, addJob } = sceneWithout("hash", "file-0");
  const job = addJob();
  const counter = new Int32Array(job.disk.watch.nextStamp());
  putIn(job, "stopped");
  counter[0] = 1;
  const left = shutDown(engine);
  await settle();
  t.deepEqual(await left, [{ thread: "file-0", folder: "/downloads" }]);
});

for (const [running, abandoned, left] of [
  [0, 0, []],
  [1, 0, ["check"]],
  [0, 1, ["check"]],
] as const) {
  test(`check threads with ${running} runs under way and ${abandoned} late ones: stuck are ${left.length}`, async (t) => {
    const { engine } = sceneWithout("check");
    setCheckPool(engine, { threads: 1, running, abandoned });
    t.deepEqual(
      (await shutDown(engine)).map(({ thread }) => thread),
      left,
    );
  });
}

test("downloads are stopped before seeds", async (t) => {
  const { engine, addJob } = sceneWithout();
  const stopped: string[] = [];
  for (const name of ["seed", "download"]) {
    const job = addJob();
    Object.defineProperty(job, "isComplete", { value: name === "seed" });
    job.life.close = () => {
      stopped.push(name);
      return Promise.resolve();
    };
  }
  await shutDown(engine);
  t.deepEqual(stopped, ["download", "seed"]);
});
