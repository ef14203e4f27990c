import { performance } from "node:perf_hooks";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { ActorCore } from "../actor/actor-core.ts";
import { blameModule } from "../actor/breadcrumb.ts";
import type { AnyActor } from "../contract.ts";
import { encodeFailure } from "../failure.ts";
import type { ChildStats } from "./host.ts";
import { serveLifecycle } from "./lifecycle-port.ts";
import { LoopDelay } from "./loop-delay.ts";
import {
  collectAfterMs,
  collectScriptCode,
  saveScriptCode,
} from "../io/threads/compiled-script.ts";
import { presentOwner, runOwned } from "../io/system/module-owner.ts";
import { threadUsage } from "../io/system/thread-usage.ts";
import { systemThreadId } from "../io/system/thread-time.ts";
import {
  beatsWord,
  isThreadData,
  systemIdWord,
  type ThreadData,
  type ThreadReport,
} from "./thread-data.ts";
import { threadHost } from "./thread-host.ts";
import { LogSender } from "../log.ts";
import { makeContext } from "../actor/make-context.ts";
import { beatMs } from "../supervision/heartbeat-monitor.ts";
import { portWire } from "./port-wire.ts";

/**
 * Runs `actor` in this thread until its supervisor ends it: the whole content of an `x.worker.ts`. An uncaught error or
 * unhandled rejection fails the incarnation.
 * @throws {TypeError} when this thread was not started by a host.
 */
export function runActor(actor: AnyActor): void {
  if (isMainThread || !isThreadData(workerData)) {
    throw new TypeError(
      `cannot run actor "${actor.name}": its entry is for threads that a host starts`,
    );
  }
  const data = workerData;
  const log = new LogSender(data.logTaken, (entry) => report({ log: entry }));
  const core = new ActorCore({
    actor,
    self: data.sender,
    host: threadHost(data.workerUrls, data.network),
    log: (entry) => log.send(entry),
    failed: exitWith,
    breadcrumb: new Int32Array(data.breadcrumb),
    runOwned,
  });
  const fail = (error: unknown): void => {
    blameModule(core.breadcrumb, presentOwner());
    core.failed(error);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  // A module may call `process.exit`, which ends the thread: that is a crash, whatever its code.
  process.on("exit", (code) => {
    const owner = presentOwner();
    blameModule(core.breadcrumb, owner);
    if (owner !== undefined && code === 0) process.exitCode = 1;
  });
  serve(data, core, beat(data, core));
}

function serve(data: ThreadData, core: ActorCore, loopDelay: LoopDelay): void {
  serveLifecycle(data.lifecycle, {
    async start(options) {
      await core.start(makeContext(core), options);
      core.ports.timers.after(collectAfterMs, collectScriptCode);
      return core.noticeRoles;
    },
    link: (plan, port) => core.link(plan, portWire(port)),
    unlink: (linkId) => core.unlink(linkId),
    async stop() {
      await core.stop();
      saveScriptCode();
    },
    hang: () => {
      for (;;);
    },
    stats: async (withinMs): Promise<ChildStats> => ({
      ...(await core.stats(withinMs)),
      thread: { loopDelayMs: loopDelay.delays, ...threadUsage() },
    }),
  });
}

/** @returns The delay of the event loop, which the beats measure. */
function beat(data: ThreadData, { ports: { clock, timers } }: ActorCore): LoopDelay {
  const beats = new Int32Array(data.beats);
  Atomics.store(beats, systemIdWord, systemThreadId());
  const delay = new LoopDelay(clock, timers, workShareMeter());
  timers.every(beatMs, () => {
    Atomics.add(beats, beatsWord, 1);
    delay.beat();
  });
  return delay;
}

/** @returns A function with the share of the time since its last call that this event loop worked. */
function workShareMeter(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}

function exitWith(error: unknown): void {
  report({ failure: encodeFailure(error) });
  process.exit(1);
}

function report(what: ThreadReport): void {
  parentPort?.postMessage(what);
}
