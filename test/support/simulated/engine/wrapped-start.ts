import type { ActorEntry, Context } from "@troupe/actor-runtime";

/** Starts the actor. @returns Its state, or a promise of it. */
type Start = (context: Context<never>) => unknown;

/** Returns the entry with an actor that starts by `wrap`. */
export function withStart<Entry extends ActorEntry<never, never>>(
  entry: Entry,
  wrap: (context: Context<never>, start: Start) => unknown,
): Entry {
  return {
    ...entry,
    load: async () => {
      const actor = await entry.load();
      return {
        ...actor,
        start: (context: never, options: never) =>
          wrap(context, (own) => actor.start(own, options)),
      };
    },
  };
}
