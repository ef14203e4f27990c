import type { VNode } from "preact";
import type { Fact } from "./torrent-facts.ts";

/** A longer value has a line of its own. */
const longestShort = 60;

/** Facts as a list of names and texts. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }): VNode {
  return (
    <dl class="fact-list">
      {facts.map(({ isForeign = false, name, value }) => (
        <div key={name} class={value.length > longestShort ? "wide" : undefined}>
          <dt>{name}</dt>
          <dd translate={isForeign ? false : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
