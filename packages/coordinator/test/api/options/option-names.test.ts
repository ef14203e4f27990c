import test from "ava";
import { Coordinator, Torrent, type CoordinatorOptions } from "../../../src/index.ts";
import { jobOptionNames } from "../../../src/api/job/job-torrent.ts";
import { coordinatorOptionNames } from "../../../src/api/options/options.ts";

test("an unknown option is refused before a thread starts, and the message lists the known options", async (t) => {
  const options = { sequental: true } as CoordinatorOptions;
  const error = await t.throwsAsync(Coordinator.start(options), { code: "option-unknown" });
  t.regex(
    error?.message ?? "",
    /^there is no option "sequental"; there are directory, .*, signal$/,
  );
  for (const wrong of [{ directory: "x" }, { checkOnly: true }, { portt: 1 }] as object[]) {
    await t.throwsAsync(Torrent.create("/nowhere/x", new Uint8Array(), wrong), {
      code: "option-unknown",
    });
    await t.throwsAsync(Torrent.load("/nowhere/x", wrong), { code: "option-unknown" });
  }
});

test("options of another type than object are refused", async (t) => {
  await t.throwsAsync(Coordinator.start(5 as CoordinatorOptions), { code: "option-out-of-range" });
});

test("another object than a coordinator is refused before the folder of a job is made", async (t) => {
  const coordinator = {} as Coordinator;
  await t.throwsAsync(Torrent.create("/nowhere/x", new Uint8Array(), { coordinator }), {
    code: "option-out-of-range",
    message: /^option coordinator is an object; allowed is a Coordinator/,
  });
});

test("unknown options of add and unknown events are refused", async (t) => {
  await using coordinator = await Coordinator.start({
    host: "inline",
    port: 0,
    bind: ["127.0.0.1"],
  });
  await t.throwsAsync(coordinator.add("a.torrent", { sequental: true } as object), {
    code: "option-unknown",
  });
  t.throws(() => coordinator.on("workers" as "worker", () => undefined), { code: "event-unknown" });
});

test("a job takes the options of its engine and of a torrent, but for its folder", (t) => {
  t.true(coordinatorOptionNames.includes("directory"));
  t.false(jobOptionNames.includes("directory"));
  t.true(["port", "sequential", "coordinator"].every((name) => jobOptionNames.includes(name)));
});
