import test from "ava";
import fc from "fast-check";
import { agentScenario } from "../../../../../test/support/load/agent-scenario.ts";
import { scenarioShape } from "../../../src/agents/messages/scenario-shape.ts";
import type { GroupLoad, OpenPace } from "../../../src/scenario/scenario.ts";
import { readJson, ShapeError, toJson } from "../../../src/agents/messages/shape.ts";

const most = 1024 * 1024;

function through(value: unknown): unknown {
  return readJson(toJson(value), most, scenarioShape);
}

test("a scenario comes through JSON and the gate as it was", (t) => {
  t.deepEqual(through(agentScenario()), agentScenario());
});

const leech = agentScenario().groups["leech"];

function open(changes: Partial<OpenPace>): GroupLoad {
  if (leech?.load.kind !== "peers" || leech.load.pace.kind !== "rate") throw new TypeError("bug");
  return { ...leech.load, pace: { ...leech.load.pace, ...changes } };
}

for (const [what, value, message] of [
  ["a group of an unknown target", agentScenario({ target: "x" }), /leech has an unknown target/],
  [
    "an unknown kind of load",
    agentScenario({ load: { kind: "x" } as never }),
    /load\.kind is none/,
  ],
  ["a time without an end", agentScenario({ againAfterMs: -1 }), /againAfterMs is not a number/],
  [
    "a group under another name",
    { ...agentScenario(), groups: { x: leech } },
    /x has another name/,
  ],
  [
    "an open load that never reaches its end",
    agentScenario({ load: open({ perSecond: 0 }) }),
    /perSecond is not a number from/,
  ],
  [
    "more actions than a file may have",
    agentScenario({ load: open({ perSecond: 1e9 }) }),
    /actions of open loads/,
  ],
  [
    "visits without an end",
    agentScenario({ stay: { kind: "fixed", durationMs: 0 }, againAfterMs: 0 }),
    /visits in all groups/,
  ],
  [
    "arrivals out of order, which would hide a storm",
    agentScenario({ arrival: { kind: "times", afterMs: 0, timesMs: [0, 1_000, 0, 2_000] } }),
    /timesMs is not ascending/,
  ],
  ["no object", 7, /it is not an object/],
] as const) {
  test(`the gate refuses ${what}`, (t) => {
    t.throws(() => through(value), { instanceOf: ShapeError, message });
  });
}

test("the gate throws nothing but its own error, whatever JSON comes", (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, name) => {
      const planted = { ...agentScenario(), [name]: value, groups: { leech: value } };
      for (const candidate of [value, planted]) {
        try {
          through(candidate);
        } catch (error) {
          if (!(error instanceof ShapeError)) throw error;
        }
      }
    }),
  );
  t.pass();
});

test("bytes beyond the bound and bytes that are no JSON are refused", (t) => {
  const read = (bytes: Uint8Array) => () => readJson(bytes, 10, scenarioShape);
  t.throws(read(new Uint8Array(11)), { message: /it has 11 bytes, 10 are allowed/ });
  t.throws(read(Uint8Array.of(0xff, 0xfe)), { message: /it is not JSON/ });
});

test("actions of a group that ends before it begins do not make room for others", (t) => {
  const none = open({ fromMs: 1e12, untilMs: 0, perSecond: 1e9 });
  const many = open({ perSecond: 1e9 });
  const groups = {
    none: { ...leech, name: "none", load: none },
    many: { ...leech, name: "many", load: many },
  };
  t.throws(() => through({ ...agentScenario(), groups }), { message: /actions of open loads/ });
});
