import test from "ava";
import { parseChaos, type ChaosKinds } from "../../src/index.ts";

const kinds: ChaosKinds = { engine: ["kill", "hang"], check: ["kill"] };

test("a plan is a list of actions, kinds and rates, and a seed", (t) => {
  t.deepEqual(parseChaos("kill:engine:1/s, hang:engine:0.1/s,kill:check:100/s,seed:7", kinds), {
    seed: 7,
    items: [
      { action: "kill", kind: "engine", perSecond: 1 },
      { action: "hang", kind: "engine", perSecond: 0.1 },
      { action: "kill", kind: "check", perSecond: 100 },
    ],
  });
  t.is(parseChaos("kill:engine:1/s", kinds).seed, 1);
});

const refuses = test.macro<[text: string, sentence: RegExp]>({
  title: (_, text) => `refused as a plan: "${text.slice(0, 40)}"`,
  exec(t, text, sentence) {
    const error = t.throws(() => parseChaos(text, kinds), { code: "bad-chaos" });
    t.regex(error?.message ?? "", sentence);
  },
});

test(refuses, "", /ACTION:KIND:RATE/);
test(refuses, "kill:engine", /ACTION:KIND:RATE/);
test(refuses, "kill:engine:1/s:2", /ACTION:KIND:RATE/);
test(refuses, "tickle:engine:1/s", /kill or hang/);
test(refuses, "kill:dht:1/s", /one of these kinds: engine, check/);
test(refuses, "kill:__proto__:1/s", /one of these kinds/);
test(refuses, "hang:check:1/s", /kill for check/);
test(refuses, "kill:engine:0/s", /over 0 and up to 100/);
test(refuses, "kill:engine:101/s", /over 0 and up to 100/);
test(refuses, "kill:engine:-1/s", /over 0 and up to 100/);
test(refuses, "kill:engine:1", /over 0 and up to 100/);
test(refuses, "kill:engine:1e1/s", /over 0 and up to 100/);
test(refuses, "seed:-1", /seed:N/);
test(refuses, "seed:4294967296", /seed:N/);
test(refuses, Array.from({ length: 17 }, () => "kill:engine:1/s").join(","), /16 items/);
