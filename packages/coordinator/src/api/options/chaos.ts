// The option `chaos`: ends and hangs threads on purpose, for tests.

import {
  ActorError,
  ChaosRunner,
  parseChaos,
  type ChaosKinds,
  type ChaosPlan,
  type Timers,
} from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";

/** Check threads are never hung: a late check counts as a stuck disk, which is an error of its torrent. */
const threadKinds: ChaosKinds = {
  engine: ["kill", "hang"],
  "peer-worker": ["kill", "hang"],
  hash: ["kill", "hang"],
  file: ["kill", "hang"],
  records: ["kill", "hang"],
  check: ["kill"],
  dht: ["kill", "hang"],
  /** Only `troupe serve` has it. */
  http: ["kill", "hang"],
};

/** Acts on actors by name. */
interface ChaosTarget {
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
  if (host === "threads" || plan.items.every(({ action }) => action !== "hang")) return plan;
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
    const peer = `peer-${Math.floor(fraction * peerWorkers)}`;
    const name = item.kind === "peer-worker" ? peer : item.kind;
    if (item.action === "kill") target.endActor(name);
    else target.hangActor(name);
  });
  return () => runner.stop();
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
