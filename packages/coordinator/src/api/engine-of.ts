import { outOfRange, spelled } from "@troupe/control";
import type { RunningEngine } from "./running-engine.ts";

const engines = new WeakMap<object, RunningEngine>();

/** The engine of a public coordinator. @throws TroupeError `option-out-of-range` */
export function engineOf(coordinator: object): RunningEngine {
  const engine = engines.get(coordinator);
  if (engine !== undefined) return engine;
  throw outOfRange("coordinator", spelled(coordinator), "a Coordinator that runs");
}

/** Lets {@link engineOf} find the engine of a public coordinator. */
export function setEngineOf(coordinator: object, engine: RunningEngine): void {
  engines.set(coordinator, engine);
}
