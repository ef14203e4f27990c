// Groups of a scenario, from the words of the file.

import { scrapeUrl } from "@troupe/protocol/tracker";
import { keyFault, wrongValue, type Path } from "@troupe/yaml-file";
import type {
  Group,
  GroupLoad,
  Phase,
  Stay,
  TargetKind,
  TargetSpec,
  TorrentSpec,
} from "../scenario.ts";
import type { FileGroup, FileShape } from "../schema/file-shape.ts";
import { programsWithoutUtp } from "../schema/target-schema.ts";
import { buildArrival, buildStay } from "./build-arrival.ts";
import { buildLoad, runLength } from "./build-load.ts";
import type { TargetKinds } from "./build-targets.ts";
import { knownName } from "./names.ts";
import { optionalTime } from "./quantities.ts";

const leastPauseMs = 10;
const leastTimeoutMs = 100;
const blockTimeoutMs = 30_000;
const answerTimeoutMs = 15_000;

/** Parts of the scenario that groups refer to. */
interface GroupContext {
  readonly file: FileShape;
  readonly folder: string;
  readonly kinds: TargetKinds;
  readonly phases: readonly Phase[];
  readonly torrents: Readonly<Record<string, TorrentSpec>>;
}

/** The target of each group. @throws ContentFault */
export function groupTargets(
  file: FileShape,
  kinds: TargetKinds,
): Readonly<Record<string, string>> {
  const entries = Object.entries(file.groups);
  return Object.fromEntries(
    entries.map(([name, group]) => [name, targetOf(group, ["groups", name], kinds)]),
  );
}

function targetOf(group: FileGroup, path: Path, kinds: TargetKinds): string {
  const kind = targetKindOf(group);
  const fitting = Object.keys(kinds).filter((name) => kinds[name] === kind);
  if (group.target === undefined) {
    const [only, second] = fitting;
    if (only !== undefined && second === undefined) return only;
    const names = only === undefined ? Object.keys(kinds) : fitting;
    const there = `the file has ${names.map((name) => `${name} (${kindWords[kinds[name] ?? kind]})`).join(", ")}`;
    throw keyFault(path, `lacks the key "target": a ${spellKind(kind)}, and ${there}`);
  }
  const place = [...path, "target"];
  const name = knownName(place, group.target, "target", Object.keys(kinds));
  if (fitting.includes(name)) return name;
  throw wrongValue(
    place,
    name,
    `a ${spellKind(kind)}, because the behaviour is ${group.behaviour}`,
  );
}

function targetKindOf({ behaviour }: FileGroup): TargetKind {
  return behaviour === "tracker" || behaviour === "dht" ? behaviour : "peer";
}

const kindWords = { peer: "a client", tracker: "a tracker", dht: "a DHT node" } as const;

function spellKind(kind: TargetKind): string {
  return `target that is ${kindWords[kind]}`;
}

/** @throws ContentFault */
export function buildGroup(
  name: string,
  written: FileGroup,
  target: { readonly name: string; readonly spec: TargetSpec | undefined },
  context: GroupContext,
): Group {
  const path = ["groups", name];
  const durationMs = runLength(context.phases);
  const { count, arrival = "at-once" } = written;
  const stay = buildStay(written.stay, [...path, "stay"]);
  const load = buildLoad(written, {
    path,
    phases: context.phases,
    torrent: torrentOf(written, path, target.spec, context),
  });
  refuseEndlessStay(written, stay, path);
  refuseAbsence(written, stay, load, path);
  refuseScrapes(written, target.spec, load, path);
  refuseTransport(target.spec, load, path);
  const timeoutMs = optionalTime([...path, "timeout"], written.timeout, leastTimeoutMs);
  return {
    name,
    target: target.name,
    count,
    arrival: buildArrival(arrival, {
      path: [...path, "arrival"],
      count,
      durationMs,
      folder: context.folder,
    }),
    stay,
    againAfterMs: againOf(written, stay, path),
    retryAfterMs: optionalTime([...path, "retry-after"], written["retry-after"], leastPauseMs),
    timeoutMs: timeoutMs ?? (load.kind === "peers" ? blockTimeoutMs : answerTimeoutMs),
    handshakeTimeoutMs: timeoutMs ?? answerTimeoutMs,
    load,
  };
}

