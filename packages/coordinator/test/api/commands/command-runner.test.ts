import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { TroupeError } from "@troupe/control";
import type { Ban } from "../../../src/api/bans/bans.ts";
import { CommandRunner, type CommandEnd } from "../../../src/api/commands/command-runner.ts";
import type { Coordinator } from "../../../src/api/coordinator.ts";
import { setSessionOf } from "../../../src/api/session-of.ts";

const local = { right: "local" } as const;

/** A runner of a coordinator whose bans answer when the test says so. */
function openScene(engineSet?: (settings: object) => Promise<void>) {
  const time = new ManualTime();
  const answer = Promise.withResolvers<readonly Ban[]>();
  const asked: (readonly string[])[] = [];
  const ends: CommandEnd[] = [];
  const fake: object = {
    torrents: [],
    set: () => undefined,
    bans: () => answer.promise,
    ban: (addresses: readonly string[]) => {
      asked.push(addresses);
      return answer.promise;
    },
  };
  const values = { defaultTrackers: ["http://t.example/SECRET/announce"] };
  const options = { localHosts: [] };
  setSessionOf(fake, {
    options,
    torrents: { withInfoHash: () => undefined },
    settings: { values },
  } as never);
  const runner = new CommandRunner(fake as Coordinator, {
    timers: time,
    folderBelow: (path, [root]) => Promise.resolve(`${root}/${path}`),
    ended: (end) => ends.push(end),
    ...(engineSet !== undefined && { engineSet }),
  });
  return { time, answer, asked, ends, runner };
}

test("a command gives the result of the library", async (t) => {
  const { runner, answer, asked } = openScene();
  const bans = [{ address: "192.0.2.7", since: 1 }];
  answer.resolve(bans);
  t.deepEqual(await runner.run("ban", { addresses: ["192.0.2.7"] }, { right: "control" }), bans);
  t.deepEqual(asked, [["192.0.2.7"]]);
});

test("a refused call reaches no engine", async (t) => {
  const { runner, asked } = openScene();
  const ban = { addresses: ["192.0.2.7"] };
  await t.throwsAsync(runner.run("ban", ban, { right: "read" }), { code: "not-permitted" });
  await t.throwsAsync(runner.run("ban", {}, local), { code: "option-out-of-range" });
  await t.throwsAsync(runner.run("bun" as "ban", ban, local), { code: "command-unknown" });
  t.deepEqual(asked, []);
});

test("an unknown torrent is refused", async (t) => {
  const { runner } = openScene();
  const torrent = "ab".repeat(20);
  const refusal = { code: "no-torrent", message: `there is no torrent ${torrent}` };
  await t.throwsAsync(runner.run("status", { torrent }, local), refusal);
  await t.throwsAsync(runner.run("start", { torrents: [torrent] }, local), refusal);
});

test("a command that takes longer than 10 s goes on, and its end is reported with the number of its call", async (t) => {
  const { runner, time, answer, ends } = openScene();
  const first = runner.run("bans", {}, local);
  const second = runner.run("bans", {}, local);
  const [firstRefused, secondRefused] = [first, second].map((each) =>
    t.throwsAsync<TroupeError>(each, { instanceOf: TroupeError, code: "command-deadline" }),
  );
  time.advance(10_000);
  t.deepEqual((await firstRefused)?.details, { call: 1, command: "bans" });
  t.deepEqual((await secondRefused)?.details, { call: 2, command: "bans" });
  t.deepEqual(ends, []);
  answer.resolve([]);
  await new Promise(setImmediate);
  t.deepEqual(ends, [
    { call: 1, command: "bans", caller: local, result: [] },
    { call: 2, command: "bans", caller: local, result: [] },
  ]);
});

test("a failure after the deadline is reported with its code", async (t) => {
  const { runner, time, answer, ends } = openScene();
  const refused = t.throwsAsync(runner.run("bans", {}, local), { code: "command-deadline" });
  time.advance(10_000);
  await refused;
  answer.reject(new TroupeError("coordinator-closed", "the coordinator was closed"));
  await new Promise(setImmediate);
  const error = { code: "coordinator-closed", message: "the coordinator was closed" };
  t.deepEqual(ends, [{ call: 1, command: "bans", caller: local, error }]);
});

test("at 64 commands that still run after their deadline, a further one is refused until one ends", async (t) => {
  const { runner, time, answer, asked } = openScene();
  const ban = { addresses: ["192.0.2.7"] };
  const late = Array.from({ length: 64 }, () =>
    t.throwsAsync(runner.run("ban", ban, local), { code: "command-deadline" }),
  );
  time.advance(9_999);
  const inTime = runner.run("ban", ban, local);
  time.advance(1);
  await Promise.all(late);
  const further = { code: "too-many-late-commands", message: /^cannot run the command ban: 64 / };
  await t.throwsAsync(runner.run("ban", ban, local), further);
  t.is(asked.length, 65);
  answer.resolve([]);
  t.deepEqual(await inTime, []);
  await new Promise(setImmediate);
  t.deepEqual(await runner.run("ban", ban, local), []);
});

test("a caller that only reads sees URLs without their secrets, and a caller that controls sees all", async (t) => {
  const { runner } = openScene();
  const read = await runner.run("engine-settings", {}, { right: "read" });
  t.deepEqual(read, { defaultTrackers: ["http://t.example/…"] });
  const control = await runner.run("engine-settings", {}, { right: "control" });
  t.deepEqual(control, { defaultTrackers: ["http://t.example/SECRET/announce"] });
});

test("settings of the engine that take longer than 10 s to save are a command past its deadline", async (t) => {
  const saved = Promise.withResolvers<void>();
  const { runner, time, ends } = openScene(() => saved.promise);
  const work = runner.run("set-engine", { maxPeers: 70 }, local);
  const refused = t.throwsAsync(work, { code: "command-deadline" });
  await new Promise(setImmediate);
  time.advance(10_000);
  await refused;
  t.deepEqual(ends, []);
  saved.resolve();
  await new Promise(setImmediate);
  t.like(ends, [{ command: "set-engine", call: 1 }]);
});

test("a folder of a caller elsewhere is saved as the folder that it means", async (t) => {
  const saved: object[] = [];
  const { runner } = openScene((settings) => Promise.resolve(void saved.push(settings)));
  const caller = { right: "control", roots: ["/root"] } as const;
  await runner.run("set-engine", { directory: "films", limits: { down: 7_000 } }, caller);
  t.deepEqual(saved, [{ directory: "/root/films", limits: { down: 7_000 } }]);
});
