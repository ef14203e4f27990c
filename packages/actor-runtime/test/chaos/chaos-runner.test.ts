import test from "ava";
import { ChaosRunner, parseChaos } from "../../src/index.ts";
import { ManualTime } from "../support/testing/index.ts";

const kinds = { file: ["kill"], hash: ["kill"] } as const;

/** The strikes within so many seconds, as `millisecond kind fraction`. */
async function strikes(text: string, seconds: number): Promise<string[]> {
  const time = new ManualTime();
  const said: string[] = [];
  const runner = new ChaosRunner(parseChaos(text, kinds), time, (item, fraction) =>
    said.push(`${Math.round(time.nowMs())} ${item.kind} ${fraction.toFixed(3)}`),
  );
  for (let second = 0; second < seconds; second++) await time.pass(1_000);
  runner.stop();
  await time.pass(60_000);
  return said;
}

test("chaos comes at its rate, and not after it was stopped", async (t) => {
  const said = await strikes("kill:file:2/s", 100);
  t.true(said.length > 150 && said.length < 250, `${said.length} strikes`);
});

test("the same seed gives the same times, another seed others", async (t) => {
  const first = await strikes("kill:file:1/s,seed:3", 20);
  t.deepEqual(await strikes("kill:file:1/s,seed:3", 20), first);
  t.notDeepEqual(await strikes("kill:file:1/s,seed:4", 20), first);
});

test("a further kind of chaos does not move the others", async (t) => {
  const alone = await strikes("kill:file:1/s", 20);
  const together = await strikes("kill:file:1/s,kill:hash:3/s", 20);
  t.deepEqual(
    together.filter((line) => line.includes(" file ")),
    alone,
  );
});
