// The details of a torrent: its head, and one of its parts.

import type { ComponentType, VNode } from "preact";
import type { ListRow } from "../events/list-row.ts";
import { Icon } from "../frame/icon.tsx";
import { startTorrents, stopTorrents } from "../list/acts.ts";
import { progressOf } from "../list/list-order.ts";
import { statusOf } from "../list/status.ts";
import { statusText } from "../list/status-text.ts";
import { addressOf, firstTab, type Place } from "../router.ts";
import { connection } from "../state/feed.ts";
import { mayControl } from "../state/session.ts";
import { rowSignal } from "../state/torrents.ts";
import { cleaned, rateText, shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { FilesTab } from "./files-tab.tsx";
import { OverviewTab } from "./overview-tab.tsx";
import { PeersTab } from "./peers-tab.tsx";
import { PiecesTab } from "./pieces-tab.tsx";
import { TrackersTab } from "./trackers-tab.tsx";

/** The parts by their names in addresses, in their order. */
const tabs: Readonly<Record<string, ComponentType<{ readonly row: ListRow }>>> = {
  overview: OverviewTab,
  files: FilesTab,
  peers: PeersTab,
  trackers: TrackersTab,
  pieces: PiecesTab,
};

type TorrentPlace = Extract<Place, { readonly view: "torrent" }>;

/** The view. */
export function DetailsView({ place: { tab, torrent } }: { readonly place: TorrentPlace }): VNode {
  const row = rowSignal(torrent).value;
  if (row === undefined) return <NoTorrent />;
  const name = Object.hasOwn(tabs, tab) ? tab : firstTab;
  const Tab = tabs[name] ?? OverviewTab;
  return (
    <section class="view details-view">
      <Head row={row} />
      <nav class="tabs" aria-label={texts.details.tabList}>
        <ul>
          {Object.keys(tabs).map((each) => (
            <li key={each}>
              <a
                href={addressOf({ view: "torrent", torrent, tab: each })}
                aria-current={each === name ? "page" : undefined}
              >
                {texts.details.tabs[each]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Tab key={`${torrent} ${name}`} row={row} />
    </section>
  );
}

/** Before the first rows the torrent may still come. */
function NoTorrent(): VNode {
  const isKnown = connection.value === "live";
  return (
    <section class="view">
      <h1>{texts.details.title}</h1>
      <p>{isKnown ? texts.frame.torrentGone : texts.frame.loading}</p>
      <p>
        <a href={addressOf({ view: "list" })}>{texts.frame.back}</a>
      </p>
    </section>
  );
}

function Head({ row }: { readonly row: ListRow }): VNode {
  const { downBytesPerSecond, name, upBytesPerSecond } = row;
  const share = progressOf(row);
  const rates = [
    [texts.graphs.down, downBytesPerSecond],
    [texts.graphs.up, upBytesPerSecond],
  ] as const;
  return (
    <header class={`details-head status-${statusOf(row)}`}>
      <p>
        <a class="back" href={addressOf({ view: "list" })}>
          <Icon name="back" />
          {texts.frame.back}
        </a>
      </p>
      <h1 translate={false}>{cleaned(name)}</h1>
      <Status row={row} />
      <div
        class="bar"
        role="progressbar"
        aria-label={texts.details.progressOf(cleaned(name))}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <span class="bar-done" style={{ transform: `scaleX(${share})` }} />
      </div>
      <p class="details-rates">
        <strong>{shown.share(share)}</strong>
        {rates.map(([label, rate]) => (
          <span key={label}>
            {label} {rateText(rate)}
          </span>
        ))}
        {mayControl.value && <Switch row={row} />}
      </p>
    </header>
  );
}

function Status({ row }: { readonly row: ListRow }): VNode {
  const { isForeign, name, reason } = statusText(row);
  return (
    <p class="details-state">
      <strong>{name}</strong>
      {reason !== "" && (
        <span
          class={row.state === "error" ? "problem" : "help"}
          translate={isForeign ? false : undefined}
        >
          {reason}
        </span>
      )}
    </p>
  );
}

/** Starts a torrent that is at rest, or stops it. */
function Switch({ row: { state, torrent } }: { readonly row: ListRow }): VNode {
  const isAtRest = ["stopped", "stopping", "error", "paused"].includes(state);
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => void (isAtRest ? startTorrents([torrent]) : stopTorrents([torrent]))}
    >
      <Icon name={isAtRest ? "start" : "stop"} />
      {isAtRest ? texts.acts.start : texts.acts.stop}
    </button>
  );
}
