// Actors that crash at certain inputs. Their context throws when they read the clock or write to the disk while they
// handle such an input; their own code is the production code.

import type { ActorEntry, Context } from "@troupe/actor-runtime";
import { readBreadcrumb, type Breadcrumb } from "@troupe/messages";
import { withStart } from "./wrapped-start.ts";

/** A context whose clock and disk throw while the actor handles an input for which `crashesAt` is true. */
function crashingContext<Own extends Context<never>>(
  context: Own,
  crashesAt: (note: Breadcrumb) => boolean,
): Own {
  const strike = (): void => {
    const note = readBreadcrumb(context.breadcrumb);
    if (note !== undefined && crashesAt(note)) throw new TypeError(`poison at step ${note.step}`);
  };
  const { clock, disk } = context;
  const deadlyClock: Context["clock"] = {
    epochMs: () => clock.epochMs(),
    utcOffsetMinutes: () => clock.utcOffsetMinutes(),
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

/** Returns the entry with an actor that crashes at inputs for which `crashesAt` is true. */
export function crashingEntry<Entry extends ActorEntry<never, never>>(
  entry: Entry,
  crashesAt: (note: Breadcrumb) => boolean,
): Entry {
  return withStart(entry, (context, start) => start(crashingContext(context, crashesAt)));
}
