// The option `chaos`: ends and hangs threads on purpose, for tests.

import { ActorError, ChaosRunner, parseChaos } from "@troupe/actor-runtime";
import type { ChaosItem, ChaosKinds, ChaosPlan, Timers } from "@troupe/actor-runtime";
import { TroupeError } from "../../troupe-error.ts";

/** Check threads are never hung: a late check counts as a stuck disk, which is an error of its torrent. */
const threadKinds: ChaosKinds = {
  engine: ["kill", "hang"],
  "peer-worker": ["kill", "hang"],
  hash: ["kill", "hang"],
  file: ["kill", "hang"],
  records: ["kill", "hang"],
  check: ["kill"],
};

/** Acts on actors by name. */
export interface ChaosTarget {
  endActor(name: string): void;
  hangActor(name: string): void;
}

/** @throws TroupeError `option-out-of-range` */
export function chaosPlan(
  text: string | undefined,
  host: "threads" | "inline",
): ChaosPlan | undefined {
  if (text === undefined) return undefined;
  const plan = readPlan(text);
  const isHanging = plan.items.some(({ action }) => action === "hang");
  if (!isHanging || host === "threads") return plan;
  const message =
    "option chaos is to hang an actor of your own thread; allowed is that with threads";
  throw new TroupeError("option-out-of-range", message);
}

/** Starts a plan. @returns Stops it. */
export function startChaos(
  plan: ChaosPlan,
  timers: Pick<Timers, "after">,
  target: ChaosTarget,
  peerWorkers: number,
): () => void {
  const runner = new ChaosRunner(plan, timers, (item, fraction) => {
    if (item.kind === "peer-worker" && peerWorkers === 0) return;
    const name = actorOf(item, fraction, peerWorkers);
    if (item.action === "kill") target.endActor(name);
    else target.hangActor(name);
  });
  return () => runner.stop();
}

function actorOf({ kind }: ChaosItem, fraction: number, peerWorkers: number): string {
  return kind === "peer-worker" ? `peer-${Math.floor(fraction * peerWorkers)}` : kind;
}

function readPlan(text: string): ChaosPlan {
  try {
    return parseChaos(text, threadKinds);
  } catch (error) {
    if (!(error instanceof ActorError)) throw error;
    throw new TroupeError("option-out-of-range", `option chaos: ${error.message}`, {
      details: { option: "chaos", ...error.details },
      cause: error,
    });
  }
}
