import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import { HistoryFile } from "../../src/history/history-file.ts";
import { RateHistory } from "../../src/history/rate-history.ts";

const startMs = 1_790_000_000_000;

function historyOf(seconds: number): RateHistory {
  const history = new RateHistory();
  const rates = Array.from({ length: seconds }, () => 100);
  const lengthsMs = rates.map(() => 1_000);
  history.add({ endsAt: startMs, lengthsMs, down: rates, up: rates }, 0);
  return history;
}

/** The seconds of a saved history; undefined for one that cannot be used. */
function secondsIn(file: HistoryFile): number | undefined {
  const { content } = file.read();
  const measured = content?.day.measuredMs;
  return measured === undefined ? undefined : measured.reduce((sum, each) => sum + each) / 1_000;
}

test("L25: a folder without the file begins without a warning", (t) => {
  using folder = temporaryFolder("no-history");
  t.deepEqual(new HistoryFile(folder.path).read(), {});
});

test("L25: a kill at each step of a save leaves the history before or the new one", async (t) => {
  using folder = temporaryFolder("killed-history");
  const file = new HistoryFile(folder.path);
  const path = join(folder.path, "rate-history");
  await file.save(historyOf(20).content);
  const next = readFileSync(path);
  await file.save(historyOf(10).content);
  t.is(statSync(path).mode & 0o777, 0o600);
  // Made, written in part or whole, and renamed.
  for (const bytes of [0, 1, 48, 4_096, next.length - 1, next.length]) {
    writeFileSync(`${path}.new`, next.subarray(0, bytes));
    t.is(secondsIn(file), 10);
  }
  renameSync(`${path}.new`, path);
  t.is(secondsIn(file), 20);
  writeFileSync(`${path}.new`, next.subarray(0, 100));
  await file.save(historyOf(30).content);
  t.is(secondsIn(file), 30);
});

test("L25: a program that is killed while it saves leaves a history that is read", async (t) => {
  using folder = temporaryFolder("kill-history");
  const file = new HistoryFile(folder.path);
  await file.save(historyOf(1).content);
  const modules = ["history-file", "rate-history"].map(
    (name) => new URL(`../../src/history/${name}.ts`, import.meta.url).href,
  );
  // The kills are before, in and after a save.
  const program = `
    const [{ HistoryFile }, { RateHistory }] = await Promise.all(${JSON.stringify(modules)}.map((each) => import(each)));
    const file = new HistoryFile(${JSON.stringify(folder.path)});
    const history = new RateHistory();
    for (let saves = 1; ; saves++) {
      history.add({ endsAt: ${startMs}, lengthsMs: [1_000], down: [saves], up: [saves] }, 0);
      await file.save(history.content);
      if (saves === COUNT) process.kill(process.pid, "SIGKILL");
      if (saves === COUNT - 1) setImmediate(() => process.kill(process.pid, "SIGKILL"));
    }`;
  for (const count of [1, 2, 3, 4]) {
    const text = program.replaceAll("COUNT", String(count));
    const child = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: "ignore" });
    // One program after the other. oxlint-disable-next-line no-await-in-loop
    const [, signal] = (await once(child, "exit")) as [unknown, unknown];
    t.is(signal, "SIGKILL");
    const { warning } = file.read();
    t.is(warning, undefined);
    t.true((secondsIn(file) ?? 0) >= 1);
  }
});

test("L25: a file that is damaged, a folder or no file of ours is a warning, and the next save replaces a file", async (t) => {
  using folder = temporaryFolder("damaged-history");
  const file = new HistoryFile(folder.path);
  const path = join(folder.path, "rate-history");
  await file.save(historyOf(10).content);
  const saved = readFileSync(path);
  for (const content of [Buffer.alloc(0), saved.subarray(1), Buffer.alloc(saved.length, 7)]) {
    writeFileSync(path, content);
    const { content: found, warning } = file.read();
    t.is(found, undefined);
    t.regex(
      warning ?? "",
      /^the history of rates begins anew: cannot use the file .+: it is damaged$/,
    );
  }
  await file.save(historyOf(10).content);
  t.is(secondsIn(file), 10);
  rmSync(path);
  mkdirSync(path);
  t.regex(file.read().warning ?? "", /damaged/);
  await t.throwsAsync(file.save(historyOf(10).content));
  rmSync(path, { recursive: true });
  symlinkSync(path, path);
  t.regex(file.read().warning ?? "", /symbolic/i);
});
