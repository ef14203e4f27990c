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

/** Whether a worker is missing. */
export function isAnyWorkerAbsent(workers: readonly WorkerView[]): boolean {
  return workers.some(isAbsent);
}

/** The missing workers in yellow, or dim that all run; undefined before the first status. */
export function workerLine(workers: readonly WorkerView[]): PaintedLine | undefined {
  if (workers.length === 0) return undefined;
  const absent = workers.filter(isAbsent);
  if (absent.length > 0) {
    const names = absent.map(
      ({ name, state, restarts }) => `${name} ${state}${restartsText(restarts)}`,
    );
    return { text: `workers: ${names.join(", ")}`, colour: "yellow" };
  }
  const restarted = workers.filter(({ restarts }) => restarts > 0);
  const names = restarted.map(({ name, restarts }) => `${name}${restartsText(restarts)}`);
  const all = `workers: ${names.length === 0 ? "all" : "again all"} ${workers.length} well`;
  return { text: [all, ...names].join(", "), colour: "dim" };
}

function isAbsent({ state }: WorkerView): boolean {
  return state === "restarting" || state === "abandoned";
}

function restartsText(restarts: number): string {
  return restarts === 0 ? "" : ` (${formatCount(restarts, "restart")})`;
}
