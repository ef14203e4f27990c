import test from "ava";
import { ActorCore } from "../../src/actor/actor-core.ts";
import type { Actor, AnyActor, Context, LogEntry } from "../../src/index.ts";
import { linkCredits } from "../../src/index.ts";
import type { Call, Cast, Notice } from "../../src/index.ts";
import { waitingNotices } from "../../src/limits.ts";
import { makeContext } from "../../src/actor/make-context.ts";
import { localWire } from "../../src/links/local-wire.ts";
import { codeOf } from "../../src/errors.ts";
import { FakeHost } from "../support/fake-host.ts";
import { planOf, recordedEnd, TaskQueue } from "../support/link-pair.ts";
import { manualPorts } from "../support/manual-ports.ts";
import { ManualTime } from "../support/testing/index.ts";
import { rejection } from "../support/rejection.ts";
import { childSpec, supervisorSpec } from "../support/specs.ts";

type ToyProtocol = {
  ask: Call<unknown, unknown>;
  tell: Cast<unknown>;
  told: Notice<unknown>;
};

interface Toy {
  readonly context: Context<ToyProtocol>;
  readonly seen: string[];
}

function toy(changes: Partial<Actor<ToyProtocol, {}, Toy>> = {}) {
  const time = new ManualTime();
  const queue = new TaskQueue();
  const host = new FakeHost(manualPorts(time));
  const failures: unknown[] = [];
  const log: LogEntry[] = [];
  const seen: string[] = [];
  const state: { context?: Context<ToyProtocol> } = {};
  const actor: Actor<ToyProtocol, {}, Toy> = {
    name: "toy",
    start: (context) => {
      state.context = context;
      return { context, seen };
    },
    stop: () => void seen.push("stop"),
    linked: (_, role, peer) => void seen.push(`linked ${role} ${peer.name}`),
    unlinked: (_, role, peer) => void seen.push(`unlinked ${role} ${peer.name}`),
    handlers: {
      ask: (_, message) => message,
      tell: (_, message, from) => void seen.push(`${from.name}: ${String(message)}`),
    },
    ...changes,
  };
  const core = new ActorCore({
    actor: actor as AnyActor,
    self: { name: "toy", epoch: 1 },
    host,
    log: (entry) => log.push(entry),
    failed: (error) => failures.push(error),
  });
  /** Links the toy to an end that the test holds. */
  const link = (peer: string, peerHears = true) => {
    const [own, others] = localWire(queue.schedule);
    core.link({ ...planOf("toy", peer), id: peer, peerTakesNotices: peerHears }, own);
    return recordedEnd(planOf(peer, "toy"), others, time);
  };
  const contextOf = () => {
    if (state.context === undefined) throw new Error("not started");
    return state.context;
  };
  return { core, time, queue, host, failures, log, seen, link, contextOf };
}

test("linked is called before the first message, unlinked after the last", async (t) => {
  const { core, queue, seen, link } = toy();
  await core.start(makeContext(core), {});
  const peer = link("peer");
  peer.link.cast("tell", 1);
  queue.runAll();
  peer.link.cast("tell", 2);
  peer.link.flush();
  core.unlink("peer");
  core.unlink("peer");
  t.deepEqual(seen, ["linked peer peer", "peer: 1", "peer: 2", "unlinked peer peer"]);
});

test("during its start an actor gets replies; messages wait until it has started", async (t) => {
  const gate = Promise.withResolvers<void>();
  const answers: unknown[] = [];
  const { core, queue, seen, link } = toy({
    start: async (context) => {
      answers.push(await context.ref<ToyProtocol>("peer").call("ask", "ready?"));
      await gate.promise;
      return { context, seen: [] };
    },
  });
  const other = link("peer");
  const isStarted = core.start(makeContext(core), {});
  other.link.cast("tell", 1);
  queue.runAll();
  await Promise.resolve();
  t.deepEqual(other.owner.heard, [["call", "ask", "ready?"]]);
  gate.resolve();
  await isStarted;
  t.deepEqual(answers, ["ready?"]);
  t.deepEqual(seen, ["linked peer peer", "peer: 1"]);
});

test("notices go to the links with a handler for them", async (t) => {
  const { core, queue, link, contextOf } = toy();
  await core.start(makeContext(core), {});
  const [hearing, deaf] = [link("hearing"), link("deaf", false)];
  contextOf().emit("told", 1);
  queue.runAll();
  t.deepEqual(hearing.owner.heard, [["notice", "told", 1]]);
  t.deepEqual(deaf.owner.heard, []);
});

test("notice credits are those of the slowest receiver", async (t) => {
  const { core, time, queue, link, contextOf } = toy();
  await core.start(makeContext(core), {});
  t.is(contextOf().noticeCredits, linkCredits);
  link("slow");
  for (let notices = 0; notices < linkCredits; notices += 1) contextOf().emit("told", notices);
  link("fresh");
  t.is(contextOf().noticeCredits, 0);
  let rooms = 0;
  contextOf().whenNoticeRoom(() => (rooms += 1));
  await time.pass(0);
  t.is(rooms, 0);
  queue.runAll();
  t.is(rooms, 1);
  t.true(contextOf().noticeCredits >= linkCredits / 2);
});

