// The grid of torrents: draws the rows in sight alone, and takes keys and clicks.

import { useSignal } from "@preact/signals";
import type { TargetedFocusEvent, TargetedKeyboardEvent, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isMedium, isWide, remPx } from "../frame/media.ts";
import { firstTab } from "../router.ts";
import { goTo } from "../state/place.ts";
import { mayControl } from "../state/session.ts";
import { dropRowSignals } from "../state/torrents.ts";
import { texts } from "../text/text.ts";
import { ColumnHeads } from "./column-heads.tsx";
import { openDialog } from "./dialogs.ts";
import { order, selection } from "./list-state.ts";
import {
  firstWindow,
  mostDrawn,
  scrollFor,
  windowOf,
  type ListSight,
  type ListWindow,
} from "./list-window.ts";
import { chooseAll, movedFocus, reach, type SelectMode } from "./selection.ts";
import { rowId, TorrentRow } from "./torrent-row.tsx";

/** Heights of a row, of a card and of a narrow card, in rem; list.css and cards.css have the same. */
const rowRem = 3.5;
const cardRem = 9;
const narrowCardRem = 10.5;
/** Elements that cover the upper edge of the window as it scrolls. */
const coverQuery = ".sticky";
/** The element that covers its lower edge. */
const dockQuery = ".act-dock";

/** The grid. */
export function TorrentGrid(): VNode {
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const listed = order.value;
  const rem = isWide.value ? rowRem : isMedium.value ? cardRem : narrowCardRem;
  const rowHeight = rem * remPx();
  const window = useWindow(body, rowHeight);
  const drawn = drawnRows(listed, window, mostDrawn(innerHeight, rowHeight));
  const { focus } = selection.value;
  const isFocusListed = focus !== undefined && drawn.some(({ torrent }) => torrent === focus);
  useEffect(() => {
    const shown = new Set(drawn.map(({ torrent }) => torrent));
    dropRowSignals((torrent) => shown.has(torrent));
  });
  const rowOf = useRowElements(grid, rowHeight);
  return (
    <div
      ref={grid}
      role="grid"
      class="grid"
      tabIndex={0}
      aria-label={texts.list.title}
      aria-describedby="grid-help"
      aria-multiselectable={mayControl.value}
      aria-rowcount={listed.length + 1}
      aria-activedescendant={isFocusListed ? rowId(focus) : undefined}
      onFocus={focusFirst}
      onKeyDown={(event) => takeKey(event, body.current, rowHeight)}
    >
      {isWide.value && <ColumnHeads />}
      <div
        ref={body}
        role="rowgroup"
        class="grid-body"
        style={{ height: `${listed.length * rowHeight}px` }}
      >
        {drawn.map(rowOf)}
      </div>
      <p id="grid-help" class="visually-hidden">
        {texts.list.gridHelp}
      </p>
    </div>
  );
}

/** Elements of rows that stay are the same objects, which Preact does not look at again. */
function useRowElements(
  grid: { readonly current: HTMLElement | null },
  rowHeight: number,
): (row: DrawnRow) => VNode {
  const elements = useRef(new Map<string, VNode>());
  const height = useRef(rowHeight);
  if (height.current !== rowHeight) elements.current.clear();
  height.current = rowHeight;
  const onReach = (torrent: string, mode: SelectMode): void => {
    grid.current?.focus({ preventScroll: true });
    selection.value = reach(selection.value, torrent, mode, order.value);
  };
  const before = elements.current;
  elements.current = new Map();
  return ({ index, slot, torrent }) => {
    const key = `${slot} ${index} ${torrent}`;
    const element = before.get(key) ?? (
      <TorrentRow
        key={slot}
        torrent={torrent}
        index={index}
        top={index * rowHeight}
        onReach={onReach}
      />
    );
    elements.current.set(key, element);
    return element;
  };
}

