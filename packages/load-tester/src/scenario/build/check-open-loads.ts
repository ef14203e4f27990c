// Open loads need peers: an action of a peer that has not come, or after the end, is never sent.

import { drawArrivals } from "../../plan/draw/draw-arrivals.ts";
import { ContentFault, spellPath, type Path } from "@troupe/yaml-file";
import type { Group, Scenario } from "../scenario.ts";
import { runLength } from "./build-load.ts";

/** @throws ContentFault for a load that begins before the last peer of its group comes, or ends before that. */
export function checkOpenLoads({ groups, phases, seed }: Scenario): void {
  const run = { seed, durationMs: runLength(phases) };
  for (const [index, group] of Object.values(groups).entries()) {
    const { load } = group;
    if (load.kind === "hostile" || load.pace.kind !== "rate") continue;
    const { fromMs, untilMs } = load.pace;
    const lastMs = drawArrivals(group, index, run).at(-1) ?? 0;
    const path = ["groups", group.name, "load"];
    if (fromMs !== undefined && fromMs < lastMs) {
      throw late([...path, "from"], `begins at ${fromMs}ms, before`, lastMs, group);
    }
    if (untilMs <= lastMs) {
      throw late([...path, "until"], `ends the load at ${untilMs}ms, not after`, lastMs, group);
    }
  }
}

function late(path: Path, seen: string, lastMs: number, { count, name }: Group): ContentFault {
  const last = `the last of ${count} peers comes at ${Math.ceil(lastMs)}ms`;
  const sentence = `${spellPath(path)} ${seen} ${last}; allowed is a phase that begins after it, or a shorter groups.${name}.arrival`;
  return new ContentFault(path, sentence);
}
