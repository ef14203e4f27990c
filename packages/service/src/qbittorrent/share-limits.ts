// The goals of a torrent as limits of qBittorrent: -2 is that of the level above, -1 is none.

import type { TorrentRow } from "../view/torrent-row.ts";
import type { RequestFields } from "./request-fields.ts";
import { settingsOf, type ShownTorrentSettings } from "./shown-settings.ts";

type Goals = NonNullable<ShownTorrentSettings["goals"]>;

/** Limits of a torrent. */
interface ShareLimits {
  /** Sent by received bytes. */
  readonly ratio_limit: number;
  /** Minutes. */
  readonly seeding_time_limit: number;
}

/** Changes of goals; null ends that a goal is set. */
type GoalChanges = { readonly [Name in keyof Goals]?: Goals[Name] | null };

const ofLevelAbove = -2;
const none = -1;
/** Goals that no torrent reaches; they stand for no limit, which a level above could set otherwise. */
const endless = { ratio: 1_000_000, seconds: 1_000_000_000 } as const;
/** Goals that any upload and any second reaches; they stand for 0, which a goal cannot be. */
const least = { ratio: 0.000_001, seconds: 1 } as const;
/** Bounds of qBittorrent; it cuts larger values. */
const mostRatio = 9_999;
const mostMinutes = 525_600;
const minuteSeconds = 60;

/** The limits that the set goals of a torrent are. */
export function limitsOf(row: Pick<TorrentRow, "settings">): ShareLimits {
  const { goals = {} } = settingsOf(row);
  if (goals.action === "none") return { ratio_limit: none, seeding_time_limit: none };
  const { ratio, seedSeconds } = goals;
  return {
    ratio_limit: shown(ratio, ratio, endless.ratio, least.ratio),
    seeding_time_limit: shown(
      seedSeconds,
      Math.floor((seedSeconds ?? 0) / minuteSeconds),
      endless.seconds,
      least.seconds,
    ),
  };
}

/** The changes of goals that limits are. */
export function goalsFor(
  ratioLimit: number,
  minutes: number,
  row: Pick<TorrentRow, "settings">,
): GoalChanges {
  const { goals = {} } = settingsOf(row);
  return {
    ratio: goalFor(ratioLimit, Math.min(ratioLimit, mostRatio), endless.ratio, least.ratio),
    seedSeconds: goalFor(
      minutes,
      Math.min(minutes, mostMinutes) * minuteSeconds,
      endless.seconds,
      least.seconds,
    ),
    // Without goals the torrent would keep none.
    ...(goals.action === "none" && { action: null }),
  };
}

/** The goals of a torrent that is added. */
export function goalsOfNew(fields: RequestFields): Goals {
  const { ratio, seedSeconds } = goalsFor(
    fields.number("ratioLimit") ?? ofLevelAbove,
    fields.whole("seedingTimeLimit") ?? ofLevelAbove,
    { settings: {} },
  );
  return {
    ...(typeof ratio === "number" && { ratio }),
    ...(typeof seedSeconds === "number" && { seedSeconds }),
  };
}

function shown(
  goal: number | undefined,
  limit: number | undefined,
  most: number,
  least: number,
): number {
  if (goal === undefined || limit === undefined) return ofLevelAbove;
  return goal >= most ? none : goal <= least ? 0 : limit;
}

function goalFor(limit: number, goal: number, most: number, least: number): number | null {
  if (limit === ofLevelAbove) return null;
  return limit < 0 ? most : Math.max(goal, least);
}
