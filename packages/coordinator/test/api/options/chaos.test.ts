import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { chaosPlan, startChaos } from "../../../src/api/options/chaos.ts";

test("an unreadable plan is refused as option-out-of-range", (t) => {
  const error = t.throws(() => chaosPlan("kill:everything:1/s", "threads"), {
    code: "option-out-of-range",
  });
  t.regex(error?.message ?? "", /option chaos: .*engine, peer-worker, hash, file, records, check/);
});

test("chaos never hangs the user's thread", (t) => {
  t.throws(() => chaosPlan("hang:file:1/s", "inline"), { code: "option-out-of-range" });
  t.not(chaosPlan("kill:file:1/s", "inline"), undefined);
  t.is(chaosPlan(undefined, "inline"), undefined);
});

test("chaos reaches every peer-worker, and every other actor by its name", (t) => {
  const time = new ManualTime();
  const met = new Set<string>();
  const plan = chaosPlan("kill:peer-worker:20/s,hang:hash:5/s,kill:check:5/s", "threads");
  if (plan === undefined) return t.fail();
  const target = {
    endActor: (name: string) => void met.add(`end ${name}`),
    hangActor: (name: string) => void met.add(`hang ${name}`),
  };
  const end = startChaos(plan, time, target, 3);
  time.advance(10_000);
  end();
  t.deepEqual([...met].toSorted(), [
    "end check",
    "end peer-0",
    "end peer-1",
    "end peer-2",
    "hang hash",
  ]);
});

test("without peer-workers chaos ends none", (t) => {
  const time = new ManualTime();
  const met: string[] = [];
  const plan = chaosPlan("kill:peer-worker:20/s", "threads");
  if (plan === undefined) return t.fail();
  const meet = (name: string) => void met.push(name);
  const end = startChaos(plan, time, { endActor: meet, hangActor: meet }, 0);
  time.advance(10_000);
  end();
  t.deepEqual(met, []);
});
