import type { StopLimits } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { StuckThread } from "@troupe/messages";
import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { closeEngine, type ClosingServices } from "../../../src/api/life/coordinator-close.ts";

const never = (): Promise<never> => new Promise(() => {});
const stuck: StuckThread = { thread: "file-0", folder: "/data" };

interface Given {
  /** The engine's thread answers nothing. */
  readonly isSilent?: boolean;
  /** The answer of an engine to `shut-down`; default: nothing is left. */
  readonly shutDown?: () => Promise<{ readonly left: readonly StuckThread[] }>;
  /** Whether its thread ends within some limits; default: yes. */
  readonly ends?: (limits: StopLimits | undefined, time: ManualTime) => Promise<void>;
  readonly inCall?: readonly StuckThread[];
  readonly copies?: () => Promise<void>;
  /** The threads that hold locks; default: they end. */
  readonly locks?: ClosingServices["locks"]["close"];
}

/** A close under way, with time in the test's hands. */
function scene({ isSilent = false, shutDown, ends, inCall = [], copies, locks }: Given) {
  const time = new ManualTime();
  const hurry = new AbortController();
  const stops: (StopLimits | undefined)[] = [];
  const engine = {
    call: (name: string) => {
      if (isSilent) return never();
      if (name === "stuck-threads") return Promise.resolve({ threads: inCall });
      return shutDown?.() ?? Promise.resolve({ left: [] });
    },
  } as unknown as ClosingServices["engine"];
  let threads: unknown;
  const ended: boolean[] = [];
  const closed = closeEngine({
    engine,
    root: {
      stop: (limits) => {
        stops.push(limits);
        return ends?.(limits, time) ?? Promise.resolve();
      },
    },
    time: { clock: time, timers: time },
    locks: { close: locks ?? (() => Promise.resolve([])) },
    torrents: {
      end: (areFree) => {
        ended.push(areFree);
        return Promise.resolve();
      },
    },
    savedTorrents: { directory: "/state", settled: copies ?? (() => Promise.resolve()) },
    hurry: hurry.signal,
  }).then(
    () => (threads = []),
    (error: unknown) => {
      if (!(error instanceof TroupeError)) throw error;
      threads = error.details["threads"];
      return error;
    },
  );
  return {
    time,
    stops,
    hurry: () => hurry.abort(),
    closed,
    /** Whether others may run the torrents, once they have been ended. */
    ended,
    /** The threads left behind, once it has settled. */
    get left() {
      return threads;
    },
  };
}

/** A thread that sits in a call: it does not end, however long the caller waits. */
const sits: Given["ends"] = (limits, time) =>
  new Promise((_, reject) => {
    const waitMs = (limits?.orderlyMs ?? 0) + (limits?.endMs ?? 0);
    time.after(waitMs, () => reject(new Error("still running")));
  });

test("an engine that stops in order leaves no thread", async (t) => {
  const { time, closed, stops, ended } = scene({});
  await time.pass(0);
  t.deepEqual(await closed, []);
  t.is(stops.length, 1);
  t.deepEqual(ended, [true]);
  t.is(time.pending, 0);
});

test("threads that the engine could not end are named at once, without waiting", async (t) => {
  const made = scene({ shutDown: () => Promise.resolve({ left: [stuck] }), ends: sits });
  await made.time.pass(0);
  t.deepEqual(made.left, ["file-0"]);
  t.deepEqual(made.ended, [false], "they may write still");
  t.deepEqual(made.stops, [{ orderlyMs: 0, endMs: 0 }]);
});

test("an engine that does not answer while a thread is in a disk call is ended within five seconds", async (t) => {
  const made = scene({ shutDown: never, ends: sits, inCall: [stuck] });
  await made.time.pass(3_999);
  t.is(made.left, undefined);
  await made.time.pass(800);
  t.deepEqual(made.left, ["file-0"]);
});

test("an engine that is late while no thread is in a disk call is waited for", async (t) => {
  const late = Promise.withResolvers<{ left: [] }>();
  const made = scene({ shutDown: () => late.promise });
  await made.time.pass(9_000);
  t.is(made.left, undefined);
  late.resolve({ left: [] });
  await made.time.pass(0);
  t.deepEqual(made.left, []);
  t.deepEqual(made.ended, [true]);
});

