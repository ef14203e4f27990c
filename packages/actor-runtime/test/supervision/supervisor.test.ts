import test from "ava";
import { ActorError, type PoolSpec, type SupervisorSpec } from "../../src/index.ts";
import { fakeTree, runningTree, statesOf } from "../support/fake-tree.ts";
import { rejection } from "../support/rejection.ts";
import { childSpec, supervisorSpec } from "../support/specs.ts";

const boom = new ActorError("boom", { message: "boom" });
const abc = (changes: Partial<SupervisorSpec> = {}) =>
  supervisorSpec("tree", [childSpec("a"), childSpec("b"), childSpec("c")], changes);

test("members start in order, each after the one before is up", async (t) => {
  const { host, time, told } = fakeTree(abc(), {
    prepare: (host) => host.behave("b", { startsSlowly: true }),
  });
  await time.pass(0);
  t.deepEqual(host.done, ["start a/1", "start b/1"]);
  host.child("b").finishStart();
  await time.pass(0);
  t.deepEqual(host.done, ["start a/1", "start b/1", "start c/1"]);
  t.deepEqual(told, ["started a/1", "started b/1", "started c/1"]);
});

test("members stop in reverse, each after the one behind it has ended", async (t) => {
  const { host, time, supervisor, told } = await runningTree(abc());
  const stopped = supervisor.stop();
  await time.pass(0);
  await stopped;
  t.deepEqual(host.done, ["stop c/1", "stop b/1", "stop a/1"]);
  t.deepEqual(told, ["ended c/1", "ended b/1", "ended a/1"]);
  t.is(time.pending, 0);
});

test("a child that fails to start fails the start; those before it are stopped", async (t) => {
  const { host, time, supervisor } = fakeTree(abc(), {
    prepare: (host) => host.behave("b", { failsStart: true }),
  });
  await time.pass(0);
  t.like(await rejection(supervisor), {
    code: "start-failed",
    message: "cannot start b: cannot start",
    details: { actor: "b", epoch: 1 },
  });
  t.deepEqual(host.done, ["start a/1", "start b/1", "stop a/1"]);
  t.is(time.pending, 0);
});

test("a child that does not come up within 30 s fails the start", async (t) => {
  const { time, supervisor } = fakeTree(abc(), {
    prepare: (host) => host.behave("a", { startsSlowly: true }),
  });
  const error = rejection(supervisor);
  await time.pass(30_000);
  t.like((await error).cause, { code: "start-deadline" });
});

test("a tree can be stopped while it starts", async (t) => {
  const owner = fakeTree(
    supervisorSpec("tree", [childSpec("a"), supervisorSpec("inner", [childSpec("b")])]),
    {
      prepare: (host) => host.behave("b", { failsStart: true }),
    },
  );
  await owner.time.pass(0);
  t.like(await rejection(owner.supervisor), { code: "start-failed" });
  t.deepEqual(owner.told, ["started a/1", "ended b/1", "ended a/1"]);
});

test("one-for-one restarts only the crashed child", async (t) => {
  const { host, time, told } = await runningTree(abc());
  host.child("b").fail(boom);
  await time.pass(0);
  t.deepEqual(host.done, ["start b/2"]);
  t.deepEqual(told, ["crashed b/1 boom", "ended b/1", "started b/2"]);
});

test("the status of an actor has the error of its last crash, cut where it is long", async (t) => {
  const { host, supervisor, time } = await runningTree(abc());
  const errors = async () =>
    (await supervisor.status()).children?.map(({ lastError }) => lastError);
  t.deepEqual(await errors(), [undefined, undefined, undefined]);
  host.child("b").fail(boom);
  host.child("c").fail(new Error("x".repeat(5_000)));
  await time.pass(0);
  t.deepEqual(await errors(), [undefined, "boom", "x".repeat(1_000)]);
});

test("a child that crashes while the others start is restarted afterwards", async (t) => {
  const { host, time, told, supervisor } = fakeTree(abc(), {
    prepare: (host) => host.behave("c", { startsSlowly: true }),
  });
  await time.pass(0);
  host.child("a").fail(boom);
  await time.pass(0);
  host.behave("c", {});
  host.child("c").finishStart();
  await supervisor;
  await time.pass(0);
  t.deepEqual(told.slice(2), ["crashed a/1 boom", "ended a/1", "started c/1", "started a/2"]);
});

