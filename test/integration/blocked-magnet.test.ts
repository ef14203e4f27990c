// A magnet needs the caller's thread for nothing: it gets its metadata, its files and its goals while that thread is blocked.
// `BLOCKED_SECONDS=30` blocks the thread for that time at least.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { AddOptions } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { endsByItself, startProgram } from "../support/programs/program.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { until } from "../support/time/until.ts";

const program = new URL("./fixtures/blocked-magnet.ts", import.meta.url);
const pieceLengthBytes = 64 * 1024;
const totalBytes = 4 * 1024 * 1024;
const leastSeconds = process.env["BLOCKED_SECONDS"] ?? "0";

/** A seed, and a program that is blocked since its call of `add` with the link of the seed has returned. */
async function blocked(options: Pick<AddOptions, "goals"> = {}) {
  await using stack = new AsyncDisposableStack();
  const swarm = stack.use(await Swarm.open({ pieceLengthBytes, files: totalBytes }));
  const { coordinator, record } = await swarm.seed();
  const [data, state, other] = ["data", "state", "other"].map((name) => swarm.folder(name).path);
  const flag = join(other ?? "", "flag");
  const { infoHash, tracker } = swarm;
  const peer = `127.0.0.1:${coordinator.port}`;
  const link = `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(tracker.url)}&x.pe=${peer}`;
  const words = [data ?? "", state ?? "", link, flag, JSON.stringify(options), leastSeconds];
  const caller = stack.use(await startProgram(program, words));
  await caller.lineWhere("that it is blocked", (line) => line === "blocked" || undefined);
  const held = stack.move();
  return {
    swarm,
    seed: record.torrent,
    caller,
    data: data ?? "",
    state: state ?? "",
    free: () => writeFileSync(flag, ""),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

test("a magnet is downloaded, and its .torrent saved, while the thread of its caller is blocked", async (t) => {
  await using scene = await blocked();
  const { swarm, seed, caller, data, state } = scene;
  await until("the upload of the whole content", () => seed.uploaded >= totalBytes);
  await until("the .torrent", () =>
    readdirSync(join(state, "torrents")).includes(`${swarm.infoHash}.torrent`),
  );
  await until("the announce of the completion", () => swarm.tracker.swarms()[0]?.complete === 2);
  await assertSameFiles(t, swarm.payload, data);
  t.false(caller.lines.includes("free"));

  scene.free();
  const { status } = await endsByItself(caller);
  t.is(status, 0, caller.tail());
  t.deepEqual(caller.lines.slice(-2), ["free", `${totalBytes} active`]);
  t.deepEqual(
    readdirSync(join(state, "torrents"))
      .map((name) => name.replace(/.*\./, "."))
      .toSorted(),
    [".job", ".torrent"],
  );
});

test("a torrent whose program is blocked stops at its goals, and is not started by the next restore", async (t) => {
  await using scene = await blocked({ goals: { seedSeconds: 1 } });
  const { swarm, caller, state } = scene;
  const seeds = (): number => swarm.tracker.swarms()[0]?.complete ?? 0;
  // It seeds for a second only: the count of completions stays.
  await until("the announce of the completion", () => swarm.tracker.swarms()[0]?.downloaded === 1);
  await until("the announce of the stop", () => seeds() === 1);
  t.false(caller.lines.includes("free"));

  scene.free();
  const { status } = await endsByItself(caller);
  t.is(status, 0, caller.tail());
  t.deepEqual(caller.lines.slice(-2), ["free", `${totalBytes} stopped`]);
  await using next = await startEngine({ port: 0, bind: ["127.0.0.1"], stateDirectory: state });
  const { torrents } = await next.restore();
  t.is(torrents[0]?.state, "stopped");
});