function torrentOf(
  written: FileGroup,
  path: Path,
  target: TargetSpec | undefined,
  { torrents }: GroupContext,
) {
  if (targetKindOf(written) !== "peer") return undefined;
  const names = Object.keys(torrents);
  const own = target?.from === "start" ? target.torrent : undefined;
  const only = names.length === 1 ? names[0] : undefined;
  const name = written.torrent ?? own ?? only;
  if (name === undefined) {
    const there =
      names.length === 0 ? "the file has no torrents" : `the file has ${names.join(", ")}`;
    throw keyFault(path, `lacks the key "torrent", and ${there}`);
  }
  const known = knownName([...path, "torrent"], name, "torrent", names);
  return { name: known, spec: torrents[known] };
}

/** Only peers that take pieces become whole, and only peers that give have a ratio. */
function refuseEndlessStay(written: FileGroup, stay: Stay, path: Path): void {
  const { behaviour, load, take } = written;
  const takes = behaviour === "leecher" || behaviour === "partial" || behaviour === "free-rider";
  if (stay.kind === "whole" && !(takes && load?.rate === undefined && take !== "endless")) {
    throw wrongValue(
      [...path, "stay"],
      "whole",
      "end or a time, because these peers never become whole",
    );
  }
  const gives = behaviour === "leecher" || behaviour === "partial" || behaviour === "seeder";
  if (stay.kind === "ratio" && !gives) {
    throw wrongValue(
      [...path, "stay"],
      written.stay,
      "end, whole or a time, because these peers give nothing",
    );
  }
}

/** An open load draws actions for all peers of its group, and charges the target for each without an answer. */
function refuseAbsence(written: FileGroup, stay: Stay, load: GroupLoad, path: Path): void {
  if (load.kind !== "peers" || load.pace.kind !== "rate" || stay.kind === "end") return;
  const allowed =
    "end beside load.rate, because peers that have left answer no action; write a group of its own for peers that come and go";
  throw wrongValue([...path, "stay"], written.stay, allowed);
}

/** @throws ContentFault for scrapes of a tracker that cannot be asked for any (BEP 48). */
function refuseScrapes(
  written: FileGroup,
  target: TargetSpec | undefined,
  load: GroupLoad,
  path: Path,
): void {
  if (load.kind !== "tracker" || load.scrapes === 0 || target?.from !== "address") return;
  const { address } = target;
  if (!/^https?:/iu.test(address) || scrapeUrl(address, []) !== undefined) return;
  const allowed = `0%, because the last part of the path of ${address} does not begin with "announce": such a tracker has no URL for scrapes`;
  throw wrongValue([...path, "scrapes"], written.scrapes, allowed);
}

/** @throws ContentFault for peers over uTP at a program that has none. */
function refuseTransport(target: TargetSpec | undefined, load: GroupLoad, path: Path): void {
  if (load.kind !== "peers" || load.transport === "tcp" || target?.from !== "start") return;
  if (!programsWithoutUtp.includes(target.program)) return;
  throw wrongValue(
    [...path, "transport"],
    load.transport,
    `tcp, because ${target.program} has no uTP`,
  );
}

function againOf(written: FileGroup, stay: Stay, path: Path): number | undefined {
  const place = [...path, "again-after"];
  const againAfterMs = optionalTime(place, written["again-after"], leastPauseMs);
  if (againAfterMs === undefined) return undefined;
  if (stay.kind !== "end" && stay.kind !== "whole" && stay.kind !== "ratio") return againAfterMs;
  throw keyFault(
    place,
    `needs a stay that is a time, exponential or log-normal, because the seed draws all times beforehand`,
  );
}
