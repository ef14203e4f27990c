// Faults that only threads have, one after the other: threads that loop and fill their heaps leave the others no core.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { found, until } from "../../../../test/support/time/until.ts";
import { linkCredits, threadHost, type Child, type ChildSpec } from "../../src/index.ts";
import { codeOf } from "../../src/errors.ts";
import { echoActor } from "../fixtures/echo.actor.ts";
import type { EchoOptions, EchoProtocol } from "../fixtures/echo.messages.ts";
import { rejection } from "../support/rejection.ts";
import { openTestRoot } from "../support/roots.ts";
import { childSpec, supervisorSpec } from "../support/specs.ts";
import { makeFifos } from "../../../../test/support/files/fifo.ts";

const openEcho = (changes: Partial<ChildSpec<EchoProtocol, EchoOptions>> = {}) =>
  openTestRoot(
    threadHost(),
    // A thread without a core takes long to stop.
    supervisorSpec("tree", [childSpec("echo", { shutdownMs: Infinity, ...changes })]),
  );

/** One message fills the heap. On a busy machine that takes longer than a thread may be silent. */
const smallHeap = { heapLimitMebibytes: 16, mayBeSilent: () => true };

test.serial("a thread in an endless loop is found hung and replaced", async (t) => {
  const { supervisor, happened } = await openEcho();
  const ref = supervisor.ref<EchoProtocol>("echo");
  ref.cast("loop", {});
  await happened.until("crashed echo/1 actor-hung");
  await happened.until("started echo/2");
  t.is(await ref.call("echo", 1), 1);
  await supervisor.stop();
});

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

onLinux("the host tells the time of a thread in an endless loop, and of no other", async (t) => {
  const host = threadHost();
  const [busy, idle] = ["busy", "idle"].map((name) =>
    host.spawn(childSpec(name), 1, { failed() {}, log() {} }),
  );
  await Promise.all([busy?.started, idle?.started]);
  busy?.hang();
  const usedMs = (child: Child | undefined) => child?.time()?.usedMs ?? 0;
  const [busyMs, idleMs] = [usedMs(busy), usedMs(idle)];
  t.true(idleMs > 0);
  await until("the busy thread uses 200 ms", () => usedMs(busy) >= busyMs + 200);
  t.true(usedMs(idle) < idleMs + 100);
  busy?.terminate();
  idle?.terminate();
  await Promise.all([busy?.ended, idle?.ended]);
  t.is(busy?.time(), undefined);
});

test.serial("a thread that is asked to hang is found hung and replaced", async (t) => {
  const { supervisor, happened } = await openEcho();
  supervisor.hang("echo");
  await happened.until("crashed echo/1 actor-hung");
  await happened.until("started echo/2");
  t.is(await supervisor.ref<EchoProtocol>("echo").call("echo", 1), 1);
  await supervisor.stop();
});

test.serial(
  "a thread whose heap is exhausted is replaced without effect on its siblings",
  async (t) => {
    const { supervisor, happened } = await openTestRoot(
      threadHost(),
      supervisorSpec("tree", [childSpec("echo"), childSpec("greedy", smallHeap)]),
    );
    supervisor.ref<EchoProtocol>("greedy").cast("fill-heap", {});
    await happened.until("crashed greedy/1 ERR_WORKER_OUT_OF_MEMORY");
    await happened.until("started greedy/2");
    t.is(await supervisor.ref<EchoProtocol>("greedy").call("echo", 1), 1);
    t.like((await supervisor.status()).children?.[0], { name: "echo", restarts: 0 });
    await supervisor.stop();
  },
);

test.serial(
  "a thread has a bound for young objects: of its own, or a part of the limit of its heap",
  async (t) => {
    const { supervisor } = await openTestRoot(
      threadHost(),
      supervisorSpec("tree", [
        childSpec("bounded", { youngMebibytes: 24 }),
        childSpec("limited", { heapLimitMebibytes: 1_024 }),
      ]),
    );
    const boundOf = (name: string): Promise<number> =>
      supervisor.ref<EchoProtocol>(name).call("young-mebibytes", {});
    t.deepEqual([await boundOf("bounded"), await boundOf("limited")], [24, 8]);
    await supervisor.stop();
  },
);

for (const [name, message] of [
  ["throws", "throw"],
  ["fills its heap", "fill-heap"],
] as const) {
  test.serial(`the breadcrumb of a thread that ${name} is known`, async (t) => {
    const { supervisor, happened, log } = await openEcho(smallHeap);
    supervisor.ref<EchoProtocol>("echo").cast(message, { code: "poison" });
    await happened.until("started echo/2");
    const crash = log.find(({ event }) => event === "actor-crashed");
    const step = Object.keys(echoActor.handlers).indexOf(message) + 1;
    t.deepEqual(crash?.fields["breadcrumb"], [step, 0, 0, 0, 0, 0, 0, 0]);
    await supervisor.stop();
  });
}

