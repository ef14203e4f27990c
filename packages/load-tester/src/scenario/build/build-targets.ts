// Targets of a scenario, from the words of the file.

import { parseHostPort } from "@troupe/protocol/address";
import { suggestion } from "@troupe/protocol/text";
import { ContentFault, keyFault, wrongValue, type Path } from "@troupe/yaml-file";
import type { StartedTarget, TargetKind, TargetSpec } from "../scenario.ts";
import type { FileShape, FileTarget } from "../schema/file-shape.ts";
import { nodePrograms, programNames, trackerPrograms } from "../schema/target-schema.ts";
import { knownName, onlyKey } from "./names.ts";

const trackerSchemes = ["http:", "https:", "udp:"];
const connectionsToSpare = 10;
const clientKeys = ["as", "torrent", "has", "announces-to", "connections"] as const;
const startKeys = [...clientKeys, "over"] as const;

/** Kinds by names, known before the targets themselves. */
export type TargetKinds = Readonly<Record<string, TargetKind>>;

/** @throws ContentFault */
export function targetKinds(written: FileShape["targets"]): TargetKinds {
  const entries = Object.entries(written);
  return Object.fromEntries(entries.map(([name, target]) => [name, kindOf(target, name)]));
}

function kindOf(target: string | FileTarget, name: string): TargetKind {
  if (typeof target === "string") return isUrl(target) ? "tracker" : "peer";
  const path = ["targets", name];
  const key = onlyKey(path, target, ["peer", "tracker", "dht", "start"]);
  if (key === undefined) {
    throw keyFault(path, "lacks one of the keys peer, tracker, dht, start");
  }
  if (key !== "start") return key;
  const { start = "", as = "peer" } = target;
  if (trackerPrograms.includes(start)) return "tracker";
  if (as === "dht" && !nodePrograms.includes(start))
    throw wrongValue([...path, "start"], start, `one of ${nodePrograms.join(", ")} beside as: dht`);
  return as;
}

/** @param peersOf Peers of all groups for a target. @throws ContentFault */
export function buildTargets(
  file: FileShape,
  kinds: TargetKinds,
  peersOf: (target: string) => number,
): Record<string, TargetSpec> {
  const entries = Object.entries(file.targets).map(([name, written]) => {
    const path = ["targets", name];
    const kind = kinds[name] ?? "peer";
    if (typeof written === "string") return [name, running(kind, written, path)] as const;
    if (written.start !== undefined) {
      return [name, started(file, written, { path, kind, kinds, peers: peersOf(name) })] as const;
    }
    refuseStartKeys(written, path);
    const key = kind === "tracker" ? "tracker" : kind;
    return [name, running(kind, written[key] ?? "", [...path, key])] as const;
  });
  return Object.fromEntries(entries);
}

function refuseStartKeys(written: FileTarget, path: Path): void {
  const key = startKeys.find((name) => written[name] !== undefined);
  if (key === undefined) return;
  const place = [...path, key];
  throw keyFault(place, "has a meaning beside start only");
}

function running(kind: TargetKind, address: string, path: Path): TargetSpec {
  const isSound = kind === "tracker" ? isUrl(address) : isHostPort(address);
  if (isSound) return { from: "address", kind, address };
  const url =
    "the announce URL of a tracker such as http://127.0.0.1:6969/announce or udp://127.0.0.1:6969";
  const hostPort = "HOST:PORT such as 127.0.0.1:6881 or [::1]:6881";
  const programs = `a program to start, in a file as { start: ours }: ${programNames.join(", ")}`;
  const allowed = kind === "tracker" ? url : `${hostPort}, the URL of a tracker, or ${programs}`;
  const { message } = wrongValue(path, address, allowed);
  throw new ContentFault(path, `${message}${suggestion(address.slice(0, 60), programNames)}`);
}

function isUrl(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && trackerSchemes.includes(url.protocol) && url.hostname !== "";
}

function isHostPort(address: string): boolean {
  try {
    parseHostPort(address);
    return true;
  } catch {
    return false;
  }
}

interface StartPlace {
  readonly path: Path;
  readonly kind: TargetKind;
  readonly kinds: TargetKinds;
  readonly peers: number;
}

function started(file: FileShape, written: FileTarget, place: StartPlace): StartedTarget {
  const { path, kind, kinds } = place;
  const program = written.start ?? "ours";
  const isTracker = trackerPrograms.includes(program);
  if (isTracker) refuseKeys(written, path, clientKeys, "a tracker");
  else refuseKeys(written, path, ["over"], "a client");
  return {
    from: "start",
    kind,
    program,
    over: isTracker ? (written.over ?? "http") : undefined,
    torrent: torrentOf(file, written, place),
    has: written.has ?? "whole",
    tracker: trackerOf(written, path, kinds),
    connections: written.connections ?? withSpare(place.peers),
  };
}

/** A tenth more than the peers of the groups, and some for the client's own use. */
function withSpare(peers: number): number {
  return peers + Math.ceil(peers / 10) + connectionsToSpare;
}

function refuseKeys(
  written: FileTarget,
  path: Path,
  keys: readonly (typeof startKeys)[number][],
  kind: string,
): void {
  for (const key of keys) {
    if (written[key] === undefined) continue;
    const place = [...path, key];
    throw keyFault(place, `has no meaning for ${kind}`);
  }
}

function torrentOf(
  file: FileShape,
  written: FileTarget,
  { path, kind }: StartPlace,
): string | undefined {
  const names = Object.keys(file.torrents ?? {});
  if (written.torrent !== undefined) {
    return knownName([...path, "torrent"], written.torrent, "torrent", names);
  }
  if (kind !== "peer") return undefined;
  if (names.length === 1) return names[0];
  const there = names.length === 0 ? "the file has none" : `the file has ${names.join(", ")}`;
  throw keyFault(path, `lacks the key "torrent", and ${there}`);
}

function trackerOf(written: FileTarget, path: Path, kinds: TargetKinds): string | undefined {
  const name = written["announces-to"];
  if (name === undefined) return undefined;
  const trackers = Object.keys(kinds).filter((key) => kinds[key] === "tracker");
  return knownName([...path, "announces-to"], name, "tracker", trackers);
}
