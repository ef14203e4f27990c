// The list of differences between the answers of other programs and of ours in equal states. The pages of both dialects have
// it; `test/interop/remote-scenarios.test.ts` fails for a difference that is not here, and for one that no longer occurs.

import { preferenceConstants } from "../../../packages/service/src/qbittorrent/preference-constants.ts";
import { classicFieldName } from "../../../packages/service/src/transmission/names/classic-names.ts";
import * as spec from "../../../packages/service/test/support/transmission-keys.ts";
import type { DifferenceKind, FoundDifference } from "./comparison.ts";

/** Differences with one reason. */
export interface ListedDifference {
  /** Keys of answers, as the end of their place: `error`, or `noJson.status` where other keys have the same name. */
  readonly keys: readonly string[];
  readonly kind: DifferenceKind;
  /** The names of the scenarios in which they occur, each key in each. */
  readonly scenarios: readonly string[];
  /** A sentence about the difference. */
  readonly reason: string;
}

/** A program that is compared. */
export interface ComparedDialect {
  readonly listed: readonly ListedDifference[];
  /** A rule for differences that have their list elsewhere, in a sentence. */
  readonly rule: string;
  readonly isInRule: (found: FoundDifference) => boolean;
  /** Keys whose values change from run to run: their types alone are compared. */
  readonly varying: readonly string[];
}

const stateNames = ["half", "waiting", "done", "rested", "lost", "magnet"];

/** Keys of 4.1.1, in the names of the classic dialect. */
const specKeys = new Set(
  [
    ...spec.specTorrentFields,
    ...Object.values(spec.specObjectKeys).flat(),
    ...[...spec.specSessionSettings, ...spec.specSessionFacts, "anti_brute_force_threshold"],
    ...[...spec.specStatistics, ...spec.specStatisticsOfTime, ...spec.specResults],
  ].flatMap((name) => [name, classicFieldName(name)]),
);

/** The answers of transmission-daemon 3.00. */
export const transmissionDialect: ComparedDialect = {
  rule: "Keys that the protocol of 4.1.1 has and 3.00 lacks are there, too.",
  isInRule: ({ key, kind }) => kind === "extra" && specKeys.has(lastName(key)),
  varying: [
    ...["addedDate", "activityDate", "secondsDownloading", "secondsSeeding", "secondsActive"],
    ...["nextAnnounceTime", "config-dir", "peer-port", "session-id", "size-bytes"],
    "download-dir-free-space",
    // A minute after the start, which differs by some seconds.
    "isStalled",
  ],
  listed: [
    {
      keys: ["version", "rpc-version", "rpc-version-minimum"],
      kind: "value",
      scenarios: ["session"],
      reason: "Troupe answers the protocol of 4.1.1.",
    },
    {
      keys: ["memory-units", "size-units", "speed-units"],
      kind: "value",
      scenarios: ["session"],
      reason: "As 4.1.1, Troupe lists the unit without a prefix, too.",
    },
    {
      keys: ["torrentFile"],
      kind: "value",
      scenarios: ["blank", ...stateNames],
      reason: "Troupe tells no path in its state folder.",
    },
    {
      keys: ["startDate"],
      kind: "value",
      scenarios: stateNames,
      reason: "Troupe keeps no time of the last start.",
    },
    {
      keys: ["doneDate"],
      kind: "value",
      scenarios: ["done", "rested", "lost"],
      reason:
        "Troupe tells when its check found the data complete. Transmission tells the end of a download alone.",
    },
    {
      keys: ["uploadRatio"],
      kind: "value",
      scenarios: ["blank"],
      reason:
        "Without received data Troupe has the ratio 0: it divides by the wanted bytes. 3.00 answers -1.",
    },
    {
      keys: ["host"],
      kind: "value",
      scenarios: ["blank", "done"],
      reason: "As version 4, Troupe leaves out the scheme of a tracker's host.",
    },
    {
      keys: ["lastAnnounceStartTime", "lastAnnounceTime"],
      kind: "value",
      scenarios: ["done"],
      reason: "Troupe tells no time of announces.",
    },
    {
      keys: [
        ...["hasScraped", "lastScrapeStartTime", "lastScrapeSucceeded", "lastScrapeTime"],
        ...["nextScrapeTime", "scrapeState"],
      ],
      kind: "value",
      scenarios: ["done"],
      reason: "Troupe tells nothing about scrapes.",
    },
    {
      keys: ["errorString"],
      kind: "value",
      scenarios: ["lost"],
      reason: "The sentence is Troupe's.",
    },
    {
      keys: ["bytesCompleted", "haveValid", "leftUntilDone", "percentDone", "pieces"],
      kind: "value",
      scenarios: ["lost"],
      reason: "Troupe counts the pieces that are on the disk. Transmission keeps those of before.",
    },
    {
      keys: ["status", "error"],
      kind: "value",
      scenarios: ["gone"],
      reason:
        "A start of a complete torrent whose data is gone downloads it again, unless the torrent has `seedOnly`. Transmission stops it with an error.",
    },
    {
      keys: [
        ...["alt-speed-time-day", "speed-limit-down", "speed-limit-up", "download-queue-size"],
        ...["seed-queue-size", "seedRatioLimit", "idle-seeding-limit"],
      ],
      kind: "value",
      scenarios: ["session-set"],
      reason: "A limit that is off keeps no value.",
    },
    {
      keys: ["id"],
      kind: "value",
      scenarios: ["start-added", "remove"],
      reason: "An add of a torrent that is there already uses up a number.",
    },
    {
      keys: ["method.result"],
      kind: "value",
      scenarios: ["unknown"],
      reason: "The sentence about an unknown method is that of 4.1.1.",
    },
    {
      keys: ["text.result"],
      kind: "value",
      scenarios: ["add-wrong"],
      reason: "The sentence about a file that is no .torrent is Troupe's.",
    },
    {
      keys: ["wrong.result"],
      kind: "value",
      scenarios: ["rename"],
      reason: "The sentence about a path that is not there is Troupe's.",
    },
    {
      keys: ["color"],
      kind: "missing",
      scenarios: ["unknown"],
      reason: "Fields that are unknown are left out. 3.00 answers 0 for them.",
    },
    {
      keys: ["noFields.arguments.torrents"],
      kind: "missing",
      scenarios: ["unknown"],
      reason: "An error comes without an empty list.",
    },
    {
      keys: ["noJson.status"],
      kind: "value",
      scenarios: ["unknown"],
      reason: "A request that is no JSON is answered with 400.",
    },
    {
      keys: ["noJson.body.arguments", "noJson.body.result"],
      kind: "missing",
      scenarios: ["unknown"],
      reason: "That answer has the error of the service alone.",
    },
  ],
};

