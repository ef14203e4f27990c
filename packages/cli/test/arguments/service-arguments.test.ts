import test from "ava";
import { parseArguments, type InvocationOf } from "../../src/arguments/parse-arguments.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";
import type { GivenSettings } from "../../src/settings/given-settings.ts";
import { keyedSettings } from "../../src/settings/setting-keys.ts";

function parse(line: string, given?: GivenSettings): InvocationOf<"service"> {
  const invocation = parseArguments(line.split(" "), given);
  if (invocation.command !== "service") throw new Error(`bug: ${invocation.command}`);
  return invocation;
}

function taskOf(line: string): unknown {
  return parse(line).task;
}

test("each call has its task", (t) => {
  t.deepEqual(taskOf("list"), { call: "list" });
  t.deepEqual(taskOf("show 1 two"), { call: "show", torrents: ["1", "two"] });
  t.deepEqual(taskOf("start all"), { call: "start", torrents: ["all"] });
  t.deepEqual(taskOf("watch"), { call: "watch", torrents: [] });
  t.deepEqual(taskOf("password --password-file F"), { call: "password", file: "F" });
  t.deepEqual(taskOf("token list"), { call: "token", task: { ask: "list" } });
  const right = { ask: "create", name: "phone", right: "read" };
  t.deepEqual(taskOf("token create phone"), { call: "token", task: right });
  const control = { ...right, right: "control" };
  t.deepEqual(taskOf("token create phone --right control"), { call: "token", task: control });
  t.deepEqual(taskOf("token revoke 1"), { call: "token", task: { ask: "revoke", name: "1" } });
});

test("--data of remove takes no value, and that of load-test takes a folder", (t) => {
  const task = { call: "remove", torrents: ["1", "2"], data: true, isSure: false };
  t.deepEqual(taskOf("remove 1 --data 2"), task);
  t.deepEqual(taskOf("remove --data 1 2"), task);
  t.deepEqual(taskOf("remove 1 2 --yes"), { ...task, data: false, isSure: true });
  t.deepEqual(taskOf("remove --json 1 2 --data"), task);
  t.throws(() => parseArguments(["load-test", "a.yaml", "--data"]), { message: /--data D/ });
});

test("add has the options of a torrent that download has, read alike", (t) => {
  const line =
    "add a b --label x --label y --sequential --no-trackers --ratio 1.5 --dir D --stopped";
  t.deepEqual(taskOf(line), {
    call: "add",
    sources: ["a", "b"],
    settings: { labels: ["x", "y"], sequential: true, useTrackers: false, "goals.ratio": 1.5 },
    directory: "D",
    isStopped: true,
  });
  t.throws(() => parse("add a --sequental"), { message: /did you mean --sequential\?/ });
  t.throws(() => parse("add a --port 1"), { message: /no option --port for troupe add/ });
  t.throws(() => parse("add a --down 5M"), { message: /no option --down for troupe add/ });
});

test("settings of the file and the environment are the service's, but for the state folder", (t) => {
  const values = (["directory", "stateDirectory", "sequential"] as const).flatMap((name) =>
    keyedSettings
      .filter(({ key }) => key === name)
      .map(
        (setting) =>
          [name, { setting, value: `/${name}`, by: { from: "file", line: 1 } as const }] as const,
      ),
  );
  const given = { file: "/f", values: new Map(values), warnings: [] };
  const { task, reach } = parse("add a", given);
  t.like(task, { settings: {}, directory: undefined });
  t.like(reach, { stateDirectory: "/stateDirectory", namesStateDirectory: false });
});

test("the service is named by options", (t) => {
  const { reach, json } = parse("list --url http://h:1/b --token-file F --json");
  t.like(reach, { url: "http://h:1/b", token: undefined, tokenFile: "F" });
  t.true(json);
  t.like(parse("list --state-dir S").reach, { stateDirectory: "S", namesStateDirectory: true });
});

for (const [line, message] of [
  ["add", /add needs a SOURCE/],
  ["list x", /list takes no TORRENT/],
  ["show", /show needs a TORRENT, or all/],
  ["remove", /remove needs a TORRENT/],
  ["set", /set needs a TORRENT, or --engine/],
  ["set 1", /set needs NAME=VALUE/],
  ["set --engine", /set needs NAME=VALUE/],
  ["password secret", /password takes no words/],
  ["token", /token needs a call: create, list, revoke/],
  ["token creat x", /did you mean create\?/],
  ["token create", /token create takes one NAME, not 0/],
  ["token create a b", /token create takes one NAME, not 2/],
  ["token list x", /token list takes no NAME/],
  ["token list --right read", /no option --right for troupe token list/],
  ["token create x --right all", /--right takes read, control/],
  ["list --url ftp://x", /--url takes an http/],
  ["list --url http://x --state-dir S", /--url and --state-dir exclude each other/],
  ["list --token a --token-file b", /--token and --token-file exclude each other/],
  ["list --data", /no option --data for troupe list|--data needs a value/],
] as const) {
  test(`\`troupe ${line}\` is refused`, (t) => {
    t.throws(() => parse(line), { instanceOf: UsageError, message });
  });
}

test("the words of a call are no sources of a download any more, and a path is", (t) => {
  t.is(parseArguments(["./add"]).command, "download");
  t.is(parseArguments(["download", "add"]).command, "download");
  t.is(parseArguments(["a.torrent"]).command, "download");
});
