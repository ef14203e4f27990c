// The supervision tree as the user sees it: the front's own line and the engine's answer, joined. It waits for nobody.

import type { ActorStatus, PatientRef, Supervisor } from "@troupe/actor-runtime";
import type { EngineProtocol } from "@troupe/messages";

/** An engine that lives answers within a second, also about workers that do not. */
const answerDeadlineMs = 2_000;

/** What the tree says of the engine's workers while there is no engine to ask, or it does not answer. */
const unknownWorkers: ActorStatus = {
  name: "workers",
  kind: "supervisor",
  state: "unknown",
  epoch: 0,
  restarts: 0,
  mailbox: 0,
};

/** The whole tree now. While the engine is restarting its workers are one line of state `unknown`. Never rejects. */
export async function actorTree(
  root: Supervisor,
  engine: Pick<PatientRef<EngineProtocol>, "call">,
): Promise<ActorStatus> {
  const [tree, workers] = await Promise.all([
    root.status(),
    engine.call("actors", {}, { deadlineMs: answerDeadlineMs }).then(
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
