import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { LogEntry } from "../../src/engine-port.ts";
import { openLog } from "../../src/output/log.ts";

const patient = new AbortController().signal;

function entry(level: LogEntry["level"], fields: Record<string, unknown> = {}): LogEntry {
  return {
    timeMs: 5,
    level,
    event: "tracker-answered",
    actor: { name: "engine", epoch: 1 },
    fields,
  };
}

test("people get entries of their level and above, cleaned, a line each", async (t) => {
  const lines: string[] = [];
  const log = await openLog("warn", undefined, (line) => lines.push(line));
  log.write?.(entry("info"));
  log.write?.(entry("warn", { url: "http://t/\u001b[2J\n", peers: 3 }));
  log.write?.(entry("error"));
  t.deepEqual(lines, [
    "troupe: warn: engine tracker-answered url=http://t/[2J peers=3",
    "troupe: error: engine tracker-answered",
  ]);
});

test("without a level there is no log, and the engine makes no entries", async (t) => {
  t.is((await openLog(undefined, undefined, () => t.fail())).write, undefined);
});

test("a file is appended to, as JSON lines", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, "troupe.log");
  for (const peers of [1, 2]) {
    const log = await openLog("info", path, () => t.fail());
    log.write?.(entry("info", { peers }));
    log.write?.(entry("debug"));
    await log.close(patient);
  }
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  t.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [entry("info", { peers: 1 }), entry("info", { peers: 2 })],
  );
});

test("an unwritable log file is refused before an engine starts", async (t) => {
  const path = join(tmpdir(), "there-is-no-such-folder", "troupe.log");
  const error = await t.throwsAsync(openLog("info", path, () => t.fail()));
  t.like(error, { code: "log-file-not-writable" });
});