for (const [restart, end, restarts] of [
  ["permanent", "fail", true],
  ["permanent", "end", true],
  ["transient", "fail", true],
  ["transient", "end", false],
  ["temporary", "fail", false],
  ["temporary", "end", false],
] as const) {
  const what = end === "fail" ? "failed" : "ended by itself";
  test(`a ${restart} child that ${what} is ${restarts ? "" : "not "}restarted`, async (t) => {
    const { host, time } = await runningTree(supervisorSpec("tree", [childSpec("a", { restart })]));
    if (end === "fail") host.child("a").fail(boom);
    else host.child("a").end();
    await time.pass(60_000);
    t.is(host.child("a").sender.epoch, restarts ? 2 : 1);
  });
}

test("restarts back off, and are immediate again after a steady time", async (t) => {
  const { host, time } = await runningTree(abc({ maxRestarts: 100 }));
  const waitsMs: number[] = [];
  for (let crash = 0; crash < 7; crash += 1) {
    const { epoch } = host.child("a").sender;
    const fromMs = time.nowMs();
    host.child("a").fail(boom);
    await time.pass(0);
    while (host.child("a").sender.epoch === epoch) await time.pass(50);
    waitsMs.push(time.nowMs() - fromMs);
  }
  t.deepEqual(waitsMs, [0, 100, 100, 100, 100, 800, 6_400]);
  await time.pass(30_000);
  const { epoch } = host.child("a").sender;
  host.child("a").fail(boom);
  await time.pass(0);
  t.is(host.child("a").sender.epoch, epoch + 1);
});

test("a restart that fails is tried again, and counts", async (t) => {
  const { host, time, told } = await runningTree(abc({ maxRestarts: 3, withinMs: 10_000 }), {
    hearsGiveUp: true,
  });
  host.behave("a", { failsStart: true });
  host.child("a").fail(boom);
  await time.pass(1_000);
  t.is(host.child("a").sender.epoch, 4);
  t.is(told.at(-1), "gave up tree restarts-used-up");
});

test("a supervisor that gives up stops all its members, and notifies its owner", async (t) => {
  const { host, time, told, supervisor } = await runningTree(abc({ maxRestarts: 0 }), {
    hearsGiveUp: true,
  });
  host.child("b").fail(boom);
  await time.pass(0);
  t.deepEqual(told, [
    "crashed b/1 boom",
    "ended b/1",
    "ended c/1",
    "ended a/1",
    "gave up tree restarts-used-up",
  ]);
  t.deepEqual(statesOf(await supervisor.status()).slice(1), [
    "a/1 stopped",
    "b/1 stopped",
    "c/1 stopped",
  ]);
});

test("an owner without a handler for it fails itself", async (t) => {
  const { host, time, told } = await runningTree(abc({ maxRestarts: 0 }));
  host.child("b").fail(boom);
  await time.pass(0);
  t.is(told.at(-1), "owner failed restarts-used-up");
});

test("a nested supervisor that gives up is restarted by the supervisor above", async (t) => {
  const spec = supervisorSpec("tree", [
    childSpec("a"),
    supervisorSpec("inner", [childSpec("b"), childSpec("c")], { maxRestarts: 1 }),
  ]);
  const { host, time, supervisor } = await runningTree(spec);
  host.child("b").fail(boom);
  await time.pass(0);
  host.done.length = 0;
  host.child("b").fail(boom);
  await time.pass(0);
  t.deepEqual(host.done, ["stop c/1", "start b/3", "start c/2"]);
  t.deepEqual(statesOf(await supervisor.status()), [
    "tree/1 running",
    "a/1 running",
    "inner/2 running",
    "b/3 running",
    "c/2 running",
  ]);
});

test("a temporary supervisor that gives up stays stopped, and the tree goes on", async (t) => {
  const temporary = { maxRestarts: 1, restart: "temporary" } as const;
  const spec = supervisorSpec("tree", [
    childSpec("a"),
    supervisorSpec("inner", [childSpec("b"), childSpec("c")], temporary),
  ]);
  const { host, time, supervisor, told } = await runningTree(spec, { hearsGiveUp: true });
  for (let crash = 0; crash < 2; crash += 1) {
    host.child("b").fail(boom);
    await time.pass(0);
  }
  await time.pass(60_000);
  t.is(told.at(-1), "gave up inner restarts-used-up");
  t.deepEqual(statesOf(await supervisor.status()), [
    "tree/1 running",
    "a/1 running",
    "inner/1 stopped",
    "b/2 stopped",
    "c/1 stopped",
  ]);
  host.child("a").fail(boom);
  await time.pass(0);
  t.is(host.child("a").sender.epoch, 2);
});

