// The tester starts each program that it knows, which then serves the torrent, tracks it, or answers as a DHT node.

import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { nodePorts } from "@troupe/actor-runtime";
import { patternTorrent } from "@troupe/load-peers";
import test, { type ExecutionContext } from "ava";
import { makeRule } from "../../packages/load-tester/src/rules/make-rule.ts";
import type { ReadyTarget } from "../../packages/load-tester/src/generator/generator.messages.ts";
import type { Scenario, StartedTarget } from "../../packages/load-tester/src/scenario/scenario.ts";
import { openTargets } from "../../packages/load-tester/src/targets/open-targets.ts";
import type { Targets } from "../../packages/load-tester/src/targets/targets.ts";

const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const metainfo = patternTorrent({
  name: "payload",
  lengthBytes: 4_194_304,
  pieceLengthBytes: 262_144,
});

async function start(spec: Partial<StartedTarget>): Promise<Targets> {
  const target: StartedTarget = {
    from: "start",
    kind: "peer",
    program: "ours",
    over: undefined,
    torrent: "payload",
    has: "whole",
    tracker: undefined,
    connections: 500,
    ...spec,
  };
  const scenario: Scenario = {
    precise: true,
    hasOwnSources: false,
    ...{ name: "test", about: "", seed: 1, sources: "system", text: "", torrents: {}, groups: {} },
    ...{ phases: [], budgets: [], abort: [], drainMs: 5_000, onLostAgent: "fail" },
    targets: { target },
  };
  return await openTargets(scenario, {
    ports: nodePorts(),
    rule: makeRule({ allowTargets: [] }),
    torrents: [{ name: "payload", metainfo, content: { kind: "pattern" } }],
    ownCommand: [process.execPath, command],
  });
}

/** `openTargets` settles when the target has answered. */
async function answers(
  t: ExecutionContext,
  spec: Partial<StartedTarget>,
  client: RegExp,
): Promise<readonly ReadyTarget[]> {
  const targets = await start(spec);
  const [facts] = targets.facts;
  t.regex(facts?.client ?? "", client);
  t.true((targets.use()["target"]?.rssBytes ?? 0) > 1_000_000);
  await targets[Symbol.asyncDispose]();
  t.deepEqual(targets.use(), {});
  return targets.ready;
}

test.serial("aria2 serves the whole torrent", async (t) => {
  await answers(t, { program: "aria2" }, /^aria2 1\./);
});

test.serial("libtorrent serves the whole torrent", async (t) => {
  await answers(t, { program: "libtorrent" }, /^libtorrent 2\./);
});

test.serial("qBittorrent serves the whole torrent", async (t) => {
  await answers(t, { program: "qbittorrent" }, /^qbittorrent 4\./);
});

test.serial("rtorrent serves the whole torrent", async (t) => {
  await answers(t, { program: "rtorrent" }, /^rtorrent 0\./);
});

test.serial("Transmission serves the whole torrent", async (t) => {
  await answers(t, { program: "transmission" }, /^transmission 3\./);
});

test.serial("our client shakes hands without content", async (t) => {
  await answers(t, { program: "ours", has: "nothing" }, /^troupe /);
});

for (const over of ["http", "udp"] as const) {
  test.serial(`opentracker answers over ${over}`, async (t) => {
    const tracker = { program: "opentracker", kind: "tracker", over, torrent: undefined } as const;
    const [ready] = await answers(t, tracker, /^opentracker /);
    t.regex(ready?.url ?? "", new RegExp(`^${over}://127\\.0\\.0\\.1:\\d+/announce$`));
  });
}

test.serial("a DHT node of libtorrent answers a ping", async (t) => {
  const node = { program: "libtorrent", kind: "dht", torrent: undefined } as const;
  await answers(t, node, /^libtorrent /);
});

test.serial("a target that ends by itself is reported, and its folder is removed", async (t) => {
  const before = new Set(readdirSync(tmpdir()));
  const targets = await start({ program: "rtorrent" });
  const [folder = ""] = readdirSync(tmpdir()).filter(
    (name) => name.startsWith("troupe-load-") && !before.has(name),
  );
  t.true(existsSync(`${tmpdir()}/${folder}/data/payload`));
  const { findListener } =
    await import("../../packages/load-tester/src/targets/processes/listening-process.ts");
  const pid = findListener("tcp", targets.ready[0]?.port ?? 0);
  t.true(pid !== undefined && process.kill(pid, "SIGKILL"));
  const { name, message } = await targets.ended;
  t.is(name, "target");
  t.regex(message, /ended during the run, with signal 9/);
  t.false(existsSync(`${tmpdir()}/${folder}`));
  await targets[Symbol.asyncDispose]();
});
