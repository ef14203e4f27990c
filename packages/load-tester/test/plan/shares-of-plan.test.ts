import test from "ava";
import fc from "fast-check";
import { intentLines } from "../../src/plan/intent-lines.ts";
import { planOf } from "../../src/plan/plan-of.ts";
import { read } from "../support/scenarios.ts";

const arrival = fc.constantFrom(
  "at-once",
  "{ rate: 50/s }",
  "{ ramp: 3s, after: 500ms }",
  "{ poisson: 30/s }",
  "{ crowd: 700ms }",
);
const stay = fc.constantFrom(
  "",
  "stay: 400ms, again-after: 10ms",
  "stay: { exponential: 300ms }, again-after: 50ms",
  "stay: { log-normal: 200ms, sigma: 2 }, again-after: 10ms",
);
const load = fc.constantFrom(
  "",
  "load: { rate: 77/s }",
  "load: { rate: 300/s, spacing: poisson }",
  "load: { depth: 3 }",
);
/** Peers of an open load stay until the end; clients of a tracker may leave. */
function isPeerGroup(leave: string, ask: string): boolean {
  return leave === "" || !ask.includes("rate");
}

const group = fc
  .tuple(fc.integer({ min: 1, max: 60 }), arrival, stay, load)
  .map(([count, come, leave, ask]) =>
    [
      `behaviour: ${isPeerGroup(leave, ask) ? "leecher" : "tracker"}`,
      `count: ${count}`,
      `arrival: ${come}`,
      leave,
      ask,
    ]
      .filter((part) => part !== "")
      .join(", "),
  );
const file = fc
  .tuple(
    fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1),
    fc.array(group, { minLength: 1, maxLength: 4 }),
  )
  .map(
    ([seed, groups]) => `seed: ${seed}
targets: { client: 127.0.0.1:1, tracker: "udp://127.0.0.1:2" }
torrents: { payload: { size: 64MiB } }
groups:
${groups.map((text, index) => `  g${index}: { ${text} }`).join("\n")}
phases: { all: 5s }
`,
  );

test("any number of shares together is the one list of any scenario", (t) => {
  fc.assert(
    fc.property(file, fc.integer({ min: 1, max: 9 }), (text, of) => {
      const scenario = read(text);
      const whole = [...intentLines(planOf(scenario))];
      const shares = Array.from({ length: of }, (_, index) => [
        ...intentLines(planOf(scenario, { index, of })),
      ]);
      t.deepEqual(shares.flat().toSorted(), whole.toSorted());
    }),
    { numRuns: 60 },
  );
});
