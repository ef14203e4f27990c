// Production actors in virtual time: the shared-thread host with messages that take a seeded time, each one traced.

import type { Ports } from "../ports/ports.ts";
import type { Sender } from "../contract.ts";
import type { Host, LinkSide, LocalParty } from "../hosts/host.ts";
import { sharedThreadHost } from "../hosts/shared-thread-host.ts";
import type { LinkPlan } from "../link.ts";
import type { Wire } from "../wires/wire.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { TracedWire } from "./traced-wire.ts";

/** What a simulated host is made of. */
export interface SimulatedHostOptions {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly ports: (self: Sender) => Ports;
  /** A message, and the flush before it, take up to this long. Messages of one link stay in order. */
  readonly messageDelayMs: number;
  readonly trace: (what: string) => void;
  /** A message is about to be handled. */
  readonly delivered: (what: string) => void;
}

/**
 * Makes a {@link Host} whose actors live in virtual time. They come from `entry.load()`: the same code that runs in
 * threads.
 */
export function simulatedHost(options: SimulatedHostOptions): Host {
  const { scheduler, random, messageDelayMs, trace } = options;
  const host = sharedThreadHost({
    ports: options.ports,
    schedule: (task) => void scheduler.after(random.next() * messageDelayMs, task),
  });
  // An actor that supervises loads this when it first needs it: virtual time waits until it is there.
  void scheduler.hold(import("../supervision/supervisor.ts"));
  const spawn = host.spawn.bind(host);
  const connect = host.connect.bind(host);
  // The object itself is changed: actors that supervise others go on using it.
  return Object.assign<Host, Pick<Host, "spawn" | "connect">>(host, {
    spawn(spec, epoch, events) {
      trace(`actor ${spec.name}/${epoch} spawned`);
      // Loading a module takes real time: virtual time waits for it.
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

/** A side whose wire tells what arrives. */
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

/** Children of a shared thread take their links like local parties do. */
function linkOf(party: LinkSide["party"]): LocalParty["link"] {
  if (!("link" in party)) {
    throw new TypeError(`bug: ${party.sender.name} does not live in this thread`);
  }
  return (plan, wire) => party.link(plan, wire);
}
