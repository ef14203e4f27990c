import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { Hooks, type HookSettings } from "../../../src/automation/hooks/hooks.ts";
import { OutboxState, readState, writeState } from "../../../src/automation/hooks/outbox-state.ts";
import { exampleEntry } from "../../support/example-entry.ts";

const settings: HookSettings = { hooks: { done: { program: "/bin/true", events: ["complete"] } } };
const { http } = nodePorts();

async function open(folder: string, given: HookSettings) {
  const warnings: string[] = [];
  const hooks = await Hooks.open(given, {
    folder,
    engine: { guardGoals: () => undefined, isOnRecord: () => true, http },
    look: () => undefined,
    warned: (code) => warnings.push(code),
  });
  await hooks?.close();
  const path = join(folder, "outbox.jsonl");
  const state = existsSync(path) ? readState(readFileSync(path, "utf8")) : undefined;
  return { hooks, path, state, warnings };
}

test("a first start begins an outbox, and a later one keeps its beginning", async (t) => {
  using folder = temporaryFolder("hooks");
  const first = await open(folder.path, settings);
  t.true((first.state?.sinceMs ?? 0) > 0);
  t.deepEqual(first.warnings, []);
  t.deepEqual((await open(folder.path, settings)).state, first.state);
});

test("a start without hooks forgets the outbox", async (t) => {
  using folder = temporaryFolder("hooks");
  const { path } = await open(folder.path, settings);
  t.true(existsSync(path));
  t.is((await open(folder.path, {})).hooks, undefined);
  t.false(existsSync(path));
});

test("a damaged outbox is kept beside a new one, with a warning", async (t) => {
  using folder = temporaryFolder("hooks");
  const path = join(folder.path, "outbox.jsonl");
  writeFileSync(path, "no outbox");
  const { state, warnings } = await open(folder.path, settings);
  t.is(state?.entries.size, 0);
  t.deepEqual(warnings, ["outbox-damaged"]);
  t.is(readFileSync(`${path}.damaged`, "utf8"), "no outbox");
});

test("events for hooks that are no longer set are dropped, with a warning", async (t) => {
  using folder = temporaryFolder("hooks");
  const kept = new OutboxState(7);
  const gone = { kind: "webhook", name: "done" } as const;
  kept.take({ put: [exampleEntry({ id: "1" }), exampleEntry({ id: "2", hook: gone })] });
  writeFileSync(join(folder.path, "outbox.jsonl"), writeState(kept));
  const { state, warnings } = await open(folder.path, settings);
  t.deepEqual([...(state?.entries.keys() ?? [])], ["1"]);
  t.deepEqual(warnings, ["hook-dropped"]);
});
