// The supervision tree and its events, as users see them.

import type { ActorStatus, Supervisor } from "@troupe/actor-runtime";

/** The engine's workers while no engine answers. */
const counts = { epoch: 0, restarts: 0, mailbox: 0 };
const unknownWorkers = {
  name: "workers",
  kind: "supervisor",
  state: "unknown",
  ...counts,
} as const;

/** A worker started, ended, or was restarted. */
export interface WorkerEvent {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  /** Why the worker ended, as a sentence. */
  readonly error?: string;
}

/** The tree as it is now; an engine that does not answer has workers of state `unknown`. Never rejects. */
export async function actorTree(root: Supervisor): Promise<ActorStatus> {
  const tree = await root.status();
  const children = (tree.children ?? []).map(({ children: lines = [], ...engine }) => {
    const hasWorkers = lines.some(({ kind }) => kind === "supervisor");
    return { ...engine, children: hasWorkers ? lines : [unknownWorkers, ...lines] };
  });
  return { ...tree, children };
}