test("the end of a temporary supervisor is no failure of an owner without a handler for it", async (t) => {
  const temporary = { maxRestarts: 0, restart: "temporary" } as const;
  const spec = supervisorSpec("tree", [supervisorSpec("inner", [childSpec("a")], temporary)]);
  const { host, time, told } = await runningTree(spec);
  host.child("a").fail(boom);
  await time.pass(0);
  t.deepEqual(told, ["crashed a/1 boom", "ended a/1"]);
});

test("a child's status has its owner's figures of it", async (t) => {
  let nodes = 1;
  const tree = supervisorSpec("tree", [childSpec("a", { figures: () => ({ nodes }) })]);
  const { supervisor } = await runningTree(tree);
  nodes = 2;
  t.deepEqual((await supervisor.status()).children?.[0]?.figures, { nodes: 2 });
});

test("a hung thread is killed and replaced", async (t) => {
  const { host, time, told } = await runningTree(abc());
  host.child("b").hangs = true;
  await time.pass(2_500);
  t.deepEqual(told, ["crashed b/1 actor-hung", "ended b/1", "started b/2"]);
});

test("a silent thread without a core is replaced after 30 s", async (t) => {
  const { host, time, told } = await runningTree(abc());
  Object.assign(host.child("b"), { hangs: true, hasCore: false });
  await time.pass(29_000);
  t.deepEqual(told, []);
  await time.pass(1_500);
  t.deepEqual(told, ["crashed b/1 actor-hung", "ended b/1", "started b/2"]);
});

test("a thread that may be silent is left alone", async (t) => {
  const spec = supervisorSpec("tree", [childSpec("disk", { mayBeSilent: () => true })]);
  const { host, time, told } = await runningTree(spec);
  host.child("disk").hangs = true;
  await time.pass(60_000);
  t.deepEqual(told, []);
});

test("a silent thread that may not be silent any more is replaced", async (t) => {
  let isBlocked = true;
  const spec = supervisorSpec("tree", [childSpec("disk", { mayBeSilent: () => isBlocked })]);
  const { host, time, told } = await runningTree(spec);
  host.child("disk").hangs = true;
  await time.pass(60_000);
  t.deepEqual(told, []);
  isBlocked = false;
  await time.pass(2_500);
  t.deepEqual(told, ["crashed disk/1 actor-hung", "ended disk/1", "started disk/2"]);
});

test("an incarnation that does not end is listed as abandoned and replaced after two seconds", async (t) => {
  const { host, time, told, supervisor } = await runningTree(abc(), {
    prepare: (host) => host.behave("b", { ignoresTerminate: true }),
  });
  const undead = host.child("b");
  supervisor.kill("b");
  await time.pass(1_999);
  t.deepEqual(told, ["crashed b/1 actor-killed"]);
  await time.pass(1);
  t.deepEqual(told, ["crashed b/1 actor-killed", "started b/2"]);
  t.deepEqual(statesOf(await supervisor.status()).slice(2, 4), ["b/2 running", "b/1 abandoned"]);
  undead.end();
  await time.pass(0);
  t.is(told.at(-1), "ended b/1");
  t.deepEqual(statesOf(await supervisor.status()).slice(2, 4), ["b/2 running", "c/1 running"]);
});

for (const [what, changes] of [
  ["that may be silent", { mayBeSilent: () => true }],
  ["that must not overlap", { mayOverlap: false }],
] as const) {
  test(`a child ${what} is replaced only when it has ended`, async (t) => {
    const spec = supervisorSpec("tree", [childSpec("disk", changes)]);
    const { host, time, told, supervisor } = await runningTree(spec, {
      prepare: (host) => host.behave("disk", { ignoresTerminate: true }),
    });
    supervisor.kill("disk");
    await time.pass(60_000);
    t.deepEqual(told, ["crashed disk/1 actor-killed"]);
    t.deepEqual(statesOf(await supervisor.status()).slice(1), [
      "disk/1 restarting",
      "disk/1 abandoned",
    ]);
    host.child("disk").end();
    await time.pass(0);
    t.deepEqual(told, ["crashed disk/1 actor-killed", "ended disk/1", "started disk/2"]);
  });
}

