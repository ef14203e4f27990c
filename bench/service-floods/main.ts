// `pnpm bench:service-floods`: a service under 1,000 slow connections from 64 addresses, and under 1,000 guesses a second from
// 1,000 addresses. Prints the time of other calls, of the owner's login from an address that has succeeded before, the delay of
// the loop of the engine, and the memory. The flood runs in a process of its own, and takes time of the same machine.

import { setTimeout as delay } from "node:timers/promises";
import type { ActorStatus } from "@troupe/coordinator";
import { startProgram } from "../../test/support/programs/program.ts";
import { Served } from "../../test/support/service/served.ts";

const seconds = Number(process.argv[2] ?? 10);
const mebibyte = 1 << 20;
const callsASecond = 20;

interface Figures {
  readonly callsMs: number[];
  readonly loginMs: number;
  readonly engineLateMs: number;
  readonly failed: number;
}

const served = await Served.open({ host: "threads", engine: { host: "threads" } });
const token = await served.token("read");
await ask("127.0.0.1", token);

console.log("flood, calls, failed, p50 ms, p99 ms, login ms, engine late ms (longest), RSS + MiB");
const startBytes = process.memoryUsage.rss();
print("none", await measure("127.0.8.1"));
for (const [kind, owner] of [
  ["heads", "127.0.8.2"],
  ["guesses", "127.0.8.3"],
] as const) {
  const words = [kind, String(served.port)];
  await using flood = await startProgram(new URL("flood.ts", import.meta.url), words);
  await flood.lineWhere("the flood", (line) => line.includes("under way") || undefined);
  print(kind, await measure(owner));
}
await served[Symbol.asyncDispose]();

/** Calls by a token, and one login by a password that was not checked before at this address, which a token made known. */
async function measure(owner: string): Promise<Figures> {
  await ask(owner, token);
  const callsMs: number[] = [];
  let failed = 0;
  let engineLateMs = 0;
  const login = delay((seconds * 1_000) / 2).then(async () => await ask(owner, served.basic()));
  for (let call = 0; call < seconds * callsASecond; call++) {
    const tookMs = await ask("127.0.0.1", token).catch(() => Infinity);
    if (tookMs === Infinity) failed++;
    else callsMs.push(tookMs);
    if (call % callsASecond === 0) engineLateMs = Math.max(engineLateMs, await engineDelay());
    await delay(1_000 / callsASecond);
  }
  return { callsMs, failed, loginMs: await login, engineLateMs };
}

/** @returns Milliseconds. @throws Error for another status than 200. */
async function ask(from: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const startedMs = performance.now();
  const { status } = await served.ask("/api/v1/torrents", { from, headers });
  if (status !== 200) throw new Error(`${from} was answered ${status}`);
  return performance.now() - startedMs;
}

/** The longest delay of an actor of the engine since its start: those of the service are left out. */
async function engineDelay(): Promise<number> {
  const longest = ({ children = [], loopDelayMs }: ActorStatus): number =>
    Math.max(loopDelayMs?.max ?? 0, ...children.map(longest));
  const { children = [] } = await served.coordinator.actors();
  return Math.max(0, ...children.filter(({ name }) => name !== "service").map(longest));
}

function print(flood: string, { callsMs, failed, loginMs, engineLateMs }: Figures): void {
  const sorted = callsMs.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1);
  const grown = (process.memoryUsage.rss() - startBytes) / mebibyte;
  const figures = [callsMs.length, failed, at(0.5), at(0.99), loginMs.toFixed(0)];
  console.log([flood, ...figures, engineLateMs.toFixed(1), grown.toFixed(1)].join(", "));
}
