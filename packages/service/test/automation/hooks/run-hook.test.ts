import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { hookVariables, runHook, type HookPorts } from "../../../src/automation/hooks/run-hook.ts";
import type { ProgramEnd } from "../../../src/programs/index.ts";
import { exampleEntry } from "../../support/example-entry.ts";

const setting = { program: "/bin/done", arguments: ["$(id)"], events: ["complete"] } as const;
const never = new AbortController().signal;

function open(run: HookPorts["run"]) {
  const time = new ManualTime();
  const variables = { PATH: "/bin", HOME: "/home/me", LANG: "C", TROUPE_PASSWORD_FILE: "/secret" };
  return { time, ports: { timers: time, epochMs: () => 0, variables, run } };
}

test("H02: a hook gets Transmission's variables, its event and its id, and of this program PATH, HOME and LANG alone", (t) => {
  const { ports } = open(async () => ({ exitCode: 0, signal: null }));
  const {
    TR_TIME_LOCALTIME: time,
    TR_APP_VERSION: version,
    ...others
  } = hookVariables(exampleEntry(), ports);
  t.regex(time ?? "", /^\w{3} \w{3} \d\d \d\d:\d\d:\d\d 19(?:69|70)$/);
  t.regex(version ?? "", /^\d+\.\d+\.\d+$/);
  t.deepEqual(others, {
    ...{ PATH: "/bin", HOME: "/home/me", LANG: "C", TR_EVENT: "complete" },
    TR_HOOK_ID: "0f".repeat(16),
    TR_TORRENT_BYTES_DOWNLOADED: "1000",
    TR_TORRENT_DIR: "/data",
    TR_TORRENT_HASH: "ab".repeat(20),
    TR_TORRENT_ID: "3",
    TR_TORRENT_LABELS: "films,1080p",
    TR_TORRENT_NAME: "debian.iso",
    TR_TORRENT_PRIORITY: "1",
    TR_TORRENT_TRACKERS: "http://t/announce,udp://u:1",
  });
});

test("a hook has arrived when it ends with 0", async (t) => {
  const ends: readonly (readonly [ProgramEnd, unknown])[] = [
    [{ exitCode: 0, signal: null }, "arrived"],
    [{ exitCode: 3, signal: null }, { failed: "it ended with exit code 3" }],
    [{ exitCode: null, signal: "SIGSEGV" }, { failed: "it was ended by SIGSEGV" }],
  ];
  for (const [end, expected] of ends) {
    const { ports, time } = open(async () => end);
    t.deepEqual(await runHook(setting, exampleEntry(), never, ports), expected);
    t.is(time.pending, 0);
  }
  const { ports } = open(async () => {
    throw Object.assign(new Error("spawn"), { code: "ENOENT" });
  });
  const missing = { failed: "it cannot be started: there is no such program" };
  t.deepEqual(await runHook(setting, exampleEntry(), never, ports), missing);
});

test("a hook that runs for 10 minutes is killed with its group", async (t) => {
  const groups: unknown[] = [];
  const { ports, time } = open(
    (_program, _words, { hasGroup, signal }) =>
      new Promise((resolve) => {
        groups.push(hasGroup);
        signal?.addEventListener("abort", () => resolve({ exitCode: null, signal: "SIGKILL" }));
      }),
  );
  const end = runHook(setting, exampleEntry(), never, ports);
  await time.pass(599_999);
  t.deepEqual(groups, [true]);
  await time.pass(1);
  t.deepEqual(await end, { failed: "it ran for 10 minutes and was killed" });
});