test("a child that ignores its stop is terminated after its time", async (t) => {
  const { time, told, supervisor } = await runningTree(
    supervisorSpec("tree", [childSpec("a", { shutdownMs: 700 })]),
    { prepare: (host) => host.behave("a", { ignoresStop: true }) },
  );
  const stopped = supervisor.stop();
  await time.pass(699);
  t.deepEqual(told, []);
  await time.pass(1);
  await stopped;
  t.deepEqual(told, ["ended a/1"]);
});

test("a stop continues past a child that does not end, and then names it", async (t) => {
  const { host, time, supervisor } = await runningTree(abc(), {
    prepare: (host) => host.behave("b", { ignoresStop: true, ignoresTerminate: true }),
  });
  const error = rejection(supervisor.stop());
  await time.pass(2_000 + 2_000);
  t.like(await error, { code: "not-stopped", details: { actors: ["b"] } });
  t.deepEqual(host.done, ["stop c/1", "stop b/1", "stop a/1"]);
  t.is(time.pending, 0);
});

test("a stop with limits terminates the remaining children at once, and names those that do not end", async (t) => {
  const { host, time, supervisor, told } = await runningTree(abc(), {
    prepare: (host) => {
      host.behave("c", { ignoresStop: true, ignoresTerminate: true });
      host.behave("b", { ignoresStop: true });
    },
  });
  const error = rejection(supervisor.stop({ orderlyMs: 600, endMs: 100 }));
  await time.pass(599);
  t.deepEqual(host.done, ["stop c/1"]);
  await time.pass(1);
  t.deepEqual(told.toSorted(), ["ended a/1", "ended b/1"]);
  await time.pass(100);
  t.like(await error, { code: "not-stopped", details: { actors: ["c"] } });
});

test("a stop with limits ends as any other when all end in time", async (t) => {
  const { host, time, supervisor } = await runningTree(abc());
  const stopped = supervisor.stop({ orderlyMs: 600, endMs: 100 });
  await time.pass(0);
  await stopped;
  t.deepEqual(host.done, ["stop c/1", "stop b/1", "stop a/1"]);
  t.is(time.pending, 0);
});

test("the time of a running stop can be shortened", async (t) => {
  const { time, supervisor } = await runningTree(abc(), {
    prepare: (host) => host.behave("b", { ignoresStop: true, ignoresTerminate: true }),
  });
  const patient = rejection(supervisor.stop());
  await time.pass(0);
  const hurried = rejection(supervisor.stop({ orderlyMs: 0, endMs: 100 }));
  await time.pass(100);
  t.like(await hurried, { code: "not-stopped", details: { actors: ["b"] } });
  await time.pass(10_000);
  t.like(await patient, { code: "not-stopped" });
});

test("a stop ends a wait for a restart", async (t) => {
  const { host, time, supervisor } = await runningTree(abc());
  host.child("a").fail(boom);
  await time.pass(0);
  host.child("a").fail(boom);
  await time.pass(0);
  const stopped = supervisor.stop();
  await time.pass(0);
  await stopped;
  t.is(time.pending, 0);
  await time.pass(60_000);
  t.is(host.child("a").sender.epoch, 2);
});

test("a stop ends a wait for a disk that does not answer", async (t) => {
  const { host, time, supervisor } = await runningTree(
    supervisorSpec("tree", [childSpec("disk", { mayBeSilent: () => true })]),
    { prepare: (host) => host.behave("disk", { ignoresTerminate: true }) },
  );
  supervisor.kill("disk");
  await time.pass(5_000);
  const error = rejection(supervisor.stop());
  await time.pass(0);
  t.is((await error).code, "not-stopped");
  host.child("disk").end();
  await time.pass(60_000);
  t.is(host.child("disk").sender.epoch, 1);
});