test("an engine that never answers is given up after 15 s", async (t) => {
  const made = scene({ shutDown: never, ends: sits });
  await made.time.pass(15_000);
  t.is(made.left, undefined);
  await made.time.pass(3_000);
  t.deepEqual(made.left, ["engine"]);
});

test("in a hurry saving gets 0.3 s, and threads that do not end then are named", async (t) => {
  const made = scene({ shutDown: never, ends: sits, inCall: [stuck] });
  await made.time.pass(1_000);
  made.hurry();
  await made.time.pass(299);
  t.deepEqual(made.stops, []);
  await made.time.pass(100);
  t.deepEqual(made.left, ["file-0"]);
  t.deepEqual(made.ended, [false], "they may write still");
});

test("in a hurry, threads that are in no disk call get longer to end", async (t) => {
  const made = scene({ shutDown: never, ends: sits, inCall: [] });
  made.hurry();
  await made.time.pass(300 + 1_000);
  t.is(made.left, undefined);
  await made.time.pass(600);
  t.deepEqual(made.left, ["engine"]);
});

test("in a hurry, an engine that answers nothing gets longer to end: the machine is busy", async (t) => {
  const ends: Given["ends"] = (limits, time) =>
    new Promise((resolve, reject) => {
      if (limits?.endMs !== undefined && limits.endMs < 1_000) time.after(limits.endMs, reject);
      time.after(1_000, resolve);
    });
  const made = scene({ isSilent: true, ends });
  made.hurry();
  await made.time.pass(300 + 999);
  t.is(made.left, undefined);
  await made.time.pass(1);
  t.deepEqual(made.left, []);
});

test("in a hurry, threads that end slowly after all is saved are waited for", async (t) => {
  const ends: Given["ends"] = (_, time) => new Promise((resolve) => time.after(1_000, resolve));
  const made = scene({ ends });
  made.hurry();
  await made.time.pass(999);
  t.is(made.left, undefined);
  await made.time.pass(1);
  t.deepEqual(made.left, []);
});

test("in a hurry, an engine whose threads end leaves no thread", async (t) => {
  const made = scene({ shutDown: never });
  made.hurry();
  await made.time.pass(300);
  t.deepEqual(made.left, []);
});

test("in a hurry, close() resolves as soon as saving ends", async (t) => {
  const saved = Promise.withResolvers<{ left: [] }>();
  const made = scene({ shutDown: () => saved.promise });
  made.hurry();
  await made.time.pass(100);
  saved.resolve({ left: [] });
  await made.time.pass(0);
  t.deepEqual(made.left, []);
});

test("writes of this thread to the state folder get three seconds", async (t) => {
  const made = scene({ copies: never });
  await made.time.pass(2_999);
  t.is(made.left, undefined);
  await made.time.pass(1);
  t.deepEqual(made.left, ["the thread pool of Node"]);
});

test("the error names folders and threads, each once", async (t) => {
  const left = [stuck, { thread: "file-0", folder: "/more" }, { thread: "engine" }];
  const { time, closed } = scene({ shutDown: () => Promise.resolve({ left }), ends: sits });
  await time.pass(0);
  const error = await closed;
  if (!(error instanceof TroupeError)) return t.fail("it closed");
  t.is(error.code, "disk-not-answering");
  t.deepEqual(error.details, {
    folder: "/data",
    folders: ["/data", "/more"],
    threads: ["file-0", "engine"],
  });
  t.regex(error.message, /the disk of "\/data", "\/more" does not answer; .* file-0, engine/);
});

test("threads that hold locks get the hurry of a close that waits for them", async (t) => {
  const lockThread: StuckThread = { thread: "lock-keeper", folder: "/data" };
  const given = scene({
    locks: (hurry) =>
      new Promise((resolve) => {
        hurry.addEventListener("abort", () => resolve([lockThread]));
      }),
  });
  await given.time.pass(0);
  t.is(given.left, undefined);
  given.hurry();
  await given.closed;
  t.deepEqual(given.left, [lockThread.thread]);
});