/** A grid that gets the focus has a row with it, so that keys begin somewhere. */
function focusFirst({ currentTarget, target }: TargetedFocusEvent<HTMLElement>): void {
  const [first] = order.value;
  if (target === currentTarget && selection.value.focus === undefined && first !== undefined)
    selection.value = reach(selection.value, first, "focus", order.value);
}

/** The rows in the window, followed as it scrolls and changes its size. */
function useWindow(body: { readonly current: HTMLElement | null }, rowHeight: number): ListWindow {
  const now = useSignal(firstWindow(innerHeight, rowHeight));
  const look = (): void => {
    const next = windowOf({ ...sightOf(body.current), rowHeight });
    const { end, first } = now.peek();
    if (next.first !== first || next.end !== end) now.value = next;
  };
  useLayoutEffect(() => {
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [rowHeight]);
  // The first look comes after the drawing: it would have the page laid out once more.
  useEffect(look, [rowHeight]);
  return now.value;
}

function sightOf(body: HTMLElement | null): Pick<ListSight, "height" | "top"> {
  return { top: -(body?.getBoundingClientRect().top ?? 0), height: innerHeight };
}

interface DrawnRow {
  readonly torrent: string;
  readonly index: number;
  /** Rows that come into sight take the elements of those that have left it. */
  readonly slot: number;
}

/** The rows in the window, and that of the focus, which screen readers follow. */
function drawnRows(
  listed: readonly string[],
  { end, first }: ListWindow,
  slots: number,
): readonly DrawnRow[] {
  const drawn = listed.slice(first, end).map((torrent, place): DrawnRow => {
    const index = first + place;
    return { torrent, index, slot: index % slots };
  });
  const { focus } = selection.value;
  const at = focus === undefined ? -1 : listed.indexOf(focus);
  if (focus !== undefined && at >= 0 && (at < first || at >= end))
    drawn.push({ torrent: focus, index: at, slot: -1 });
  return drawn;
}

function takeKey(
  event: TargetedKeyboardEvent<HTMLElement>,
  body: HTMLElement | null,
  rowHeight: number,
): void {
  // Buttons and links in the grid have their own keys.
  if (event.target !== event.currentTarget || event.altKey) return;
  const isControl = event.ctrlKey || event.metaKey;
  const { key } = event;
  const { focus } = selection.value;
  const rows = Math.max(1, Math.floor(innerHeight / rowHeight) - 1);
  const moved = movedFocus(selection.value, key, order.value, rows);
  if (moved !== undefined) {
    const mode = event.shiftKey ? "range" : isControl ? "focus" : "only";
    selection.value = reach(selection.value, moved, mode, order.value);
    showRow(order.value.indexOf(moved), body, rowHeight);
  } else if (key === " " && focus !== undefined) {
    selection.value = reach(
      selection.value,
      focus,
      event.shiftKey ? "range" : "toggle",
      order.value,
    );
  } else if (key === "a" && isControl) {
    selection.value = chooseAll(selection.value, order.value);
  } else if (key === "Escape") {
    selection.value = { ...selection.value, chosen: new Set() };
  } else if (key === "Enter" && focus !== undefined) {
    goTo({ view: "torrent", torrent: focus, tab: firstTab });
  } else if (key === "Delete" && mayControl.value && selection.value.chosen.size > 0) {
    openDialog("remove");
  } else return;
  event.preventDefault();
}

function showRow(index: number, body: HTMLElement | null, rowHeight: number): void {
  const covered = [...document.querySelectorAll(coverQuery)]
    .filter((element) => getComputedStyle(element).position === "sticky")
    .reduce((most, element) => Math.max(most, element.getBoundingClientRect().bottom), 0);
  const { top } = sightOf(body);
  const dock = document.querySelector(dockQuery)?.getBoundingClientRect().height ?? 0;
  const free = { top, height: innerHeight - dock, rowHeight };
  const next = scrollFor(index, free, Math.min(covered, innerHeight / 2));
  if (next !== undefined) scrollBy({ top: next - top, behavior: "instant" });
}
