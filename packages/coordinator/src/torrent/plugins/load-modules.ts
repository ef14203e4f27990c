// The picker, the choker and the hasher of a torrent by modules: they are loaded for a run, and closed with it.

import { resultWithin } from "@troupe/actor-runtime";
import { deedOf, WrongAnswer } from "@troupe/actor-runtime/module-answers";
import { EngineStep, moduleLoadMs, type TorrentModules } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { strategyFailed } from "../lifecycle/faults.ts";
import { hasherMaker } from "./hasher-maker.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";
import { ModuleGuard, type ModuleStep, refusePromise } from "./module-guard.ts";
import { PluginChoker, startChoker } from "./plugin-choker.ts";
import type { PartMaker, RunningPart } from "./plugin-part.ts";
import { PluginOrder, startPicker } from "./plugin-picker.ts";
import type { RunningChoker } from "./torrent-parts.ts";
import { shapeOf } from "./torrent-shape.ts";

type Services = Pick<Engine, "context" | "hashers" | "hashPool">;
type Role = "picker" | "choker" | "hasher";

/** Loads the modules for a run, also those that are chosen meanwhile. A failure fails the torrent. */
export async function loadModules(engine: Services, job: JobWithContent): Promise<void> {
  const { signal } = job.life;
  let chosen: TorrentModules | undefined;
  while (!signal.aborted && chosen !== job.request.modules) {
    chosen = job.request.modules;
    await renewModules(engine, job);
  }
}

/** Replaces the parts of a running torrent whose module is another one. A failure fails the torrent. */
export async function renewModules(engine: Services, job: JobWithContent): Promise<void> {
  const { modules: { choker, hasher, picker } = {} } = job.request;
  await Promise.all([
    choose(engine, job, "picker", picker),
    choose(engine, job, "choker", choker),
    choose(engine, job, "hasher", hasher),
  ]);
}

async function choose(
  engine: Services,
  job: JobWithContent,
  role: Role,
  url: string | undefined,
): Promise<void> {
  const { signal } = job.life;
  try {
    if (role === "picker") await job.parts.picker.choose(url, pickerMaker(engine, job));
    else if (role === "choker") await job.parts.choker.choose(url, chokerMaker(engine, job));
    else await job.parts.hasher.choose(url, hasherMaker(engine, job));
  } catch (error) {
    if (signal.aborted) return;
    const why = `the ${role} ${url ?? ""} ${deedOf(error)}`;
    job.life.fail(strategyFailed(job, "load a module", why));
  }
}

function pickerMaker(engine: Services, job: JobWithContent): PartMaker<RunningPart> {
  return {
    load: (url) => load(engine, job, url),
    start: (url, exported) => {
      const picker = stepOf(engine, job)(() => startPicker(exported, shapeOf(job)));
      const guard = guardFor(engine, job, `the picker ${url}`);
      job.content.picker.use(new PluginOrder(job.content.ledger, picker, guard));
      return {
        close() {
          job.content.picker.use(undefined);
          closeModule(engine, job, picker, url);
        },
      };
    },
  };
}

function chokerMaker(engine: Services, job: JobWithContent): PartMaker<RunningChoker> {
  return {
    load: (url) => load(engine, job, url),
    start: (url, exported) => {
      const choker = stepOf(engine, job)(() => startChoker(exported, shapeOf(job)));
      const guard = guardFor(engine, job, `the choker ${url}`);
      job.choker.roundIsDue();
      return {
        choker: new PluginChoker(choker, guard),
        close() {
          job.choker.roundIsDue();
          closeModule(engine, job, choker, url);
        },
      };
    },
  };
}

function load(
  { context }: Pick<Engine, "context">,
  { id }: TorrentJob,
  url: string,
): Promise<unknown> {
  const late = () => new WrongAnswer(`did not load within ${moduleLoadMs / 1_000} s`);
  const loaded = context.loadModule(EngineStep.module, id, url);
  return resultWithin(context.timers, moduleLoadMs, loaded, late);
}

/** The step of the handler that calls the module may be one of another torrent. */
function stepOf({ context }: Pick<Engine, "context">, { id }: TorrentJob): ModuleStep {
  return (act) => context.inModule(EngineStep.module, id, act);
}

/** The handler that has called the module ends in order before the torrent fails. */
function guardFor(engine: Services, job: JobWithContent, module: string): ModuleGuard {
  const { signal } = job.life;
  return new ModuleGuard(stepOf(engine, job), (task, deed) =>
    engine.context.timers.soon(() => {
      if (!signal.aborted) job.life.fail(strategyFailed(job, task, `${module} ${deed}`));
    }),
  );
}

/** Its errors change nothing: the part is over. */
function closeModule(
  engine: Services,
  job: TorrentJob,
  module: { close?(): void },
  url: string,
): void {
  try {
    refusePromise(stepOf(engine, job)(() => module.close?.()));
  } catch (error) {
    const fields = { torrent: job.id, url, error: deedOf(error) };
    engine.context.log("warn", "module-not-closed", fields);
  }
}