const constantPreferences = new Set(
  preferenceConstants.flatMap(({ values }) => Object.keys(values)),
);

/** The answers of qbittorrent-nox 4.5.2. */
export const qbittorrentDialect: ComparedDialect = {
  rule: "Preferences that stand among the constants have the value that is given there.",
  isInRule: ({ key, kind }) =>
    kind === "value" && key.startsWith("preferences.") && constantPreferences.has(lastName(key)),
  varying: [
    ...["added_on", "completion_on", "last_activity", "time_active", "seeding_time"],
    ...["addition_date", "completion_date", "time_elapsed", "reannounce", "rid", "listen_port"],
    "free_space_on_disk",
  ],
  listed: [
    {
      keys: ["temp_path"],
      kind: "value",
      scenarios: ["preferences"],
      reason: "The folder of incomplete torrents is empty while there is none.",
    },
    {
      keys: ["utp_tcp_mixed_mode"],
      kind: "value",
      scenarios: ["preferences"],
      reason: "TCP leaves uTP its part of a full line by default.",
    },
    {
      keys: ["tracker"],
      kind: "value",
      scenarios: ["done"],
      reason: "The tracker that works is no field of a row.",
    },
    {
      keys: ["priority"],
      kind: "value",
      scenarios: ["lost", "magnet"],
      reason: "The place in the queue counts complete torrents, too.",
    },
    {
      keys: ["paused", "resumed"],
      kind: "value",
      scenarios: ["lists"],
      reason: "A torrent with an error is no paused one.",
    },
    {
      keys: ["connection_status"],
      kind: "value",
      scenarios: ["transfer", "maindata"],
      reason: "Troupe does not tell whether peers reach its port.",
    },
    {
      keys: ["route.body", "scope.body"],
      kind: "type",
      scenarios: ["unknown"],
      reason: "A path that is not there is answered with the JSON of the service, and 404.",
    },
    ...sentences("unknown", "hash", "noHash", "noParameter"),
    ...sentences("categories", "again", "noName", "wrong"),
    ...sentences("limits", "missing"),
    ...sentences("file-priorities", "wrongFile", "wrongPriority"),
    ...sentences("edit-trackers", "unknown"),
    ...sentences("rename", "wrong", "missing"),
    ...sentences("add", "wrong"),
    ...sentences("delete", "missing"),
  ],
};

/** Errors of a scenario with sentences of ours. Their statuses are equal. */
function sentences(scenario: string, ...answers: readonly string[]): readonly ListedDifference[] {
  const keys = answers.map((answer) => `${answer}.body`);
  const reason = "Sentences of errors are Troupe's.";
  return [{ keys, kind: "value", scenarios: [scenario], reason }];
}

/** Whether a difference is at the key of a row. */
export function isAt({ key }: FoundDifference, listed: string): boolean {
  const place = key.replaceAll("[]", "");
  return place === listed || place.endsWith(`.${listed}`);
}

/** The last name of a place such as `torrents[].files[].name`. */
export function lastName(key: string): string {
  return key.replaceAll("[]", "").split(".").at(-1) ?? "";
}
