import type { ServiceCalls } from "../routes/service-calls.ts";
import { engineSettingsOf, type ShownGroup } from "./shown-settings.ts";

/** The settings of groups by their names. */
export type Groups = Readonly<Record<string, ShownGroup>>;

/**
 * Changes the groups one after the other: they are one setting, which each change reads and writes as a whole. As many
 * changes wait as calls are allowed.
 */
export class GroupChanges {
  #last: Promise<unknown> = Promise.resolve();

  /** @param change Gives the groups after the change. A change that throws changes nothing. */
  async change(calls: ServiceCalls, change: (groups: Groups) => Groups): Promise<void> {
    const changed = this.#last.then(async () => {
      const groups = await groupsOf(calls);
      await calls.run("set-engine", { groups: change(groups) });
    });
    this.#last = changed.catch(() => undefined);
    await changed;
  }
}

/** The groups that have settings. */
export async function groupsOf(calls: ServiceCalls): Promise<Groups> {
  const { groups = {} } = await engineSettingsOf(calls);
  return groups;
}
