// `troupe cat` and `troupe play` as processes, beside a real seed.

import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { filesBelow } from "../support/files/files-below.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { Command } from "../support/programs/command.ts";
import { beginInline } from "../support/programs/inline-command.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const run = promisify(execFile);

/** A seed, and the words of a call that reads from it. */
async function open(t: ExecutionContext) {
  const swarm = await Swarm.open({
    pieceLengthBytes: 64 * 1_024,
    files: [
      { path: ["notes.txt"], lengthBytes: 300_000 },
      { path: ["film.mp4"], lengthBytes: 2_000_000 },
    ],
  });
  t.teardown(async () => await swarm[Symbol.asyncDispose]());
  const { coordinator } = await swarm.seed({ engine: { host: "inline" } });
  const folder = swarm.folder("reader").path;
  const state = swarm.folder("state").path;
  const source = join(folder, "job.torrent");
  writeFileSync(source, torrentBytes(swarm.payload, []));
  const data = join(folder, "data");
  const options = [
    ...["--dir", data, "--state-dir", state, "--port", "0", "--bind", "127.0.0.1"],
    ...["--no-dht", "--no-lsd", "--no-port-mapping", "--peer", `127.0.0.1:${coordinator.port}`],
  ];
  return { swarm, source, data, options, folder, film: Buffer.from(swarm.content.slice(300_000)) };
}

async function cat(words: readonly string[]): Promise<Buffer> {
  const line = [program, "cat", ...words];
  const { stdout } = await run(process.execPath, line, { encoding: "buffer", maxBuffer: 2 ** 26 });
  return stdout;
}

test("L28: cat writes a file to stdout, and leaves it in the folder", async (t) => {
  const { data, film, options, source } = await open(t);
  t.true((await cat([source, "film.mp4", ...options])).equals(film));
  t.true(readFileSync(join(data, "payload", "film.mp4")).equals(film));
});

test("L28: cat with a range of a file by its number fetches its pieces alone, and a download goes on from them", async (t) => {
  const { data, film, folder, options, source, swarm } = await open(t);
  const range = await cat([source, "2", "--range", "1000000-1099999", ...options]);
  t.true(range.equals(film.subarray(1_000_000, 1_100_000)));
  t.deepEqual(
    filesBelow(data).filter((path) => !path.endsWith(".parts")),
    [],
  );
  await using download = beginInline([source, ...options, "--json"], folder);
  t.is((await download.ended).status, 0);
  const progress = download.environment.stdout.events.findLast(({ event }) => event === "progress");
  const downloadedBytes = Number(progress?.["downloadedBytes"] ?? NaN);
  t.true(downloadedBytes <= 2_300_000 - 2 * 65_536, `${downloadedBytes} bytes`);
  const files = readdirSync(join(data, "payload")).map((name) =>
    readFileSync(join(data, "payload", name)),
  );
  t.is(Buffer.concat(files).length, swarm.content.length);
});

test("L28: play starts a player with a link to the largest file, and ends with it", async (t) => {
  const { film, folder, options, source } = await open(t);
  const player = join(folder, "player.mjs");
  const script = `#!${process.execPath}
import { writeFileSync } from "node:fs";
const url = process.argv[2];
const end = await (await fetch(url, { headers: { range: "bytes=-1000" } })).bytes();
const whole = await (await fetch(url)).bytes();
writeFileSync(${JSON.stringify(join(folder, "played"))}, Buffer.concat([end, whole]));
`;
  writeFileSync(player, script, { mode: 0o755 });
  using command = new Command(["play", source, "--player", player, "--json", ...options], folder);
  const { status, stderr } = await command.ended;
  t.is(status, 0, stderr + JSON.stringify(command.lines.slice(-5)));
  t.like(await command.event("link"), { file: 1, lengthBytes: 2_000_000 });
  const played = readFileSync(join(folder, "played"));
  t.true(played.equals(Buffer.concat([film.subarray(-1_000), film])));
});

test("L28: play ends by a signal", async (t) => {
  const { options, source } = await open(t);
  using command = new Command(["play", source, "--json", ...options]);
  const { url } = await command.event("link");
  t.is((await fetch(String(url), { method: "HEAD" })).status, 200);
  command.signal("SIGINT");
  t.is((await command.ended).status, 130);
});
