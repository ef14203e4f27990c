// Bounds of the windows of one run. The gate of messages checks shapes; these bounds come from the scenario.

import { ShapeError } from "../../json/shape.ts";
import type { PeersByGroup } from "../../generator/generators.ts";
import type { Window } from "../../measures/measures.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** An agent that begins late ends late. */
const lateSeconds = 60;
/** Parts of one second of a thread: a window of a busy second has a few. */
const mostParts = 64;
/** Group of a generator's own measures. */
const ownGroup = "";

/** Names and seconds that the windows of a run may have. */
export class WindowBounds {
  readonly #groups: ReadonlySet<string>;
  readonly #counts: ReadonlyMap<string, number>;
  readonly #phases: ReadonlySet<string>;
  readonly #seconds: number;

  constructor({ groups, phases }: Pick<Scenario, "groups" | "phases">) {
    const durationMs = phases.reduce((sum, phase) => sum + phase.durationMs, 0);
    this.#counts = new Map(Object.values(groups).map(({ name, count }) => [name, count]));
    this.#groups = new Set([ownGroup, ...Object.keys(groups)]);
    this.#phases = new Set(phases.map(({ name }) => name));
    this.#seconds = Math.ceil(durationMs / 1_000) + lateSeconds;
  }

  /** @returns Peers of the scenario's groups alone, of each as many as it has at most. */
  peers(reported: PeersByGroup): PeersByGroup {
    const known = Object.entries(reported).filter(([group]) => this.#counts.has(group));
    return Object.fromEntries(
      known.map(([group, peers]) => [group, Math.min(peers, this.#counts.get(group) ?? 0)]),
    );
  }

  /**
   * Checks a window before anything of it is kept.
   *
   * @param parts Windows of the same thread and second before it.
   * @throws ShapeError
   */
  check({ second, histograms, counts, gauges }: Window, parts: number): void {
    if (second >= this.#seconds) throw new ShapeError(`second ${second} is after the run`);
    if (parts >= mostParts) throw new ShapeError(`second ${second} has over ${mostParts} parts`);
    for (const { group, phase } of [...histograms, ...counts]) {
      if (!this.#phases.has(phase)) throw new ShapeError("the scenario has no such phase");
      if (!this.#groups.has(group)) throw new ShapeError("the scenario has no such group");
    }
    if (Object.keys(gauges).some((group) => !this.#groups.has(group))) {
      throw new ShapeError("the scenario has no such group");
    }
  }
}
