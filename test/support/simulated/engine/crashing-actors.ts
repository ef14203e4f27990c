// Actors that die of certain inputs. The fault strikes through their context, while they have the input in their hands
// and look at the clock or write to the disk; their own code is the production code.

import type { Actor, ActorEntry, Context } from "@troupe/actor-runtime";
import { readBreadcrumb, type Breadcrumb } from "@troupe/messages";

/** Crashes an actor that handles a poisoned input; must not return. */
export type Fault = (note: Breadcrumb) => never;

/** The usual fault. */
function throwAtBreadcrumb(note: Breadcrumb): never {
  throw new TypeError(`poison at step ${note.step}`);
}

/** A context whose clock and disk are deadly while `crashesAt` is in hand. */
function crashingContext<Own extends Context<never>>(
  context: Own,
  crashesAt: (note: Breadcrumb) => boolean,
  fault: Fault = throwAtBreadcrumb,
): Own {
  const strike = (): void => {
    const note = readBreadcrumb(context.breadcrumb);
    if (note !== undefined && crashesAt(note)) fault(note);
  };
  const { clock, disk } = context;
  const deadlyClock: Context["clock"] = {
    epochMs: () => clock.epochMs(),
    nowMs: () => {
      strike();
      return clock.nowMs();
    },
  };
  const write: Context["disk"]["write"] = (file, views, position) => {
    strike();
    disk.write(file, views, position);
  };
  return Object.create(context, {
    clock: { value: deadlyClock },
    disk: { value: Object.create(disk, { write: { value: write } }) },
  }) as Own;
}

/** The same actor, to which this input is poison. */
function crashingActor<Poisoned extends Pick<Actor<never, never, never>, "start">>(
  actor: Poisoned,
  crashesAt: (note: Breadcrumb) => boolean,
  fault?: Fault,
): Poisoned {
  return {
    ...actor,
    start: (context: never, options: never) =>
      actor.start(crashingContext<Context<never>>(context, crashesAt, fault), options),
  };
}

/** The same entry for hosts that share a thread. */
export function crashingEntry<Entry extends ActorEntry<never, never>>(
  entry: Entry,
  crashesAt: (note: Breadcrumb) => boolean,
): Entry {
  return { ...entry, load: async () => crashingActor(await entry.load(), crashesAt) };
}
