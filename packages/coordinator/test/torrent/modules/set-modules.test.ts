import test from "ava";
import { settingsOf } from "../../../src/job-settings.ts";
import { setModules } from "../../../src/torrent/modules/set-modules.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

const modules = { picker: "file:///picker.mjs", choker: "file:///choker.mjs" };

test("AE27: a torrent at rest gets its modules with its next start, and its record never names them", (t) => {
  const scene = makeScene();
  const job = scene.addJob();
  putIn(job, "stopped");
  const before = settingsOf(job.request, undefined);
  setModules(scene.engine, job, { torrent: job.id, modules });
  t.deepEqual(job.request.modules, modules);
  t.deepEqual(settingsOf(job.request, undefined), before);
});
