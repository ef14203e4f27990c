// The supervision tree and its events, as users see them.

import type { ActorStatus, PatientRef, Supervisor } from "@troupe/actor-runtime";
import type { EngineProtocol } from "@troupe/messages";

/** A running engine answers within a second, even if its workers do not. */
const answerDeadline = { deadlineMs: 2_000 };

/** The engine's workers while no engine answers. */
const unknownWorkers: ActorStatus = {
  name: "workers",
  kind: "supervisor",
  state: "unknown",
  epoch: 0,
  restarts: 0,
  mailbox: 0,
};

/** A worker started, ended, or was restarted. */
export interface WorkerEvent {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  /** Why the worker ended, as a sentence. */
  readonly error?: string;
}

/** The tree as it is now: the part of this thread, and the engine's answer. Never rejects. */
export async function actorTree(
  root: Supervisor,
  engine: Pick<PatientRef<EngineProtocol>, "call">,
): Promise<ActorStatus> {
  const [tree, workers] = await Promise.all([
    root.status(),
    engine.call("actors", {}, answerDeadline).then(
      (answer) => answer.tree as ActorStatus | undefined,
      () => undefined,
    ),
  ]);
  const children = (tree.children ?? []).map((child) => {
    if (child.name !== "engine") return child;
    return { ...child, children: [workers ?? unknownWorkers, ...(child.children ?? [])] };
  });
  return { ...tree, children };
}