test("each start links a child to the siblings that it names, and to those that name it", async (t) => {
  const spec = supervisorSpec("tree", [
    childSpec("disk"),
    supervisorSpec("inner", [
      childSpec("a", { links: { file: "disk" } }),
      childSpec("b", { links: { file: "disk" } }),
    ]),
  ]);
  const { host, time } = await runningTree(spec);
  t.is(host.child("disk").links.size, 3);
  t.is(host.child("a").links.size, 2);
  const old = host.child("disk");
  old.fail(boom);
  await time.pass(0);
  t.is(old.links.size, 0);
  t.deepEqual(host.done, ["start disk/2", "link a/1 disk/2", "link b/1 disk/2"]);
  t.is(host.child("a").links.size, 2);
  host.done.length = 0;
  host.child("a").fail(boom);
  await time.pass(0);
  t.deepEqual(host.done, ["start a/2", "link a/2 disk/2"]);
  t.is(host.child("disk").links.size, 3);
});

test("a sibling that is down is linked when it is back", async (t) => {
  const spec = supervisorSpec("tree", [
    childSpec("disk"),
    childSpec("a", { links: { file: "disk" } }),
  ]);
  const { host, time } = await runningTree(spec);
  host.behave("disk", { startsSlowly: true });
  host.child("disk").fail(boom);
  await time.pass(0);
  host.child("a").fail(boom);
  await time.pass(0);
  t.deepEqual(host.done, ["start disk/2", "start a/2"]);
  host.child("disk").finishStart();
  await time.pass(0);
  t.deepEqual(host.done.at(-1), "link a/2 disk/2");
});

test("pools are opened, listed and closed in order", async (t) => {
  const done: string[] = [];
  const pool: PoolSpec = {
    kind: "pool",
    name: "hash",
    shutdownMs: 500,
    open: () => {
      done.push("open");
      return {
        threads: 2,
        queued: 5,
        restarts: 1,
        abandoned: 1,
        close: async () => {
          done.push("close");
        },
      };
    },
  };
  const { time, supervisor } = await runningTree(supervisorSpec("tree", [pool, childSpec("a")]));
  t.like((await supervisor.status()).children?.[0], {
    name: "hash",
    kind: "pool",
    state: "running",
    mailbox: 5,
    threads: 2,
    restarts: 1,
    children: [{ state: "abandoned", threads: 1 }],
  });
  const stopped = supervisor.stop();
  await time.pass(0);
  await stopped;
  t.deepEqual(done, ["open", "close"]);
});

test("a pool that does not close in time is named by the stop", async (t) => {
  const pool: PoolSpec = {
    kind: "pool",
    name: "hash",
    shutdownMs: 500,
    open: () => ({
      threads: 1,
      queued: 0,
      restarts: 0,
      abandoned: 0,
      close: () => new Promise(() => {}),
    }),
  };
  const { time, supervisor } = await runningTree(supervisorSpec("tree", [pool]));
  const error = rejection(supervisor.stop());
  await time.pass(500);
  t.like(await error, { code: "not-stopped", details: { actors: ["hash"] } });
});

test("starts, crashes and ends of children are logged", async (t) => {
  const { host, time, log } = await runningTree(abc());
  host.child("b").fail(boom);
  await time.pass(0);
  const entry = log.find(({ event }) => event === "actor-crashed");
  t.like(entry, {
    level: "warn",
    actor: { name: "owner", epoch: 1 },
    fields: { name: "b", epoch: 1, error: { code: "boom" } },
  });
});

test("names that are not in the tree are refused", async (t) => {
  const { supervisor } = await runningTree(abc());
  t.throws(() => supervisor.ref("z"), {
    message: /no actor of this tree is named z, it has a, b, c/,
  });
  t.throws(() => supervisor.kill("z"));
});

for (const [title, children, message] of [
  ["two lines of one name", [childSpec("a"), childSpec("a")], /two in the tree are named a/],
  [
    "a link to a later sibling",
    [childSpec("a", { links: { file: "b" } }), childSpec("b")],
    /a is to be linked to b, which is not started before it/,
  ],
] as const) {
  test(`a spec with ${title} is refused`, async (t) => {
    const error = await rejection(fakeTree(supervisorSpec("tree", children)).supervisor);
    t.is(error.code, "bad-spec");
    t.regex(error.message, message);
  });
}

const onDemand = { restart: "transient", isOnDemand: true } as const;
const withDisk = () =>
  supervisorSpec("tree", [
    childSpec("disk", onDemand),
    childSpec("a", { links: { disk: "disk" } }),
  ]);

