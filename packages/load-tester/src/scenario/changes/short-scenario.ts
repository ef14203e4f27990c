// Scenarios of a few words, without a file: so many peers, clients of a tracker, or askers of a DHT node.

import type { Path } from "@troupe/yaml-file";
import { readScenario } from "../read-scenario.ts";
import { writeText } from "@troupe/yaml-file/text";
import type { Scenario } from "../scenario.ts";
import type { FileGroup, FileLoad, FileShape, FileTorrent } from "../schema/file-shape.ts";
import { writtenTarget, writtenTorrent, type ScenarioChanges } from "./scenario-changes.ts";

/** Words that stand for a scenario. */
export interface ShortWords {
  readonly kind: "peers" | "tracker" | "dht";
  /** HOST:PORT, the URL of a tracker, or a program to start: `libtorrent`, `udp:opentracker`. */
  readonly target: string;
  readonly count: number;
  /** Measured time, after all have come. */
  readonly forMs: number;
  /** Before the measured time; 0: none. Default: 2 s. */
  readonly warmUpMs?: number | undefined;
  /** Open load. */
  readonly perSecond?: number | undefined;
  /** Closed load. */
  readonly depth?: number | undefined;
  readonly behaviour?:
    | "leecher"
    | "free-rider"
    | "partial"
    | "seeder"
    | "idle"
    | "hostile"
    | undefined;
  readonly take?: number | "all" | "endless" | undefined;
  readonly torrent?: ScenarioChanges["torrent"] | undefined;
  /** Without `torrent`: a pattern torrent, by default of 64 MiB. */
  readonly pattern?: {
    readonly sizeBytes?: number | undefined;
    readonly pieceBytes?: number | undefined;
  };
  readonly seed?: number | undefined;
  readonly budgets?: readonly string[];
}

const defaultSizeBytes = 64 * 1024 ** 2;
const peersPerSecond = 100;
const longestRampMs = 10_000;
const defaultWarmUpMs = 2_000;
const shortestRampMs = 1_000;
/** For the last connect and its unchoke. */
const settleMs = 1_000;

/** The scenario of the words; its text is a file that gives the same run. @throws TroupeError `scenario-malformed` */
export function shortScenario(words: ShortWords): Scenario {
  const text = writeText(fileOf(words));
  const optionOf = (path: Path): string => optionAt(path, words);
  return readScenario(text, { fileName: `load-test ${words.kind}`, folder: "/", optionOf });
}

/** Every value of the text comes from an option. */
function optionAt([part, , key]: Path, { depth }: ShortWords): string {
  switch (part) {
    case "targets":
      return "--target";
    case "torrents":
      return key === "size" || key === "piece" ? `--${key}` : "--torrent";
    case "phases":
      return "--for";
    case "warm-up":
      return "--warm-up";
    case "budgets":
      return "--budget";
    case "groups":
      if (key === "load") return depth === undefined ? "--rate" : "--depth";
      return key === "take" || key === "behaviour" ? `--${key}` : "--count";
    default:
      return "--random-seed";
  }
}

function fileOf(words: ShortWords): FileShape {
  const { kind, seed, budgets = [], warmUpMs = defaultWarmUpMs } = words;
  const rampMs = Math.min(
    longestRampMs,
    Math.max(shortestRampMs, (1_000 * words.count) / peersPerSecond),
  );
  const group = { count: words.count, arrival: { ramp: `${Math.ceil(rampMs)}ms` } };
  return {
    name: `${kind} of ${words.target}`.slice(0, 60),
    ...(seed !== undefined && { seed }),
    targets: { target: writtenTarget(words.target, kind === "peers" ? "peer" : kind) },
    ...(kind === "peers" && { torrents: { payload: torrentOf(words) } }),
    groups: {
      [kind]:
        kind === "peers" ? peers(words, group) : { behaviour: kind, ...group, ...load(words) },
    },
    phases: { ramp: `${Math.ceil(rampMs) + settleMs}ms`, steady: `${words.forMs}ms` },
    ...(warmUpMs > 0 && { "warm-up": `${warmUpMs}ms` }),
    ...(budgets.length > 0 && { budgets }),
  };
}

function peers(words: ShortWords, group: Pick<FileGroup, "count" | "arrival">): FileGroup {
  const { behaviour = "leecher", take, perSecond } = words;
  const takes = behaviour === "leecher" || behaviour === "free-rider" || behaviour === "partial";
  const own = take ?? (takes && perSecond === undefined ? "endless" : undefined);
  return { behaviour, ...group, ...(own !== undefined && { take: own }), ...load(words) };
}

function load({ perSecond, depth }: ShortWords): { readonly load?: FileLoad } {
  if (perSecond !== undefined) return { load: { rate: `${perSecond}/s`, from: "steady" } };
  return depth === undefined ? {} : { load: { depth } };
}

function torrentOf({ torrent, pattern = {} }: ShortWords): FileTorrent {
  if (torrent !== undefined) return writtenTorrent(torrent);
  const { sizeBytes = defaultSizeBytes, pieceBytes } = pattern;
  return {
    size: `${sizeBytes}B`,
    ...(pieceBytes !== undefined && { piece: `${pieceBytes}B` }),
  };
}
