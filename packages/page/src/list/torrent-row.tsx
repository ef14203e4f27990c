// A torrent of the list: a row of cells, or a card on a narrow screen.

import type { TargetedMouseEvent, VNode } from "preact";
import type { ListRow } from "../events/list-row.ts";
import { Icon, type IconName } from "../frame/icon.tsx";
import { isWide } from "../frame/media.ts";
import { addressOf, firstTab } from "../router.ts";
import { mayControl } from "../state/session.ts";
import { rowSignal } from "../state/torrents.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { progressOf } from "./list-order.ts";
import { selection } from "./list-state.ts";
import type { SelectMode } from "./selection.ts";
import { statusOf, type Status } from "./status.ts";
import { statusText } from "./status-text.ts";

interface RowParts {
  readonly torrent: string;
  /** From 0 on. */
  readonly index: number;
  /** Pixels from the upper edge of the first row. */
  readonly top: number;
  readonly onReach: (torrent: string, mode: SelectMode) => void;
}

/** The id of the element of a torrent. */
export function rowId(torrent: string): string {
  return `row-${torrent}`;
}

const statusIcons: Readonly<Record<Status, IconName>> = {
  downloading: "down",
  seeding: "up",
  metadata: "search",
  checking: "check",
  queued: "queued",
  paused: "pause",
  stopped: "stop",
  error: "error",
};

/** The row of a torrent. */
export function TorrentRow({ index, onReach, top, torrent }: RowParts): VNode | null {
  const row = rowSignal(torrent).value;
  const { chosen, focus } = selection.value;
  if (row === undefined) return null;
  const isChosen = chosen.has(torrent);
  const reach = (event: TargetedMouseEvent<HTMLElement>): void => {
    if (event.target instanceof Element && event.target.closest("a") !== null) return;
    const isToggle =
      event.ctrlKey ||
      event.metaKey ||
      (event.target instanceof Element && event.target.closest(".cell-choose") !== null);
    onReach(torrent, event.shiftKey ? "range" : isToggle ? "toggle" : "only");
  };
  return (
    <div
      role="row"
      id={rowId(torrent)}
      class={`row status-${statusOf(row)}${isChosen ? " chosen" : ""}${focus === torrent ? " focus" : ""}`}
      aria-rowindex={index + 2}
      aria-selected={mayControl.value ? isChosen : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={reach}
    >
      {mayControl.value && (
        <div role="gridcell" class="cell-choose" aria-label={texts.list.choose(row.name)}>
          <span class="check">{isChosen && <Icon name="check" />}</span>
        </div>
      )}
      <Cells row={row} />
    </div>
  );
}

function Cells({ row }: { readonly row: ListRow }): VNode {
  const { columns, none } = texts.list;
  const eta = row.etaSeconds;
  return (
    <>
      <NameCell row={row} />
      <ProgressCell row={row} />
      <StateCell row={row} />
      <Figure
        name={columns.down}
        part="down"
        icon="down"
        text={shown.rate(row.downBytesPerSecond)}
      />
      <Figure name={columns.up} part="up" icon="up" text={shown.rate(row.upBytesPerSecond)} />
      <Figure name={columns.peers} part="peers" icon="peers" text={peersText(row)} />
      <Figure
        name={columns.eta}
        part="eta"
        icon="queued"
        text={eta === undefined || row.isComplete ? "" : shown.duration(eta)}
      />
      <Figure
        name={columns.ratio}
        part="ratio"
        icon="ratio"
        text={row.ratio === undefined ? none : shown.ratio(row.ratio)}
      />
    </>
  );
}

function NameCell({ row }: { readonly row: ListRow }): VNode {
  const { list } = texts;
  const size = row.hasMetadata ? shown.size(row.sizeBytes) : list.sizeUnknown;
  const isPartial = row.hasMetadata && !row.isComplete;
  return (
    <div role="gridcell" class="cell-name">
      <a
        href={addressOf({ view: "torrent", torrent: row.torrent, tab: firstTab })}
        tabIndex={-1}
        translate={false}
        title={row.name}
      >
        {row.name}
      </a>
      <span class="facts">
        <span>{isPartial ? list.sizeOf(shown.size(row.haveBytes), size) : size}</span>
        {row.group !== undefined && (
          <span class="tag tag-group" translate={false}>
            {row.group}
          </span>
        )}
        {row.labels.slice(0, 3).map((label) => (
          <span key={label} class="tag" translate={false}>
            {label}
          </span>
        ))}
      </span>
    </div>
  );
}

function ProgressCell({ row }: { readonly row: ListRow }): VNode {
  const share = progressOf(row);
  return (
    <div role="gridcell" class="cell-progress">
      <span class="bar" aria-hidden="true">
        <span class="bar-done" style={{ transform: `scaleX(${share})` }} />
      </span>
      <span class="bar-text">{shown.share(share)}</span>
    </div>
  );
}

function StateCell({ row }: { readonly row: ListRow }): VNode {
  const { isForeign, name, reason } = statusText(row);
  return (
    <div role="gridcell" class="cell-state">
      <span class="state-name">
        <Icon name={statusIcons[statusOf(row)]} />
        {name}
      </span>
      <span class="reason" title={reason} {...(isForeign && { translate: false })}>
        {reason}
      </span>
    </div>
  );
}

interface FigureParts {
  readonly name: string;
  readonly part: string;
  readonly icon: IconName;
  readonly text: string;
}

/** A figure. A card has no heads of columns, but a picture before it, and its name for screen readers. */
function Figure({ icon, name, part, text }: FigureParts): VNode {
  const className = `cell-figure cell-${part}${text === "" ? " empty" : ""}`;
  if (isWide.value)
    return (
      <div role="gridcell" class={className}>
        {text}
      </div>
    );
  return (
    <div role="gridcell" class={className}>
      <Icon name={icon} />
      <span class="visually-hidden">{name} </span>
      {text}
    </div>
  );
}

function peersText({ peers, state, swarmLeechers, swarmSeeds }: ListRow): string {
  if (state !== "active" && peers === 0) return "";
  const all = (swarmSeeds ?? 0) + (swarmLeechers ?? 0);
  const now = shown.count(peers);
  return all > peers ? texts.list.peersOf(now, shown.count(all)) : now;
}
