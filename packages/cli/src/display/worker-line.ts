import type { ActorStatus } from "../engine-port.ts";
import type { PaintedLine } from "./style.ts";
import { formatCount } from "./units.ts";

/** A thread or pool of an engine. */
export interface WorkerView {
  /** With the label of its engine, if any. */
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
}

/** Actors and pools of a supervision tree, without supervisors. */
export function workersOf(status: ActorStatus, label?: string): WorkerView[] {
  const own: WorkerView[] =
    status.kind === "supervisor"
      ? []
      : [
          {
            name: label === undefined ? status.name : `${label}/${status.name}`,
            state: status.state,
            restarts: status.restarts,
          },
        ];
  return [...own, ...(status.children ?? []).flatMap((child) => workersOf(child, label))];
}

/** The missing workers in yellow; undefined while all run. */
export function workerLine(workers: readonly WorkerView[]): PaintedLine | undefined {
  const absent = workers.filter(isAbsent);
  if (absent.length === 0) return undefined;
  const names = absent.map(
    ({ name, state, restarts }) => `${name} ${state}${restartsText(restarts)}`,
  );
  return { text: `workers: ${names.join(", ")}`, colour: "yellow" };
}

function isAbsent({ state }: WorkerView): boolean {
  return state === "restarting" || state === "abandoned";
}

function restartsText(restarts: number): string {
  return restarts === 0 ? "" : ` (${formatCount(restarts, "restart")})`;
}
