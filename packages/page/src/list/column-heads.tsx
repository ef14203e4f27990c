// The heads of the columns, which order the list.

import type { VNode } from "preact";
import { Icon } from "../frame/icon.tsx";
import { mayControl } from "../state/session.ts";
import { texts } from "../text/text.ts";
import { sort, sortBy } from "./list-state.ts";

const columns = ["name", "progress", "state", "down", "up", "peers", "eta", "ratio"] as const;

/** The row of heads. */
export function ColumnHeads(): VNode {
  const { by, isDescending } = sort.value;
  return (
    <div role="rowgroup" class="grid-head sticky">
      <div role="row" aria-rowindex={1} class="heads">
        {mayControl.value && (
          <div role="columnheader" class="cell-choose">
            <span class="visually-hidden">{texts.list.chosenColumn}</span>
          </div>
        )}
        {columns.map((column) => (
          <div
            key={column}
            role="columnheader"
            class={`head-${column}`}
            aria-sort={by === column ? (isDescending ? "descending" : "ascending") : undefined}
          >
            <button type="button" onClick={() => sortBy(column)}>
              {texts.list.columns[column]}
              {by === column && <Icon name={isDescending ? "down" : "up"} />}
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
