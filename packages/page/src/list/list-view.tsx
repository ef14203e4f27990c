// The view of all torrents.

import type { VNode } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { laterPart } from "../frame/later-parts.tsx";
import { connection } from "../state/feed.ts";
import { mayControl } from "../state/session.ts";
import { place } from "../state/place.ts";
import { texts } from "../text/text.ts";
import { ActBar } from "./act-bar.tsx";
import { ChangeDialog } from "./change-dialog.tsx";
import { openedDialog } from "./dialogs.ts";
import { FilterBar } from "./filter-bar.tsx";
import { noFilter } from "./list-filter.ts";
import { facets, filter, order } from "./list-state.ts";
import { RemoveDialog } from "./remove-dialog.tsx";
import { TorrentGrid } from "./torrent-grid.tsx";

const AddDialog = laterPart((parts) => parts.AddDialog);

/** How far the list was scrolled when another view took its place. */
let lastScroll = 0;

/** The list. */
export function ListView(): VNode {
  useLayoutEffect(() => {
    scrollTo({ top: lastScroll, behavior: "instant" });
    return () => {
      lastScroll = scrollY;
    };
  }, []);
  const dialog = openedDialog.value;
  return (
    <div class="list-view">
      <h1 class="visually-hidden">{texts.list.title}</h1>
      <FilterBar />
      <div class="list">
        <ActBar />
        {order.value.length > 0 ? <TorrentGrid /> : <Nothing />}
      </div>
      {dialog === "remove" && <RemoveDialog />}
      {dialog === "change" && <ChangeDialog />}
      {place.value.view === "add" && mayControl.value && <AddDialog />}
    </div>
  );
}

function Nothing(): VNode {
  const { frame, list } = texts;
  if (facets.value.all > 0)
    return (
      <div class="nothing">
        <p>{list.nothingFound}</p>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            filter.value = noFilter;
          }}
        >
          {list.clearFilters}
        </button>
      </div>
    );
  if (connection.value !== "live") return <p class="nothing">{frame.loading}</p>;
  return (
    <div class="nothing">
      <p>{list.empty}</p>
      <p class="help">{mayControl.value ? list.emptyHelp : list.emptyRead}</p>
    </div>
  );
}
