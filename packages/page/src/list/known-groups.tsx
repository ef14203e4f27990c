import type { VNode } from "preact";
import { facets } from "./list-state.ts";

/** The groups that torrents have, as suggestions of a field with the list `known-groups`. */
export function KnownGroups(): VNode {
  return (
    <datalist id="known-groups">
      {[...facets.value.group.keys()]
        .filter((group) => group !== "")
        .map((group) => (
          <option key={group} value={group} />
        ))}
    </datalist>
  );
}
