// The program as a process of its own, with the real engine behind it. One test at a time: a stop has five seconds, and
// twenty programs that start at once take more than that from each other on two cores.

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import test from "ava";
import type { ExecutionContext } from "ava";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { isLong } from "../support/lanes.ts";
import { generateDemo } from "../../packages/cli/src/commands/demo-data.ts";
import { torrentBytes } from "../../packages/cli/test/support/torrents.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));

const stateHome = mkdtempSync(join(tmpdir(), "troupe-test-state-"));
test.after.always(() => rm(stateHome, { recursive: true, force: true }));

type Program = ChildProcessByStdio<null, Readable, Readable>;

function troupe(t: ExecutionContext, words: readonly string[], temporary = tmpdir()): Program {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing may be left in the state folder of the user who runs this.
    env: {
      ...process.env,
      TMPDIR: temporary,
      XDG_STATE_HOME: stateHome,
      XDG_CONFIG_HOME: stateHome,
    },
  });
  t.teardown(() => child.kill("SIGKILL"));
  return child;
}

async function folderFor(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The JSON lines up to the first of this kind. */
async function linesUntil(child: Program, kind: string): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Record<string, unknown>;
    lines.push(event);
    if (event["event"] === kind) break;
  }
  return lines;
}

/** The exit code, or the signal that ended the process. */
async function exitCode(child: Program): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode ?? `${child.signalCode}: ${String(child.stderr.read() ?? "")}`;
}

/** A folder with a job that is whole: `job.torrent` and its data. */
async function wholeJob(t: ExecutionContext): Promise<string> {
  const folder = await folderFor(t);
  const metainfo = await generateDemo(
    folder,
    300_000,
    "http://127.0.0.1:1/announce",
    new AbortController().signal,
  );
  await writeFile(join(folder, "job.torrent"), metainfo);
  return folder;
}

test.serial("the demo shares its data over real connections and removes its files", async (t) => {
  const temporary = await folderFor(t);
  const child = troupe(t, ["demo", "--size", "1M", "--json"], temporary);
  const lines = await linesUntil(child, "demo");
  t.is(await exitCode(child), 0);
  t.like(lines.at(-1), { leechers: 3, lengthBytes: 1024 ** 2 });
  t.deepEqual(
    lines
      .filter(({ event }) => event === "complete")
      .map(({ role }) => role)
      .toSorted(),
    ["leecher 1", "leecher 2", "leecher 3", "seeder"],
  );
  t.deepEqual(await readdir(temporary), []);
});

for (const signal of ["SIGTERM", "SIGHUP", ...(isLong ? (["SIGINT"] as const) : [])] as const) {
  test.serial(`F18: ${signal} stops a seed in order, with exit code 130`, async (t) => {
    const folder = await wholeJob(t);
    const words = ["seed", join(folder, "job.torrent"), "--dir", folder, "--port", "0", "--json"];
    const child = troupe(t, [...words, "--no-trackers", "--bind", "127.0.0.1"]);
    await linesUntil(child, "complete");
    child.kill(signal);
    t.is(await exitCode(child), 130);
  });
}

for (const call of isLong
  ? (["download", "seed", "check", "info"] as const)
  : (["info"] as const)) {
  test.serial(
    `a signal while the .torrent of a ${call} is fetched ends it with 130 and no error`,
    async (t) => {
      const asked = Promise.withResolvers<void>();
      const server = createServer(() => asked.resolve());
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      t.teardown(() => server.closeAllConnections());
      t.teardown(() => server.close());
      const { port } = server.address() as AddressInfo;
      const child = troupe(t, [call, `http://127.0.0.1:${port}/job.torrent`]);
      const output = text(child.stderr);
      await asked.promise;
      child.kill("SIGINT");
      t.is(await exitCode(child), 130);
      t.is(await output, "");
    },
  );
}

test.serial("a check of complete data ends with 0, of incomplete data with 3", async (t) => {
  const folder = await wholeJob(t);
  const words = ["check", join(folder, "job.torrent"), "--dir"];
  t.is(await exitCode(troupe(t, [...words, folder])), 0);
  t.is(await exitCode(troupe(t, [...words, join(folder, "elsewhere")])), 3);
});

test.serial("seeding incomplete data ends with 1 and writes nothing", async (t) => {
  const folder = await wholeJob(t);
  const empty = await folderFor(t);
  const words = ["seed", join(folder, "job.torrent"), "--dir", empty, "--port", "0"];
  t.is(await exitCode(troupe(t, [...words, "--no-trackers", "--bind", "127.0.0.1"])), 1);
  t.deepEqual(await readdir(empty), []);
});

test.serial(
  "a reader that has read enough ends the command in order, with exit code 0",
  async (t) => {
    const folder = await folderFor(t);
    await writeFile(join(folder, "job.torrent"), torrentBytes({ files: { a: 300_000 } }));
    const words = ["job.torrent", "--dir", folder, "--port", "0", "--json", "--no-trackers"];
    const child = troupe(t, [
      join(folder, words[0] ?? ""),
      ...words.slice(1),
      "--bind",
      "127.0.0.1",
    ]);
    await linesUntil(child, "ready");
    child.stdout.destroy();
    t.is(await exitCode(child), 0);
  },
);

test.serial("SIGUSR1 opens no debugger, and the command continues", async (t) => {
  const folder = await wholeJob(t);
  const words = ["seed", join(folder, "job.torrent"), "--dir", folder, "--port", "0", "--json"];
  const child = troupe(t, [...words, "--no-trackers", "--bind", "127.0.0.1"]);
  const output = text(child.stderr);
  await linesUntil(child, "complete");
  child.kill("SIGUSR1");
  // Node would open its debugger on a thread of its own: a second signal of another kind comes behind it.
  await linesUntil(child, "progress");
  child.kill("SIGINT");
  t.is(await exitCode(child), 130);
  t.notRegex(await output, /[Dd]ebugger/);
});

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

