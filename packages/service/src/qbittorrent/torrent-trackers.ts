// The trackers and web seeds of one torrent.

import type { CommandResults } from "@troupe/control/commands";
import { jsonResponse, type ServiceResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import { trackersInForce } from "../view/trackers-in-force.ts";
import { constantsOf } from "./constants.ts";
import { orElse, type DialectCall } from "./dialect-call.ts";
import { rowOf } from "./named-torrents.ts";
import { startPreferences } from "./preferences.ts";
import { engineSettingsOf } from "./shown-settings.ts";
import type { TorrentFields } from "./torrent-info.ts";

type Tracker = Pick<CommandResults["tiers"][number]["trackers"][number], "tier" | "url"> &
  Partial<CommandResults["tiers"][number]["trackers"][number]>;
type Peers = CommandResults["peers"];
/** Whether each source is on. */
type SourcePreferences = Readonly<Record<(typeof sources)[number]["preference"], boolean>>;

/** States of a tracker. */
const states = { disabled: 0, notContacted: 1, working: 2, notWorking: 4 } as const;
const unknown = -1;
/** Clients know a private torrent by the words `is private`. */
const privateText = "This torrent is private";
const constants = constantsOf("torrents/trackers");

/** Sources of peers that stand before the trackers, with the preference that turns each on. */
const sources = [
  { url: "** [DHT] **", preference: "dht", source: "dht-" },
  { url: "** [PeX] **", preference: "pex", source: "pex-" },
  { url: "** [LSD] **", preference: "lsd", source: "local-discovery" },
] as const;

/** Answers `torrents/trackers`. */
export async function showTrackers(call: DialectCall): Promise<ServiceResponse> {
  const row = await rowOf(call);
  const { calls, state } = call;
  const [engine, tiers, peers] = await Promise.all([
    engineSettingsOf(calls),
    orElse(calls.ask("tiers", row.torrent), undefined, "quarantined"),
    calls.ask("peers", row.torrent),
  ]);
  const preferences = { ...startPreferences(state.facts), pex: engine.peerExchange ?? true };
  const trackers = tiers?.flatMap((tier) => tier.trackers) ?? notAsked(row);
  return jsonResponse([
    ...sources.map((source) => shownSource(source, row, { peers, preferences })),
    ...trackers.map(shownTracker),
  ]);
}

/** Answers `torrents/webseeds`. */
export async function showWebSeeds(call: DialectCall): Promise<ServiceResponse> {
  const { torrent } = await rowOf(call);
  const seeds = await call.calls.ask("web-seeds", torrent);
  return jsonResponse(seeds.map(({ url }) => ({ url })));
}

function notAsked(row: TorrentRow): readonly Tracker[] {
  return trackersInForce(row).flatMap((urls, tier) => urls.map((url) => ({ url, tier })));
}

function shownSource(
  { preference, source, url }: (typeof sources)[number],
  { isPrivate }: TorrentRow,
  { peers, preferences }: { readonly peers: Peers; readonly preferences: SourcePreferences },
): TorrentFields {
  const found = peers.filter((peer) => peer.sources.some((name) => name.startsWith(source)));
  const seeds = found.filter(({ haveShare }) => haveShare === 1).length;
  const isOn = preferences[preference] && !isPrivate;
  return {
    url,
    tier: -1,
    status: isOn ? states.working : states.disabled,
    msg: isPrivate ? privateText : "",
    num_peers: 0,
    num_seeds: seeds,
    num_leeches: found.length - seeds,
    num_downloaded: 0,
  };
}

function shownTracker(tracker: Tracker): TorrentFields {
  const { complete, error, incomplete, isWorking = false, peers = 0 } = tracker;
  return {
    ...constants,
    url: tracker.url,
    tier: tracker.tier,
    status: isWorking
      ? states.working
      : error === undefined
        ? states.notContacted
        : states.notWorking,
    msg: error ?? "",
    num_peers: isWorking ? peers : unknown,
    num_seeds: complete ?? unknown,
    num_leeches: incomplete ?? unknown,
  };
}
