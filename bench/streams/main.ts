// `pnpm bench:streams`: a whole file over HTTP by the service, beside nginx and WebTorrent; and lists beside streams.
//
//   --runs N    runs of each (9)
//   --mib N     length of the file (512)
//
// One curl a run gets a file that the page cache has, from the command `serve`, from nginx with `sendfile on` and one
// worker, and from WebTorrent's server, in turns. The first run of each is not counted. Then 32 curls take 4 MB/s each from the service, and 300 lists are
// asked for meanwhile, one after the other.

import { execFile, spawn } from "node:child_process";
import { linkSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { Nginx } from "../../test/support/clients/nginx.ts";
import { Webtorrent } from "../../test/support/clients/webtorrent.ts";
import { writePayload } from "../../test/support/files/payload.ts";
import { freePort } from "../../test/support/programs/free-port.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { ServedProcess } from "../../test/support/service/served-process.ts";
import { median, percentile, spread, table } from "../support/statistics.ts";

const mebibyte = 2 ** 20;
const { values } = parseArgs({
  options: { runs: { type: "string", default: "9" }, mib: { type: "string", default: "512" } },
});
const run = promisify(execFile);

/** @returns MB/s of one curl. */
async function rateOf(url: string, headers: readonly string[] = []): Promise<number> {
  const words = ["-sS", "-f", "-o", "/dev/null", "-w", "%{size_download} %{time_total}"];
  const { stdout } = await run("curl", [...words, ...headers.flatMap((each) => ["-H", each]), url]);
  const [bytes = 0, seconds = 1] = stdout.split(" ").map(Number);
  if (bytes !== Number(values.mib) * mebibyte) throw new Error(`curl got ${bytes} bytes of ${url}`);
  return bytes / 1e6 / seconds;
}

using folder = temporaryFolder("troupe-streams");
const source = join(folder.path, "source");
const payload = writePayload({
  ...{ folder: source, name: "film.mkv", pieceLengthBytes: mebibyte },
  files: Number(values.mib) * mebibyte,
});
const { infoHash, path } = writeTorrentFile(payload);
const data = join(folder.path, "data", "film.mkv");
mkdirSync(dirname(data));
linkSync(join(source, "film.mkv"), data);

await using nginx = await Nginx.start(source);
const webtorrentPort = await freePort();
await using webtorrent = await Webtorrent.seed({
  ...{ torrent: path, folder: source, serverPort: webtorrentPort },
});
await webtorrent.finished();
await using served = await ServedProcess.start({ folder: folder.path });
await served.call("add", path);
const bearer = `Authorization: Bearer ${(await served.call("token", "create", "bench", "--right", "read")).trim()}`;
const stream = `http://127.0.0.1:${served.port}/stream/${infoHash}/0`;
const rates = { service: [] as number[], nginx: [] as number[], webtorrent: [] as number[] };
for (let count = 0; count <= Number(values.runs); count++) {
  const service = await rateOf(stream, [bearer]);
  const other = await rateOf(`${nginx.url}film.mkv`);
  const third = await rateOf(`http://127.0.0.1:${webtorrentPort}/0`);
  if (count === 0) continue;
  rates.service.push(service);
  rates.nginx.push(other);
  rates.webtorrent.push(third);
}
console.log(
  table([
    ["a whole file, one curl", "MB/s"],
    ["service", spread(rates.service, 0)],
    ["nginx, sendfile on, one worker", spread(rates.nginx, 0)],
    ["WebTorrent", spread(rates.webtorrent, 0)],
    ["service ÷ nginx (bar 0.5)", (median(rates.service) / median(rates.nginx)).toFixed(2)],
    ["service ÷ WebTorrent (bar 2)", (median(rates.service) / median(rates.webtorrent)).toFixed(2)],
  ]),
);

/** @returns The milliseconds of each of 300 lists. */
async function lists(): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let count = 0; count < 300; count++) {
    const beganAtMs = performance.now();
    const answer = await fetch(`http://127.0.0.1:${served.port}/api/v1/torrents`, {
      headers: { authorization: bearer.slice(bearer.indexOf(" ") + 1) },
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`a list was answered ${answer.status}`);
    tookMs.push(performance.now() - beganAtMs);
  }
  return tookMs;
}

const alone = await lists();
const curls = Array.from({ length: 32 }, () => {
  // An address has 32 connections at most: the lists come from another one.
  const words = ["-sS", "-o", "/dev/null", "--interface", "127.0.0.2", "--limit-rate", "4M"];
  return spawn("curl", [...words, "-H", bearer, stream], { stdio: "inherit" });
});
const beside = await lists();
const running = curls.filter(({ exitCode }) => exitCode === null);
for (const curl of running) curl.kill();
console.log(
  table([
    ["lists, ms", "alone", `beside ${running.length} streams`],
    ["p50", ...[alone, beside].map((tookMs) => median(tookMs).toFixed(1))],
    ["p99 (bar 25)", ...[alone, beside].map((tookMs) => percentile(tookMs, 0.99).toFixed(1))],
  ]),
);