test.serial("an unhandled rejection ends that thread alone", async (t) => {
  const { supervisor, happened } = await openEcho();
  supervisor.ref<EchoProtocol>("echo").cast("reject-unheard", { code: "odd-thing" });
  await happened.until("crashed echo/1 odd-thing");
  await happened.until("started echo/2");
  await supervisor.stop();
  t.pass();
});

for (const exitCode of [0, 3]) {
  test.serial(`a thread that exits with ${exitCode} is replaced`, async (t) => {
    const { supervisor, happened } = await openEcho();
    supervisor.ref<EchoProtocol>("echo").cast("exit", { exitCode });
    await happened.until(`crashed echo/1 ${exitCode === 0 ? "actor-exited" : "actor-gone"}`);
    await happened.until("started echo/2");
    await supervisor.stop();
    t.pass();
  });
}

test.serial("an entry that does not load fails the start", async (t) => {
  const entry = { ...childSpec("echo").entry, url: new URL("./absent.worker.ts", import.meta.url) };
  const error = await rejection(openEcho({ entry }));
  t.is(error.code, "start-failed");
  t.is(codeOf(error.cause), "worker-file-not-found");
});

test.serial("options that cannot be made fail the start", async (t) => {
  const error = await rejection(
    openEcho({
      options: () => {
        throw new RangeError("no memory left");
      },
    }),
  );
  t.like(error, { code: "start-failed", message: "cannot start echo: no memory left" });
});

test.serial(
  "a blocked receiver stops its sender at the credits; afterwards all is handled",
  async (t) => {
    const { supervisor } = await openEcho({ mayBeSilent: () => true });
    const ref = supervisor.ref<EchoProtocol>("echo");
    const gate = new SharedArrayBuffer(8);
    const words = new Int32Array(gate);
    ref.cast("wait", { gate });
    let sent = 0;
    while (ref.credits > 0) {
      ref.cast("count", {});
      sent += 1;
    }
    t.is(sent, linkCredits - 1);
    await Atomics.waitAsync(words, 1, 0).value;
    // The thread does not answer: what its owner knows of the credits tells how much waits.
    const echo = (await supervisor.status()).children?.[0];
    t.is(echo?.mailbox, linkCredits);
    t.is(echo?.loopDelayMs, undefined);
    t.is(ref.credits, 0);
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
    await new Promise<void>((resolve) => ref.whenRoom(resolve));
    t.is(await ref.call("counted", {}), sent);
    await supervisor.stop();
  },
);

test.serial("an actor that does not stop in time is terminated", async (t) => {
  const { supervisor, happened } = await openEcho({
    shutdownMs: 50,
    options: () => ({ hangStop: true }),
  });
  await supervisor.stop();
  t.true(happened.texts.includes("ended echo/1"));
});

test.serial("an error of a stop is logged, and the thread ends", async (t) => {
  const { supervisor, log } = await openEcho({ options: () => ({ failStop: "cannot-close" }) });
  await supervisor.stop();
  const entry = log.find(({ event }) => event === "actor-stop-failed");
  t.like(entry?.fields, { name: "echo", error: { code: "cannot-close" } });
});

test.serial(
  "I04: a thread reports the delay of its event loop, its processor time and its heap",
  async (t) => {
    const { supervisor } = await openEcho();
    // A thread without a core for two seconds is listed without figures.
    const line = await found("the figures of the thread", async () => {
      const [child] = (await supervisor.status()).children ?? [];
      return child?.cpuSeconds === undefined ? undefined : child;
    });
    const delay = line.loopDelayMs;
    t.true((line.cpuSeconds ?? 0) > 0);
    t.true((line.heapBytes ?? 0) > 1_000_000);
    t.true(delay !== undefined && delay.p999 >= 0 && delay.max >= delay.p999);
    await supervisor.stop();
  },
);

test.serial("a thread stuck in a disk call gets no successor until it has ended", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "stuck-"));
  const pipe = join(folder, "pipe");
  await makeFifos(pipe);
  const { supervisor, happened } = await openEcho({ mayBeSilent: () => true });
  supervisor.ref<EchoProtocol>("echo").cast("read-pipe", { path: pipe });
  // The thread stays in its call until this end is closed. Between opening and reading it could still be ended.
  const writer = await open(pipe, "w");
  await until("the thread waits for bytes of the pipe", isReadingPipe);
  supervisor.kill("echo");
  await happened.until("root logged actor-abandoned");
  t.like((await supervisor.status()).children?.[0], {
    state: "restarting",
    children: [{ state: "abandoned", epoch: 1 }],
  });
  t.false(happened.texts.includes("started echo/2"));
  await writer.close();
  await happened.until("started echo/2");
  t.true(happened.texts.indexOf("ended echo/1") < happened.texts.indexOf("started echo/2"));
  await supervisor.stop();
  rmSync(folder, { recursive: true });
});

/** Whether a thread of this process waits in the kernel for bytes of a pipe. */
function isReadingPipe(): boolean {
  return readdirSync("/proc/self/task").some((thread) => {
    try {
      return readFileSync(`/proc/self/task/${thread}/wchan`, "utf8").includes("pipe_read");
    } catch {
      return false;
    }
  });
}