test("a listener for notice credits that exist is called in a later turn", async (t) => {
  const { core, time, contextOf } = toy();
  await core.start(makeContext(core), {});
  let rooms = 0;
  contextOf().whenNoticeRoom(() => (rooms += 1));
  t.is(rooms, 0);
  await time.pass(0);
  t.is(rooms, 1);
});

test("when the slowest receiver is unlinked there are credits again", async (t) => {
  const { core, time, link, contextOf } = toy();
  await core.start(makeContext(core), {});
  link("slow");
  for (let notices = 0; notices < linkCredits; notices += 1) contextOf().emit("told", notices);
  let rooms = 0;
  contextOf().whenNoticeRoom(() => (rooms += 1));
  await time.pass(0);
  core.unlink("slow");
  t.is(rooms, 1);
});

test("too many notices fail their sender", async (t) => {
  const { core, link, contextOf } = toy();
  await core.start(makeContext(core), {});
  link("slow");
  for (let notices = 0; notices < linkCredits + waitingNotices; notices += 1) {
    contextOf().emit("told", notices);
  }
  const error = t.throws(() => contextOf().emit("told", -1));
  t.is(codeOf(error), "mailbox-overflow");
});

test("a message without handler is a failure of the actor", async (t) => {
  const { core, queue, failures, link } = toy();
  await core.start(makeContext(core), {});
  link("peer").link.cast("toString", {});
  queue.runAll();
  t.deepEqual(failures.map(codeOf), ["no-handler"]);
});

test("a failed incarnation handles nothing more, and later errors are logged", async (t) => {
  const { core, queue, failures, seen, log, link, contextOf } = toy();
  await core.start(makeContext(core), {});
  const peer = link("peer");
  contextOf().fail(new Error("first"));
  contextOf().fail(new Error("second"));
  peer.link.cast("tell", 1);
  queue.runAll();
  t.deepEqual(failures.map(String), ["Error: first"]);
  t.deepEqual(seen, ["linked peer peer"]);
  t.is(log.at(-1)?.event, "error-after-end");
});

test("an error in linked ends the incarnation", async (t) => {
  const { core, failures, link } = toy({
    linked: () => {
      throw new Error("boom");
    },
  });
  await core.start(makeContext(core), {});
  link("peer");
  t.is(failures.length, 1);
});

test("a start that throws ends the incarnation", async (t) => {
  const { core } = toy({
    start: () => {
      throw new Error("boom");
    },
  });
  t.is((await rejection(core.start(makeContext(core), {}))).message, "boom");
  t.true(core.isOver);
  await core.ended;
});

for (const [way, end] of [
  ["is terminated", (core: ActorCore) => core.terminate()],
  ["is stopped", (core: ActorCore) => core.stop()],
  ["fails", (core: ActorCore) => core.failed(new Error("broken"))],
] as const) {
  test(`an incarnation that ${way} has no peers, and its calls reject`, async (t) => {
    const { core, link, contextOf } = toy();
    await core.start(makeContext(core), {});
    link("peer");
    const ref = contextOf().ref<ToyProtocol>("peer");
    t.deepEqual(ref.peer, { name: "peer", epoch: 1 });
    await end(core);
    t.is(ref.peer, undefined);
    t.is(codeOf(await rejection(ref.call("ask", 1))), "actor-gone");
  });
}

test("stop runs once, and remaining supervisors are stopped after it", async (t) => {
  const { core, time, host, seen, contextOf } = toy();
  await core.start(makeContext(core), {});
  const supervising = contextOf().supervise(supervisorSpec("tree", [childSpec("a")]), {});
  await time.pass(0);
  await supervising;
  const stops = Promise.all([core.stop(), core.stop()]);
  await time.pass(0);
  await stops;
  t.deepEqual(
    seen.filter((what) => what === "stop"),
    ["stop"],
  );
  t.deepEqual(host.done, ["start a/1", "stop a/1"]);
  await core.ended;
  t.is((await rejection(contextOf().supervise(supervisorSpec("late", []), {}))).code, "actor-gone");
});

test("an incarnation that fails ends its children", async (t) => {
  const { core, time, host, contextOf } = toy();
  await core.start(makeContext(core), {});
  const supervising = contextOf().supervise(supervisorSpec("tree", [childSpec("a")]), {});
  await time.pass(0);
  await supervising;
  contextOf().fail(new Error("boom"));
  await core.ended;
  await host.child("a").ended;
  t.is(time.pending, 0);
});

test("several links of one role are distinguished by name", async (t) => {
  const { core, queue, contextOf } = toy();
  await core.start(makeContext(core), {});
  const ends = ["a", "b"].map((name) => {
    const [own, others] = localWire(queue.schedule);
    core.link({ ...planOf("toy", name), id: name, role: "worker" }, own);
    return recordedEnd(planOf(name, "toy"), others, new ManualTime());
  });
  contextOf().ref<ToyProtocol>("a").cast("tell", "to a");
  contextOf().ref<ToyProtocol>("worker").cast("tell", "to the last one");
  queue.runAll();
  t.deepEqual(
    ends.map(({ owner }) => owner.heard),
    [[["cast", "tell", "to a"]], [["cast", "tell", "to the last one"]]],
  );
});
