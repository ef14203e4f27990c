import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import { parseArguments } from "../../src/arguments/parse-arguments.ts";
import { readTextFile } from "../../src/text-file.ts";
import { readGivenSettings } from "../../src/settings/given-settings.ts";

const words = ["download", "a.torrent"];
const here = { platform: "linux", currentFolder: "/here", readTextFile } as const;

/** What a download gets from a file, variables and options. */
async function transfer(
  text: string | undefined,
  variables: Record<string, string> = {},
  options: readonly string[] = [],
) {
  using folder = temporaryFolder("troupe-settings");
  const path = join(folder.path, "settings.yaml");
  if (text !== undefined) writeFileSync(path, text);
  const given = await readGivenSettings(text === undefined ? undefined : path, {
    variables,
    ...here,
  });
  const invocation = parseArguments([...words, ...options], given);
  if (invocation.command !== "download") throw new Error("bug: no download");
  return invocation;
}

const unset = undefined;

/** The port, the download limit and the order by what gives them: file, environment, option. */
const precedence = [
  { file: unset, variables: {}, options: [], maxPeers: unset, down: unset },
  { file: 10, variables: {}, options: [], maxPeers: 10, down: 1_000 },
  { file: unset, variables: { peers: "20" }, options: [], maxPeers: 20, down: unset },
  { file: 10, variables: { peers: "20" }, options: [], maxPeers: 20, down: 1_000 },
  { file: 10, variables: {}, options: ["--max-peers", "30"], maxPeers: 30, down: 1_000 },
  { file: unset, variables: { peers: "20" }, options: ["--max-peers", "30"], maxPeers: 30 },
  {
    file: 10,
    variables: { peers: "20" },
    options: ["--max-peers", "30"],
    maxPeers: 30,
    down: 1_000,
  },
  { file: 10, variables: { down: "2000" }, options: [], maxPeers: 10, down: 2_000 },
  { file: 10, variables: { down: "2000" }, options: ["--down", "3000"], maxPeers: 10, down: 3_000 },
  { file: 10, variables: {}, options: ["--up", "3000"], maxPeers: 10, down: 1_000, up: 3_000 },
] as const;

for (const row of precedence) {
  const by = [
    row.file === undefined ? "no file" : "a file",
    ...Object.values(row.variables).map((value) => `the variable ${value}`),
    ...row.options,
  ].join(", ");
  test(`L23: settings of ${by}`, async (t) => {
    const text =
      row.file === undefined ? undefined : `maxPeers: ${row.file}\nlimits: { down: 1000 }\n`;
    const given: { peers?: string; down?: string } = row.variables;
    const { engine } = await transfer(
      text,
      {
        ...(given.peers !== undefined && { TROUPE_MAX_PEERS: given.peers }),
        ...(given.down !== undefined && { TROUPE_LIMITS_DOWN: given.down }),
      },
      row.options,
    );
    t.is(engine.maxPeers, row.maxPeers);
    t.is(engine.limits?.down, "down" in row ? row.down : undefined);
    t.is(engine.limits?.up, "up" in row ? row.up : undefined);
  });
}

test("settings of a torrent reach each torrent, those of both levels the engine alone", async (t) => {
  const { engine, add } = await transfer("sequential: true\nmaxPeers: 7\nlimits: { up: 5k }\n");
  t.deepEqual(add, { sequential: true });
  t.deepEqual(engine, { maxPeers: 7, limits: { up: 5_120 } });
});

test("goals of the file hold for a seed, and make no seed of a download", async (t) => {
  const file = "goals: { ratio: 2 }\nsuperSeed: true\n";
  const plain = await transfer(file);
  t.false(plain.keepSeeding);
  t.deepEqual(plain.engine.goals, { ratio: 2 });
  t.is(plain.add.goals, undefined, "a torrent keeps only the goals that are its own");
  t.true((await transfer(file, {}, ["--seed"])).keepSeeding);
  t.true((await transfer(undefined, {}, ["--ratio", "2"])).keepSeeding);
  const until = await transfer(file, {}, ["--seed-until", "all"]);
  t.deepEqual(until.engine.goals, { ratio: 2, until: "all" });
  t.deepEqual(until.add.goals, { until: "all" });
});

test("a list of an option replaces that of the file", async (t) => {
  const { add } = await transfer("trackers: [udp://a.example:1]\n", {}, [
    "--tracker",
    "udp://b.example:2",
  ]);
  t.deepEqual(add.trackers, ["udp://b.example:2"]);
});

test("a setting holds for the calls that have its option", async (t) => {
  const given = await readGivenSettings(undefined, {
    variables: { TROUPE_PORT: "7000", TROUPE_DIRECTORY: "data", TROUPE_LIMITS_DOWN: "1M" },
    ...here,
  });
  const check = parseArguments(["check", "a.torrent"], given);
  t.deepEqual(check.command === "check" && check.engine, { directory: "/here/data" });
  const info = parseArguments(["info", "a.torrent"], given);
  t.deepEqual(info.command === "info" && info.engine, { port: 7_000 });
});

test("L23: a wrong variable is refused, and an unknown one warned about", async (t) => {
  const wrong = transfer(undefined, { TROUPE_MAX_PEERS: "many" });
  await t.throwsAsync(wrong, {
    code: "wrong-usage",
    message: `the environment is wrong: TROUPE_MAX_PEERS is "many"; allowed is a whole number from 1 to 10000`,
  });
  const { warnings } = await transfer(undefined, { TROUPE_MAX_PEER: "3", TROUPE_SEQUENTIAL: "" });
  t.deepEqual(warnings, [
    {
      code: "setting-unknown",
      message:
        "there is no setting TROUPE_MAX_PEER, so this variable is left out; did you mean TROUPE_MAX_PEERS?",
    },
  ]);
});

test("TROUPE_SETTINGS names the file; a named file that is missing is refused", async (t) => {
  using folder = temporaryFolder("troupe-settings");
  const path = join(folder.path, "mine.yaml");
  writeFileSync(path, "maxPeers: 4\n");
  const place = { ...here, currentFolder: folder.path };
  const given = await readGivenSettings(undefined, {
    ...place,
    variables: { TROUPE_SETTINGS: "mine.yaml" },
  });
  t.is(given.file, path);
  t.is(given.values.get("maxPeers")?.value, 4);
  await t.throwsAsync(readGivenSettings("other.yaml", { ...place, variables: {} }), {
    code: "wrong-usage",
    message: "there is no settings file other.yaml",
  });
});
