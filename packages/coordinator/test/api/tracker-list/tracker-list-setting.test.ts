import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { until } from "../../../../../test/support/time/until.ts";
import { TrackerListSetting } from "../../../src/api/tracker-list/tracker-list-setting.ts";

function scene() {
  const folder = temporaryFolder("tracker-list");
  const path = join(folder.path, "list.txt");
  const time = new ManualTime();
  const taken: (readonly string[])[] = [];
  const setting = new TrackerListSetting((trackers) => taken.push(trackers), {
    clock: time,
    timers: time,
    http: nodePorts().http,
  });
  return {
    folder,
    path,
    time,
    taken,
    setting,
    write: (...hosts: string[]) =>
      writeFileSync(path, hosts.map((host) => `udp://${host}:1\n`).join("")),
  };
}

test("L03: a list is read at the start and again each hour, and what changed is handed over", async (t) => {
  const { folder, path, time, taken, setting, write } = scene();
  using _folder = folder;
  write("a", "b");
  await setting.begin(path);
  t.deepEqual(taken, [["udp://a:1", "udp://b:1"]]);
  t.like(setting.status, { source: path, trackers: 2, skippedLines: 0 });
  const { readAt } = setting.status ?? {};
  await time.pass(3_600_000);
  await until("the list is read again", () => setting.status?.readAt !== readAt);
  t.is(taken.length, 1, "the same list changes nothing");
  write("c");
  await time.pass(3_600_000);
  await until("the new list is taken", () => taken.length === 2);
  t.deepEqual(taken[1], ["udp://c:1"]);
});

test("L03: a list that cannot be read any more stays in use, with its error", async (t) => {
  const { folder, path, time, taken, setting, write } = scene();
  using _folder = folder;
  write("a");
  await setting.begin(path);
  rmSync(path);
  await time.pass(3_600_000);
  await until("the list is refused", () => setting.status?.error !== undefined);
  t.like(setting.status, { trackers: 1 });
  t.is(taken.length, 1);
  await t.throwsAsync(setting.replace(path, undefined), { code: "tracker-list-unreadable" });
  t.like(setting.status, { trackers: 1 });
});

test("L03: without a list no tracker is left, and it is not read again", async (t) => {
  const { folder, path, time, taken, setting, write } = scene();
  using _folder = folder;
  write("a");
  await setting.replace(path, undefined);
  await setting.replace(undefined, undefined);
  t.deepEqual(taken, [["udp://a:1"], []]);
  t.is(setting.status, undefined);
  t.is(time.pending, 0);
});

test("L03: an address is read beside the start, and its error is in the status", async (t) => {
  const { folder, setting } = scene();
  using _folder = folder;
  await setting.begin("http://127.0.0.1:1/list");
  t.like(setting.status, { trackers: 0 });
  await until("the list is refused", () => setting.status?.error !== undefined);
  setting.giveUp(new Error("closed"));
});
