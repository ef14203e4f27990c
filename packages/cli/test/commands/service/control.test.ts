import test from "ava";
import { CommandError } from "../../../src/failure.ts";
import { rowOf } from "../../support/fake-service.ts";
import { call, serviceScene } from "../../support/service-calls.ts";

const rows = [rowOf("1", 1), rowOf("2", 2), rowOf("3", 3)];
const [one, two, three] = rows.map(({ torrent }) => torrent);

for (const command of ["start", "stop", "pause"] as const) {
  test(`${command} names its torrents in one call`, async (t) => {
    const { service, environment } = serviceScene(rows);
    const { code, out } = await call(environment, command, "3", "film 1");
    t.is(code, 0);
    t.deepEqual(service.calls, [[command, { torrents: [three, one] }]]);
    const done = { start: "started", stop: "stopped", pause: "paused" }[command];
    t.is(out, `film 3: ${done}\nfilm 1: ${done}\n`);
  });

  test(`${command} all names no torrent, however many there are`, async (t) => {
    const { service, environment } = serviceScene(rows);
    const { events } = await call(environment, command, "all", "--json");
    t.deepEqual(service.calls, [[command, {}]]);
    t.deepEqual(
      events,
      [one, two, three].map((infoHash) => ({ event: "changed", infoHash, command })),
    );
  });
}

test("a torrent that is not there changes none of the others", async (t) => {
  const { service, environment } = serviceScene(rows);
  const { code, err } = await call(environment, "stop", "1", "9");
  t.is(code, 1);
  t.regex(err, /^troupe: the service has no torrent 9.* \[no-torrent\]\n {2}`troupe list`/);
  t.deepEqual(service.calls, []);
});

test("remove keeps the files, and asks nobody without a terminal", async (t) => {
  const { service, environment } = serviceScene(rows);
  const { code, out, events } = await call(environment, "remove", "1", "2", "--json");
  t.is(code, 0);
  t.deepEqual(service.calls, [
    ["remove", { torrent: one, data: false }],
    ["remove", { torrent: two, data: false }],
  ]);
  t.deepEqual(events, [
    { event: "removed", infoHash: one },
    { event: "removed", infoHash: two },
  ]);
  t.deepEqual(environment.questions, []);
  t.is(out.split("\n").length, 3);
});

test("remove asks on a terminal, and says what becomes of the files", async (t) => {
  const { service, environment } = serviceScene(rows);
  environment.typed = ["y"];
  const { out } = await call(environment, "remove", "1");
  t.deepEqual(environment.questions, ["remove film 1 (its files stay)? [y/N] "]);
  t.is(out, "film 1: removed, its files stay in /data\n");
  environment.typed = [" YES "];
  await call(environment, "remove", "all", "--data");
  t.is(environment.questions[1], "remove 3 torrents (with their files)? [y/N] ");
  t.is(service.calls.length, 4);
});

for (const answer of ["n", "", "yesterday", undefined]) {
  test(`after the answer ${String(answer)} nothing is removed`, async (t) => {
    const { service, environment } = serviceScene(rows);
    environment.typed = answer === undefined ? [] : [answer];
    const { code, err } = await call(environment, "remove", "1", "--data");
    t.is(code, 1);
    t.regex(err, /nothing was removed.*\[not-confirmed\]/);
    t.deepEqual(service.calls, []);
  });
}

test("--yes asks nobody", async (t) => {
  const { service, environment } = serviceScene(rows);
  environment.typed = [];
  t.is((await call(environment, "remove", "1", "--yes", "--data")).code, 0);
  t.deepEqual(service.calls, [["remove", { torrent: one, data: true }]]);
  t.deepEqual(environment.questions, []);
});

test("a removal that fails is told, and the next torrent is removed all the same", async (t) => {
  const { service, environment } = serviceScene(rows);
  service.answers.set("remove", new CommandError("disk-not-answering", "the disk hangs"));
  const { code, err } = await call(environment, "remove", "1", "2");
  t.is(code, 1);
  t.is(service.calls.length, 2);
  t.deepEqual(err.match(/film \d: the disk hangs/g), [
    "film 1: the disk hangs",
    "film 2: the disk hangs",
  ]);
});