test.serial("a wrong command line ends with 2", async (t) => {
  t.is(await exitCode(troupe(t, ["dht", "get-peers", "x"])), 2);
  t.is(await exitCode(troupe(t, ["--no-such-option"])), 2);
});

onLinux(
  "results that cannot be written are a failure, whatever the result of the call",
  async (t) => {
    const folder = await wholeJob(t);
    const job = join(folder, "job.torrent");
    for (const words of [
      ["info", job],
      ["info", job, "--json"],
      ["check", job, "--dir", folder],
    ]) {
      await using full = await open("/dev/full", "w");
      const child = spawn(process.execPath, [program, ...words], {
        stdio: ["ignore", full.fd, "pipe"],
        env: { ...process.env, XDG_STATE_HOME: stateHome, XDG_CONFIG_HOME: stateHome },
      });
      let output = "";
      child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
      await once(child, "close");
      t.is(child.exitCode, 1, words[0]);
      t.regex(output, /stdout: no space left on device \[output-lost\]/);
    }
  },
);

/** Arguments with which a job has no peers. */
const alone = ["--no-trackers", "--port", "0", "--bind", "127.0.0.1", "--json"];

async function emptyJob(t: ExecutionContext, name: string): Promise<[path: string, dir: string]> {
  const folder = await folderFor(t);
  const path = join(folder, `${name}.torrent`);
  await writeFile(path, torrentBytes({ name, files: { a: 300_000 } }));
  return [path, folder];
}

onLinux("F30: a job runs once, also after a kill, and another job runs beside it", async (t) => {
  const [job, folder] = await emptyJob(t, "job");
  const [other] = await emptyJob(t, "other");
  const first = troupe(t, [job, "--dir", folder, ...alone]);
  await linesUntil(first, "ready");
  const second = troupe(t, [job, "--dir", folder, ...alone]);
  t.like((await linesUntil(second, "error")).at(-1), { code: "already-running" });
  t.is(await exitCode(second), 75);
  const beside = troupe(t, [other, "--dir", folder, ...alone]);
  await linesUntil(beside, "ready");
  first.kill("SIGKILL");
  await exitCode(first);
  const third = troupe(t, [job, "--dir", folder, ...alone]);
  await linesUntil(third, "ready");
  for (const child of [beside, third]) {
    child.kill("SIGINT");
    t.is(await exitCode(child), 130);
  }
});

test.serial("a torrent that was given once is found by its info-hash", async (t) => {
  const state = await folderFor(t);
  const folder = await wholeJob(t);
  const where = ["--dir", folder, "--state-dir", state];
  const seed = troupe(t, ["seed", join(folder, "job.torrent"), ...where, ...alone]);
  const { infoHash } = (await linesUntil(seed, "complete")).at(-1) ?? {};
  seed.kill("SIGINT");
  t.is(await exitCode(seed), 130);
  t.is(await exitCode(troupe(t, ["check", String(infoHash), ...where])), 0);
  t.is(await exitCode(troupe(t, ["info", String(infoHash), "--state-dir", state])), 0);
  t.is(await exitCode(troupe(t, ["check", String(infoHash), "--dir", folder])), 1);
});

test.serial(
  "AE1: a magnet link downloads, and info shows its content and saves its .torrent",
  async (t) => {
    const [folder, elsewhere] = [await wholeJob(t), await folderFor(t)];
    const seed = troupe(t, ["seed", join(folder, "job.torrent"), "--dir", folder, ...alone]);
    const { port } = (await linesUntil(seed, "listening")).at(-1) ?? {};
    const { infoHash } = parseTorrent(await readFile(join(folder, "job.torrent")));
    const magnet = `magnet:?xt=urn:btih:${infoHash}&x.pe=127.0.0.1:${String(port)}`;
    const state = ["--state-dir", join(elsewhere, "state")];
    const saved = join(elsewhere, "saved.torrent");
    const info = troupe(t, ["info", magnet, "--save", saved, ...state, ...alone]);
    t.like((await linesUntil(info, "info")).at(-1), { infoHash, lengthBytes: 300_000 });
    t.is(await exitCode(info), 0);
    t.is(parseTorrent(await readFile(saved)).infoHash, infoHash);
    const download = troupe(t, [magnet, "--dir", elsewhere, ...state, ...alone]);
    const lines = await linesUntil(download, "complete");
    const order = ["listening", "metadata", "ready", "complete"];
    t.deepEqual(
      lines.map(({ event }) => String(event)).filter((event) => order.includes(event)),
      order,
    );
    t.is(await exitCode(download), 0);
    const [file] = parseTorrent(await readFile(saved)).files.map(({ path }) => path.join("/"));
    t.deepEqual(
      await readFile(join(elsewhere, file ?? "")),
      await readFile(join(folder, file ?? "")),
    );
  },
);

test.serial(
  "a removed current folder is reported, and does not affect calls that need none",
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
    const source = join(await wholeJob(t), "job.torrent");
    const script = 'cd "$1" && rmdir "$1" && "$2" "$3" --version && exec "$2" "$3" check "$4"';
    const words = [folder, process.execPath, program, source];
    const shell = spawn("sh", ["-c", script, "sh", ...words], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [output, lines] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
    t.is(await exitCode(shell), 1);
    t.regex(output, /^troupe \d/);
    t.regex(lines, /the current folder was removed \[folder-gone\]/);
  },
);

test.serial("no event follows the document of load-test --list --json", async (t) => {
  const output = await text(troupe(t, ["load-test", "--list", "--json"]).stdout);
  t.true(Array.isArray(JSON.parse(output)));
});
