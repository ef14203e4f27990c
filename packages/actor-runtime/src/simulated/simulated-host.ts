import type { Ports } from "../ports/ports.ts";
import type { Sender } from "../contract.ts";
import type { Host, LinkSide, LocalParty } from "../hosts/host.ts";
import { sharedThreadHost } from "../hosts/shared-thread-host.ts";
import type { LinkPlan } from "../links/link.ts";
import type { Wire } from "../links/wire.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { TracedWire } from "./traced-wire.ts";

/** Parts of a simulated host. */
interface SimulatedHostOptions {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly ports: (self: Sender) => Ports;
  /** Maximum delay. Messages of a link keep their order. */
  readonly messageDelayMs: number;
  readonly trace: (what: string) => void;
  /** Before a message is handled. */
  readonly delivered: (what: string) => void;
}

/**
 * A shared-thread {@link Host} in virtual time, with seeded delays and traces of messages. Actors come from
 * `entry.load()`: the code that runs in threads.
 */
export function simulatedHost(options: SimulatedHostOptions): Host {
  const { scheduler, random, messageDelayMs, trace } = options;
  const host = sharedThreadHost({
    ports: options.ports,
    schedule: (task) => void scheduler.after(random.next() * messageDelayMs, task),
  });
  // Loaded on demand in real time: virtual time waits.
  void scheduler.hold(import("../supervision/supervisor.ts"));
  const spawn = host.spawn.bind(host);
  const connect = host.connect.bind(host);
  // Supervising actors keep using this object.
  return Object.assign<Host, Pick<Host, "spawn" | "connect">>(host, {
    spawn(spec, epoch, events) {
      trace(`actor ${spec.name}/${epoch} spawned`);
      // Loaded in real time: virtual time waits.
      const entry = { ...spec.entry, load: () => scheduler.hold(spec.entry.load()) };
      return spawn({ ...spec, entry }, epoch, {
        ...events,
        failed(error) {
          trace(`actor ${spec.name}/${epoch} failed: ${String(error)}`);
          events.failed(error);
        },
      });
    },
    connect(first, second) {
      return connect(tracedSide(first, options.delivered), tracedSide(second, options.delivered));
    },
  });
}

function tracedSide({ party, plan }: LinkSide, delivered: (what: string) => void): LinkSide {
  const traced: LocalParty = {
    kind: "local",
    sender: party.sender,
    link: (linkPlan: LinkPlan, wire: Wire) =>
      linkOf(party)(linkPlan, new TracedWire(wire, linkPlan, delivered)),
    unlink: (linkId) => party.unlink(linkId),
  };
  return { party: traced, plan };
}

function linkOf(party: LinkSide["party"]): LocalParty["link"] {
  if (!("link" in party)) {
    throw new TypeError(`bug: ${party.sender.name} does not live in this thread`);
  }
  return (plan, wire) => party.link(plan, wire);
}
