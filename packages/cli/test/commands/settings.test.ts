import test from "ava";
import { runTroupe } from "../../src/main.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { FakeEnvironment } from "../support/fake-environment.ts";

async function run(words: readonly string[], variables: Record<string, string> = {}) {
  const environment = new FakeEnvironment(new FakeEngine());
  environment.variables = { ...environment.variables, HOME: "/nowhere", ...variables };
  const code = await runTroupe(words, environment);
  return { code, out: environment.stdout.text, err: environment.stderr.text };
}

test("L23: the table names what is set first, with the place that sets it", async (t) => {
  const { code, out } = await run(["settings", "--down", "5M"], { TROUPE_MAX_PEERS: "50" });
  t.is(code, 0);
  const lines = out.split("\n").map((line) => line.split(/ {2,}/));
  t.deepEqual(lines[0], ["settings file: none"]);
  t.deepEqual(lines.slice(2, 5), [
    ["setting", "from", "value"],
    ["maxPeers", "TROUPE_MAX_PEERS", "50"],
    ["limits.down", "--down", "5M"],
  ]);
  t.deepEqual(
    lines.find(([name]) => name === "memory"),
    ["memory", "default", "64M"],
  );
});

test("L23: scripts get one JSON object", async (t) => {
  const { out } = await run(["settings", "--json"], { TROUPE_LIMITS_UP: "1M" });
  const { file, settings } = JSON.parse(out) as { file: unknown; settings: { name: string }[] };
  t.is(file, null);
  t.deepEqual(
    settings.find(({ name }) => name === "limits.up"),
    {
      name: "limits.up",
      value: 1 << 20,
      from: "environment",
      variable: "TROUPE_LIMITS_UP",
    } as object,
  );
  t.deepEqual(
    settings.find(({ name }) => name === "goals.ratio"),
    { name: "goals.ratio", value: null, from: "default" } as object,
  );
});

test("the schema is printed, and an unknown variable is named on stderr", async (t) => {
  const schema = await run(["settings", "--schema"]);
  t.is((JSON.parse(schema.out) as { title: string }).title, "Settings of troupe");
  const { err, code } = await run(["settings"], { TROUPE_MAX_PEER: "3" });
  t.regex(err, /did you mean TROUPE_MAX_PEERS\?/);
  t.is(code, 0);
});

test("a wrong variable ends every call that it holds for with exit 2", async (t) => {
  for (const words of [
    ["a.torrent"],
    ["seed", "a.torrent"],
    ["check", "a.torrent"],
    ["settings"],
  ]) {
    // oxlint-disable-next-line no-await-in-loop
    t.is((await run(words, { TROUPE_PORT: "x" })).code, 2, words.join(" "));
  }
  t.is((await run(["--version"], { TROUPE_PORT: "x" })).code, 0);
});
