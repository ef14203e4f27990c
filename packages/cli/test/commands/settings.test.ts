import test from "ava";
import { runTroupe } from "../../src/main.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { FakeEnvironment } from "../support/fake-environment.ts";

async function run(
  words: readonly string[],
  variables: Record<string, string> = {},
  engine = new FakeEngine(),
  file?: string,
) {
  const environment = new FakeEnvironment(engine);
  if (file !== undefined) environment.textFiles.set("/file.yaml", file);
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

/** An engine with settings of remotes on the state folder `/state`. */
function ofRemotes(values: Record<string, unknown>, warning?: string): FakeEngine {
  const engine = new FakeEngine();
  engine.ofRemotes.set("/state", { values, ...(warning !== undefined && { warning }) });
  return engine;
}

test("a setting of a remote comes between the file and the environment, and its source is named", async (t) => {
  const engine = ofRemotes({ maxPeers: 70, "limits.down": 1_000, "limits.up": 2_000, port: [1] });
  const words = ["settings", "--json", "--settings", "/file.yaml", "--port", "7"];
  const variables = { TROUPE_LIMITS_UP: "3000", TROUPE_STATE_DIRECTORY: "/state" };
  const file = "maxPeers: 10\nmaxActiveSeeds: 4\n";
  const { out } = await run(words, variables, engine, file);
  const { settings } = JSON.parse(out) as { settings: { name: string }[] };
  const named = ["limits.down", "limits.up", "maxActiveSeeds", "maxPeers", "port"];
  t.deepEqual(
    named.map((each) => settings.find(({ name }) => name === each)),
    [
      { name: "limits.down", value: 1_000, from: "remote" },
      { name: "limits.up", value: 3_000, from: "environment", variable: "TROUPE_LIMITS_UP" },
      { name: "maxActiveSeeds", value: 4, from: "file", line: 2 },
      { name: "maxPeers", value: 70, from: "remote" },
      { name: "port", value: [7], from: "option", option: "--port" },
    ] as object[],
  );
});

test("the table says that a remote has set a setting, and what was left out is named on stderr", async (t) => {
  const engine = ofRemotes({ maxPeers: 70 }, "settings of remotes are wrong: x");
  const { out, err } = await run(["settings", "--state-dir", "/state"], {}, engine);
  const rows = out.split("\n").map((line) => line.split(/ {2,}/));
  t.deepEqual(
    rows.find(([name]) => name === "maxPeers"),
    ["maxPeers", "a remote", "70"],
  );
  t.is(err, "troupe: settings of remotes are wrong: x\n");
});
