import { TroupeError } from "@troupe/control";
import test from "ava";
import { EngineMemory } from "../../../src/transmission/memory/engine-memory.ts";
import { RecordedCalls } from "../../support/recorded-calls.ts";

test("lists ask for the settings once a second, and use older ones without an answer", async (t) => {
  const memory = new EngineMemory();
  const calls = new RecordedCalls([], { "engine-settings": { goals: { ratio: 2 } } });
  const known = { "goals.ratio": 2 };
  t.deepEqual(await memory.recent(calls, 0), known);
  t.deepEqual(await memory.recent(calls, 999), known);
  t.is(calls.made.length, 1);
  const lost = new TroupeError("engine-restarting", "the engine restarts");
  const broken = new RecordedCalls([], { "engine-settings": lost });
  t.deepEqual(await memory.recent(broken, 1_000), known);
  t.is(broken.made.length, 1);
  await t.throwsAsync(memory.now(broken), { code: "engine-restarting" });
});
