import { checkChanges, groupSettings, type SettingRows } from "@troupe/control";
import { requireRight, type Caller } from "./caller.ts";

/**
 * Refuses settings of groups that the caller may not set: by its group a torrent would get them all the same.
 *
 * @param groups The checked setting `groups`; null and undefined set none.
 * @param rows The rows of a group's settings.
 * @throws TroupeError `not-permitted`
 */
export function requireGroupRights(
  caller: Caller,
  groups: unknown,
  rows: SettingRows = groupSettings,
): void {
  for (const [name, group] of Object.entries({ ...(groups as object | undefined) })) {
    for (const setting of Object.keys(checkChanges(rows, group))) {
      const isOpen = rows[setting]?.right === "control";
      requireRight(caller, `setting groups.${name}.${setting}`, isOpen ? "control" : "local");
    }
  }
}
