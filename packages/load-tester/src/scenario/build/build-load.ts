// Loads of groups, from the words of the file.

import { faultAt, keyFault, wrongValue, type Path } from "@troupe/yaml-file";
import type { GroupLoad, OpenPace, Pace, PeerLoadSpec, Phase, TorrentSpec } from "../scenario.ts";
import type { FileGroup, FileLoad, HonestName } from "../schema/file-shape.ts";
import { takers } from "../schema/group-schema.ts";
import { warmUpPhase } from "../warm-up.ts";
import { knownName, onlyKey } from "./names.ts";
import { optionalLine, optionalTime, rateAt, shareAt } from "./quantities.ts";

const peerDepth = 4;
const askerDepth = 1;
const defaultSwarms = 1;
const defaultWanted = 50;
const hostileBytesPerSecond = 16 * 1024;

/** A group's place, and the parts of the run that it refers to. */
interface LoadPlace {
  readonly path: Path;
  readonly phases: readonly Phase[];
  readonly torrent: { readonly name: string; readonly spec: TorrentSpec | undefined } | undefined;
}

/** @throws ContentFault */
export function buildLoad(written: FileGroup, place: LoadPlace): GroupLoad {
  const { path } = place;
  switch (written.behaviour) {
    case "hostile":
      return {
        kind: "hostile",
        torrent: place.torrent?.name ?? "",
        behaviours: written.kinds ?? [],
        bytesPerSecond: optionalLine([...path, "up"], written.up) ?? hostileBytesPerSecond,
      };
    case "tracker":
      return {
        kind: "tracker",
        swarms: written.swarms ?? defaultSwarms,
        pace: paceOf(written.load, askerDepth, place),
        scrapes: shareOf(written.scrapes, 0, [...path, "scrapes"]),
        wanted: written.wanted ?? defaultWanted,
        seeds: shareOf(written.seeds, 0.5, [...path, "seeds"]),
      };
    case "dht":
      return {
        kind: "dht",
        pace: paceOf(written.load, askerDepth, place),
        queries: queriesOf(written.queries, [...path, "queries"]),
      };
    default:
      return peers(written, written.behaviour, place);
  }
}

function peers(written: FileGroup, behaviour: HonestName, place: LoadPlace): PeerLoadSpec {
  const { path } = place;
  const pace: Pace = isTaker(behaviour) ? paceOf(written.load, peerDepth, place) : { kind: "none" };
  return {
    kind: "peers",
    behaviour,
    torrent: place.torrent?.name ?? "",
    take: pace.kind === "depth" ? takeOf(written, place) : noTake(written, path),
    has: hasOf(written, behaviour, path),
    pace,
    downBytesPerSecond: optionalLine([...path, "down"], written.down),
    upBytesPerSecond: optionalLine([...path, "up"], written.up),
    delayMs: optionalTime([...path, "delay"], written.delay) ?? 0,
    extensions: written.extensions ?? ["fast", "extended"],
    transport: written.transport ?? "tcp",
    encryption: written.encryption ?? "none",
  };
}

function isTaker(behaviour: HonestName): boolean {
  return takers.some((name) => name === behaviour);
}

function takeOf({ take = "all" }: FileGroup, { path, torrent }: LoadPlace): PeerLoadSpec["take"] {
  if (take === "all") return "all";
  if (take === "endless") return undefined;
  const spec = torrent?.spec;
  if (spec?.from === "pattern") {
    const pieces = Math.ceil(spec.lengthBytes / spec.pieceLengthBytes);
    if (take > pieces)
      throw wrongValue(
        [...path, "take"],
        take,
        `all, endless, or a whole number from 1 to ${pieces}, the pieces of the torrent`,
      );
  }
  return { pieces: take };
}

function noTake(written: FileGroup, path: Path): undefined {
  if (written.take === undefined) return;
  const place = [...path, "take"];
  throw keyFault(place, "has no meaning beside load.rate, which asks for blocks at random");
}

function hasOf(written: FileGroup, behaviour: HonestName, path: Path): number {
  if (behaviour === "partial") return shareOf(written.has, 0.5, [...path, "has"]);
  return behaviour === "seeder" ? 1 : 0;
}

function shareOf(text: string | undefined, standard: number, path: Path): number {
  return text === undefined ? standard : shareAt(path, text);
}

function paceOf(load: FileLoad | undefined, depth: number, place: LoadPlace): Pace {
  if (load === undefined) return { kind: "depth", depth };
  const path = [...place.path, "load"];
  const key = onlyKey(path, load, ["rate", "depth"]);
  if (key === undefined) throw keyFault(path, `lacks the key "rate" or "depth"`);
  if (load.rate !== undefined) return openPace(load, load.rate, path, place.phases);
  for (const other of ["spacing", "from", "until"] as const) {
    if (load[other] === undefined) continue;
    throw keyFault([...path, other], "has a meaning beside rate only");
  }
  return { kind: "depth", depth: load.depth ?? depth };
}

function openPace(load: FileLoad, rate: string, path: Path, phases: readonly Phase[]): OpenPace {
  const begins = beginsOf(phases);
  const named = (key: "from" | "until"): number | undefined => {
    const name = load[key];
    if (name === undefined) return undefined;
    return begins.get(knownName([...path, key], name, "phase", [...begins.keys()]));
  };
  const [fromMs, untilMs] = [named("from"), named("until") ?? runLength(phases)];
  if (fromMs !== undefined && untilMs <= fromMs) {
    throw wrongValue([...path, "until"], load.until, `a phase after ${load.from ?? ""}`);
  }
  const perSecond = rateAt([...path, "rate"], rate);
  return { kind: "rate", perSecond, spacing: load.spacing ?? "constant", fromMs, untilMs };
}

/** Loads of the phase behind the warm-up begin with it. */
function beginsOf(phases: readonly Phase[]): Map<string, number> {
  const begins = new Map<string, number>();
  let endMs = 0;
  let warmUpMs = 0;
  for (const { name, durationMs } of phases) {
    if (name !== warmUpPhase) begins.set(name, endMs - warmUpMs);
    warmUpMs = name === warmUpPhase ? durationMs : 0;
    endMs += durationMs;
  }
  return begins;
}

/** Milliseconds of all phases. */
export function runLength(phases: readonly Phase[]): number {
  return phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

type Queries = Extract<GroupLoad, { readonly kind: "dht" }>["queries"];

function queriesOf(written: FileGroup["queries"], path: Path): Queries {
  if (written === undefined)
    return { ping: 0.25, find_node: 0.25, get_peers: 0.25, announce_peer: 0.25 };
  const share = (name: keyof Queries): number => shareOf(written[name], 0, [...path, name]);
  const queries = {
    ping: share("ping"),
    find_node: share("find_node"),
    get_peers: share("get_peers"),
    announce_peer: share("announce_peer"),
  };
  const percent = 100 * Object.values(queries).reduce((sum, each) => sum + each, 0);
  if (Math.abs(percent - 100) < 1e-6) return queries;
  throw faultAt(path, `add up to ${Number(percent.toFixed(3))}%; allowed is 100%`);
}
