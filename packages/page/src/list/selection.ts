// The selected torrents of a list, as keys and clicks change them.

/** The selection. */
export interface Selection {
  readonly chosen: ReadonlySet<string>;
  /** The torrent that keys start from; undefined before the first. */
  readonly focus: string | undefined;
  /** The other end of a range that grows or shrinks. */
  readonly anchor: string | undefined;
}

/** How a torrent is reached: alone, with a range to it, by itself in addition, or without a change of what is chosen. */
export type SelectMode = "only" | "range" | "toggle" | "focus";

/** Nothing is chosen. */
export const noSelection: Selection = { chosen: new Set(), focus: undefined, anchor: undefined };

/** The selection after a torrent is reached. @param order All torrents of the list. */
export function reach(
  selection: Selection,
  torrent: string,
  mode: SelectMode,
  order: readonly string[],
): Selection {
  switch (mode) {
    case "only":
      return { chosen: new Set([torrent]), focus: torrent, anchor: torrent };
    case "focus":
      return { ...selection, focus: torrent };
    case "toggle": {
      const chosen = new Set(selection.chosen);
      if (!chosen.delete(torrent)) chosen.add(torrent);
      return { chosen, focus: torrent, anchor: torrent };
    }
    case "range": {
      const anchor = selection.anchor ?? torrent;
      const [one, other] = [order.indexOf(anchor), order.indexOf(torrent)];
      if (one < 0) return { chosen: new Set([torrent]), focus: torrent, anchor: torrent };
      const range = order.slice(Math.min(one, other), Math.max(one, other) + 1);
      return { chosen: new Set(range), focus: torrent, anchor };
    }
  }
}

/** All torrents of the list. */
export function chooseAll(selection: Selection, order: readonly string[]): Selection {
  return { ...selection, chosen: new Set(order) };
}

/** The selection without torrents that are no longer in the list; the same object where nothing changes. */
export function keepListed(
  selection: Selection,
  isListed: (torrent: string) => boolean,
): Selection {
  const chosen = [...selection.chosen].filter(isListed);
  const kept = (torrent: string | undefined): string | undefined =>
    torrent !== undefined && isListed(torrent) ? torrent : undefined;
  const [focus, anchor] = [kept(selection.focus), kept(selection.anchor)];
  const isSame =
    chosen.length === selection.chosen.size &&
    focus === selection.focus &&
    anchor === selection.anchor;
  return isSame ? selection : { chosen: new Set(chosen), focus, anchor };
}

/** The torrent that a key moves to. @param pageRows Rows of a page. @returns Undefined for another key, or an empty list. */
export function movedFocus(
  { focus }: Selection,
  key: string,
  order: readonly string[],
  pageRows: number,
): string | undefined {
  const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -pageRows, PageDown: pageRows }[key];
  if (step === undefined && key !== "Home" && key !== "End") return undefined;
  const at = focus === undefined ? -1 : order.indexOf(focus);
  const last = order.length - 1;
  const next = key === "Home" ? 0 : key === "End" ? last : at < 0 ? 0 : at + (step ?? 0);
  return order[Math.min(Math.max(next, 0), last)];
}
