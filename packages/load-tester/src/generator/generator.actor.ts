// A generator: a thread that makes one share of a run's load.

import type { Actor } from "@troupe/actor-runtime";
import { planOf } from "../plan/plan-of.ts";
import type { GeneratorProtocol } from "./generator.messages.ts";
import { type GeneratorServices, LoadGenerator } from "./load-generator.ts";
import { makeLoads } from "./make-loads.ts";

type GeneratorActor = Actor<GeneratorProtocol, {}, LoadGenerator>;

/** The actor over other services, for tests. */
export function generatorWith(services: GeneratorServices): GeneratorActor {
  return {
    name: "generator",
    start: (context) => new LoadGenerator(context, services),
    stop: (generator) => generator.stop(),
    handlers: {
      prepare: (generator, run) => generator.prepare(run),
      begin: (generator, { atEpochMs }) => generator.begin(atEpochMs),
      end: (generator, { how }) => (how === "drained" ? generator.drain() : generator.end(how)),
    },
  };
}

/** Serves the leader of a run. */
export const generatorActor: GeneratorActor = generatorWith({ drawPlan: planOf, makeLoads });
