import type { ActorEntry, SupervisorSpec } from "@troupe/actor-runtime";
import type { GeneratorProtocol } from "./generator.messages.ts";

/**
 * The tree of local generators. A crashed generator is not restarted: its peers have lost their connections, and a new one
 * would measure another load than the scenario's.
 */
export function generatorTree(
  entry: ActorEntry<GeneratorProtocol, {}>,
  threads: number,
  isPreparing: () => boolean,
): SupervisorSpec {
  return {
    kind: "supervisor",
    name: "load-tester",
    maxRestarts: 0,
    withinMs: 60_000,
    children: Array.from({ length: threads }, (_, index) => ({
      kind: "actor",
      name: generatorName(index),
      entry,
      options: () => ({}),
      restart: "temporary",
      shutdownMs: 1_000,
      role: "generator",
      mayBeSilent: isPreparing,
    })),
  };
}

/** Name of the generator in a thread. */
export function generatorName(thread: number): string {
  return `generator-${thread}`;
}
