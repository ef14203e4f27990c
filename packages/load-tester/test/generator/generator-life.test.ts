import test from "ava";
import {
  type GeneratorLife,
  type LifeEvent,
  nextLife,
} from "../../src/generator/generator-life.ts";
import type { ShareRun } from "../../src/generator/share-run.ts";

const run = {} as ShareRun;

function kinds(...events: readonly LifeEvent[]): string[] {
  let life: GeneratorLife = { kind: "idle" };
  return events.map((event) => (life = nextLife(life, event)).kind);
}

test("a generator prepares, runs once and ends", (t) => {
  t.deepEqual(
    kinds(
      { kind: "prepare" },
      { kind: "prepared", run },
      { kind: "begin" },
      { kind: "end" },
      { kind: "closed" },
    ),
    ["preparing", "ready", "running", "ending", "ended"],
  );
});

test("a run drains once, before it ends, and only a running one", (t) => {
  const begun: LifeEvent[] = [{ kind: "prepare" }, { kind: "prepared", run }, { kind: "begin" }];
  t.deepEqual(
    kinds(...begun, { kind: "drain" }, { kind: "drain" }, { kind: "end" }, { kind: "drain" }).slice(
      3,
    ),
    ["draining", "draining", "ending", "ending"],
  );
  t.deepEqual(kinds({ kind: "prepare" }, { kind: "drain" }), ["preparing", "preparing"]);
});

test("events without a meaning change nothing", (t) => {
  t.deepEqual(kinds({ kind: "begin" }, { kind: "closed" }), ["idle", "idle"]);
  t.deepEqual(kinds({ kind: "prepare" }, { kind: "prepare" }, { kind: "begin" }), [
    "preparing",
    "preparing",
    "preparing",
  ]);
  t.deepEqual(kinds({ kind: "prepare" }, { kind: "refuse" }, { kind: "begin" }), [
    "preparing",
    "refused",
    "refused",
  ]);
  t.deepEqual(kinds({ kind: "end" }, { kind: "end" }, { kind: "prepare" }), [
    "ending",
    "ending",
    "ending",
  ]);
});

test("an end during the preparation leaves no run that could begin", (t) => {
  t.deepEqual(kinds({ kind: "prepare" }, { kind: "end" }, { kind: "prepared", run }), [
    "preparing",
    "ending",
    "ending",
  ]);
});
