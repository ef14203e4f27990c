// A leader that is killed leaves a partial result, which the other calls read.

import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResult } from "@troupe/load-tester";
import test from "ava";
import { knownTrackerUrl, startKnownTracker } from "../../bench/support/known-tracker.ts";
import { runProcess, startProcess } from "../support/programs/process.ts";

const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const command = [process.execPath, troupe, "load-test"];

test.serial("a leader that is killed leaves what it had, marked partial", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-kept-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await using tracker = await startKnownTracker();
  const path = join(folder, "run.json");
  const target = ["--target", knownTrackerUrl(tracker, "udp")];
  const load = ["--count", "10", "--rate", "50/s", "--for", "10m"];
  const run = [...command, "tracker", ...target, ...load, "--result", path, "--json"];
  await using leader = await startProcess(run);
  await leader.waitFor("a kept result", () => existsSync(path) || undefined);
  await leader.stop(0, "SIGKILL");
  const kept = await readResult(path);
  t.deepEqual(kept.outcome, { kind: "partial" });
  t.true(kept.seconds.length >= 1 && kept.durationMs < 600_000);
  const junit = await runProcess([...command, "report", path, "--format", "junit"]);
  t.true(junit.some((line) => line.includes('<error message="partial: ')));
  await using compared = await startProcess([...command, "compare", path, "--with", path]);
  t.is((await compared.exited).status, 1);
  t.true(compared.lines.some((line) => line.includes("partial: it was kept during its run")));
});

test.serial("a leader that is killed at once leaves no file of an earlier run", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-kept-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await using tracker = await startKnownTracker();
  const [result = "", report = "", metrics = ""] = ["run.json", "run.xml", "run.prom"].map((name) =>
    join(folder, name),
  );
  for (const path of [result, report, metrics])
    // One after the other. oxlint-disable-next-line no-await-in-loop
    await writeFile(path, "passed");
  const target = ["--target", knownTrackerUrl(tracker, "udp")];
  const load = ["--count", "10", "--rate", "50/s", "--for", "10m"];
  const files = ["--result", result, "--report", report, "--format", "junit"];
  const run = [...command, "tracker", ...target, ...load, ...files, "--prometheus", metrics];
  await using leader = await startProcess([...run, "--json"]);
  await leader.lineWhere("the begin", (line) => line.includes('"load-begin"') || undefined);
  await leader.stop(0, "SIGKILL");
  t.deepEqual(await readdir(folder), []);
});
