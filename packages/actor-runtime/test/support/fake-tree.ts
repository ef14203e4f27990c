// A running tree over fake children and a clock that is moved by hand.

import { ActorCore } from "../../src/actor/actor-core.ts";
import type { ActorStatus, LogEntry, Supervisor, SupervisorSpec } from "../../src/index.ts";
import { codeOf } from "../../src/errors.ts";
import { makeContext, supervise } from "../../src/actor/make-context.ts";
import { FakeHost } from "./fake-host.ts";
import { manualPorts } from "./manual-ports.ts";
import { ManualTime } from "./testing/index.ts";

/** The parts of a test of supervision. */
export interface FakeTree {
  readonly host: FakeHost;
  readonly time: ManualTime;
  readonly supervisor: Promise<Supervisor>;
  /** Calls of the owner: `started a/1`, `crashed a/1 CODE`, `ended a/1`, `gave up NAME CODE`, `owner failed CODE`. */
  readonly told: string[];
  readonly log: LogEntry[];
}

/** Begins a tree; `prepare` may say how children behave. */
export function fakeTree(
  spec: SupervisorSpec,
  options: { readonly prepare?: (host: FakeHost) => void; readonly hearsGiveUp?: boolean } = {},
): FakeTree {
  const time = new ManualTime();
  const host = new FakeHost(manualPorts(time));
  options.prepare?.(host);
  const told: string[] = [];
  const log: LogEntry[] = [];
  const owner = new ActorCore({
    actor: { name: "owner", start: () => ({}), stop: () => {}, handlers: {} },
    self: { name: "owner", epoch: 1 },
    host,
    log: (entry) => log.push(entry),
    failed: (error) => told.push(`owner failed ${codeOf(error)}`),
  });
  const supervisor = owner.start(makeContext(owner), {}).then(() =>
    supervise(owner, spec, {
      started: (_, { name, epoch }) => told.push(`started ${name}/${epoch}`),
      crashed: (_, { name, epoch }, error) =>
        told.push(`crashed ${name}/${epoch} ${codeOf(error)}`),
      ended: (_, { name, epoch }) => told.push(`ended ${name}/${epoch}`),
      ...(options.hearsGiveUp === true && {
        gaveUp: (name, error) => told.push(`gave up ${name} ${codeOf(error)}`),
      }),
    }),
  );
  supervisor.catch(() => {});
  return { host, time, supervisor, told, log };
}

/** A tree that has started. */
export async function runningTree(
  ...parameters: Parameters<typeof fakeTree>
): Promise<Omit<FakeTree, "supervisor"> & { readonly supervisor: Supervisor }> {
  const tree = fakeTree(...parameters);
  await tree.time.pass(0);
  const supervisor = await tree.supervisor;
  tree.told.length = 0;
  tree.host.done.length = 0;
  return { ...tree, supervisor };
}

/** Name and state of every line, depth first: `a/2 running`. */
export function statesOf(status: ActorStatus): string[] {
  const own = `${status.name}/${status.epoch} ${status.state}`;
  return [own, ...(status.children ?? []).flatMap(statesOf)];
}
