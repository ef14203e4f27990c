// `pnpm bench:service-floods [SECONDS]`: `troupe serve` under 1,000 slow connections from 64 addresses, and under 1,000 guesses
// a second from 1,000 addresses, for 20 s each. Prints the time of other calls, of the owner's login from an address that has
// succeeded before, the longest delay of the loops of the engine, and the memory. The flood runs in a process of its own, and
// takes time of the same machine.

import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startProgram } from "../../test/support/programs/program.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { ServedProcess } from "../../test/support/service/served-process.ts";
import { readUse } from "../support/process-use.ts";
import { percentile, table } from "../support/statistics.ts";

const seconds = Number(process.argv[2] ?? 20);
const mebibyte = 1 << 20;
const callsASecond = 20;

using folder = temporaryFolder("service-floods");
const delays = join(folder.path, "loop-delays");
const preload = fileURLToPath(new URL("loop-delays.ts", import.meta.url));
await using served = await ServedProcess.start({
  folder: folder.path,
  environment: { LOOP_DELAYS: delays, NODE_OPTIONS: `--import ${preload}` },
});
const token = `Bearer ${tokenIn(await served.call("token", "create", "bench", "--right", "read"))}`;
const login = `Basic ${Buffer.from(`troupe:${served.password}`).toString("base64")}`;
let restBytes = 0;
// The engine comes to rest, and its code gets warm.
await measure("127.0.8.1");
restBytes = readUse(served.pid).rssBytes;
const rows: string[][] = [];
rows.push(["none", ...(await measure("127.0.8.2"))]);
for (const [kind, owner] of [
  ["heads", "127.0.8.3"],
  ["guesses", "127.0.8.4"],
] as const) {
  const words = [kind, String(served.port)];
  await using flood = await startProgram(new URL("flood.ts", import.meta.url), words);
  await flood.lineWhere("the flood", (line) => line.includes("under way") || undefined);
  rows.push([kind, ...(await measure(owner))]);
  console.log(flood.lines.at(-1));
}
const heads = ["flood", "calls", "failed", "p50 ms", "p99 ms", "login ms", "engine late ms"];
console.log(table([[...heads, "RSS + MiB"], ...rows]));

/** Calls by a token, and one login by a password that was not checked before at this address, which a token made known. */
async function measure(owner: string): Promise<string[]> {
  const sinceMs = Date.now();
  await ask(owner, token);
  const calls: number[] = [];
  let failed = 0;
  let mostBytes = 0;
  const loginMs = delay(seconds * 500).then(async () => await ask(owner, login));
  for (let call = 0; call < seconds * callsASecond; call++) {
    const tookMs = await ask("127.0.0.1", token).catch(() => undefined);
    if (tookMs === undefined) failed++;
    else calls.push(tookMs);
    mostBytes = Math.max(mostBytes, readUse(served.pid).rssBytes);
    await delay(1_000 / callsASecond);
  }
  const figures = [percentile(calls, 0.5), percentile(calls, 0.99), await loginMs];
  const grown = (mostBytes - restBytes) / mebibyte;
  return [
    ...[String(calls.length), String(failed)],
    ...[...figures, engineLateMs(sinceMs), grown].map((value) => value.toFixed(1)),
  ];
}

/** @returns Milliseconds. @throws Error for another status than 200. */
async function ask(from: string, authorization: string): Promise<number> {
  const startedMs = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const where = { host: "127.0.0.1", port: served.port, path: "/api/v1/torrents" };
  const asked = request({ ...where, localAddress: from, headers: { authorization } });
  asked.on("response", (response) => {
    response.resume();
    response.on("end", () => resolve(response.statusCode));
  });
  asked.on("error", reject);
  asked.end();
  const status = await promise;
  if (status !== 200) throw new Error(`${from} was answered ${status}`);
  return performance.now() - startedMs;
}

/** The longest delay of a thread that is not the service's. */
function engineLateMs(sinceMs: number): number {
  const lines = readFileSync(delays, "utf8").trim().split("\n");
  const late = lines
    .map((line) => line.split(" "))
    .filter(([name, atMs]) => name !== "http" && Number(atMs) >= sinceMs + 1_000)
    .map(([, , lateMs]) => Number(lateMs));
  return Math.max(0, ...late);
}

function tokenIn(output: string): string {
  const token = /\S{40,}/.exec(output)?.[0];
  if (token === undefined) throw new Error(`no token in ${output}`);
  return token;
}