test("a child on demand does not start with its tree, and is not listed", async (t) => {
  const { host, time, supervisor } = fakeTree(withDisk());
  await time.pass(0);
  t.deepEqual(host.done, ["start a/1"]);
  t.deepEqual(statesOf(await (await supervisor).status()), ["tree/1 running", "a/1 running"]);
});

test("a child on demand that starts with its tree can be stopped and started again", async (t) => {
  const early = supervisorSpec("tree", [childSpec("disk", { ...onDemand, startsWithTree: true })]);
  const { host, time, supervisor } = await runningTree(early);
  t.deepEqual(statesOf(await supervisor.status()), ["tree/1 running", "disk/1 running"]);
  await supervisor.startChild("disk");
  t.is(host.child("disk").sender.epoch, 1);
  await Promise.all([supervisor.stopChild("disk"), time.pass(0)]);
  t.deepEqual(statesOf(await supervisor.status()), ["tree/1 running"]);
  await Promise.all([supervisor.startChild("disk"), time.pass(0)]);
  t.is(host.child("disk").sender.epoch, 2);
});

test("a child on demand is linked when it starts, and unlinked when it is stopped", async (t) => {
  const { host, time, told, supervisor } = await runningTree(withDisk());
  await Promise.all([supervisor.startChild("disk"), supervisor.startChild("disk"), time.pass(0)]);
  t.deepEqual(host.done, ["start disk/1", "link a/1 disk/1"]);
  t.deepEqual(statesOf(await supervisor.status()).slice(1), ["disk/1 running", "a/1 running"]);
  const stopped = supervisor.stopChild("disk");
  await time.pass(0);
  await stopped;
  t.is(host.child("a").links.size, 1);
  t.deepEqual(statesOf(await supervisor.status()), ["tree/1 running", "a/1 running"]);
  await time.pass(60_000);
  t.deepEqual(told, ["started disk/1", "ended disk/1"]);
  await Promise.all([supervisor.startChild("disk"), time.pass(0)]);
  t.like((await supervisor.status()).children?.[0], { name: "disk", epoch: 2, restarts: 0 });
});

test("a child on demand that crashes is restarted while it is wanted", async (t) => {
  const { host, time, supervisor } = await runningTree(withDisk());
  await Promise.all([supervisor.startChild("disk"), time.pass(0)]);
  host.child("disk").fail(boom);
  await time.pass(0);
  t.like((await supervisor.status()).children?.[0], { name: "disk", epoch: 2, restarts: 1 });
  host.child("disk").fail(boom);
  await time.pass(0);
  const stopped = supervisor.stopChild("disk");
  await time.pass(60_000);
  await stopped;
  t.is(host.child("disk").sender.epoch, 2);
});

test("a child on demand waits for the incarnation that is being stopped", async (t) => {
  const { host, time, supervisor, told } = await runningTree(withDisk());
  await Promise.all([supervisor.startChild("disk"), time.pass(0)]);
  const both = Promise.all([supervisor.stopChild("disk"), supervisor.startChild("disk")]);
  await time.pass(0);
  await both;
  t.deepEqual(told, ["started disk/1", "ended disk/1", "started disk/2"]);
  t.is(host.child("a").links.size, 2);
});

test("a child on demand that does not start is not wanted any more", async (t) => {
  const { host, time, supervisor } = await runningTree(withDisk());
  host.behave("disk", { failsStart: true });
  const failed = rejection(supervisor.startChild("disk"));
  await time.pass(60_000);
  t.is((await failed).code, "start-failed");
  t.deepEqual(statesOf(await supervisor.status()), ["tree/1 running", "a/1 running"]);
  host.behave("disk", {});
  await Promise.all([supervisor.startChild("disk"), time.pass(0)]);
  t.is(host.child("disk").sender.epoch, 2);
});

test("only a child on demand is started and stopped by name", async (t) => {
  const { supervisor, time } = await runningTree(withDisk());
  await t.throwsAsync(supervisor.startChild("a"), { code: "bad-spec" });
  await t.throwsAsync(supervisor.stopChild("none"), { code: "no-such-actor" });
  await Promise.all([supervisor.stop(), time.pass(0)]);
  await t.throwsAsync(supervisor.startChild("disk"), { code: "actor-gone" });
});
