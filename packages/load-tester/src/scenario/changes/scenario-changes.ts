// Changes that a caller makes to a scenario file: other targets, another torrent, another seed, more budgets.

import { TroupeError } from "@troupe/control";
import { cleanText, suggestion } from "@troupe/protocol/text";
import { targetKinds, type TargetKinds } from "../build/build-targets.ts";
import type { Path } from "@troupe/yaml-file";
import type { TargetKind } from "../scenario.ts";
import type { FileShape, FileTarget, FileTorrent } from "../schema/file-shape.ts";
import { programNames, trackerPrograms, trackerProtocols } from "../schema/target-schema.ts";

/** Changes to a file. */
export interface ScenarioChanges {
  /** `A` or `NAME=A`; A is HOST:PORT, the URL of a tracker, or a program to start: `libtorrent`, `udp:opentracker`. */
  readonly targets?: readonly string[];
  /** In place of the only torrent; absolute paths. */
  readonly torrent?: { readonly file: string; readonly data: string | undefined };
  readonly seed?: number;
  /** Added to those of the file. */
  readonly budgets?: readonly string[];
}

/** @throws TroupeError `scenario-malformed` for a target or a torrent that the file has no place for. */
export function changeFile(file: FileShape, changes: ScenarioChanges): FileShape {
  const { targets = [], torrent, seed, budgets = [] } = changes;
  return {
    ...file,
    ...(seed !== undefined && { seed }),
    targets: targets.reduce(withTarget, file.targets),
    ...(torrent !== undefined && { torrents: withTorrent(file.torrents ?? {}, torrent) }),
    ...(budgets.length > 0 && { budgets: [...(file.budgets ?? []), ...budgets] }),
  };
}

/** Whether anything is changed. */
export function hasChanges({
  targets = [],
  torrent,
  seed,
  budgets = [],
}: ScenarioChanges): boolean {
  return targets.length > 0 || torrent !== undefined || seed !== undefined || budgets.length > 0;
}

/** The option of the command line whose value lies at a path of the changed file; undefined: the file's own. */
export function optionOfChange(
  [part, name]: Path,
  file: FileShape,
  changed: FileShape,
): string | undefined {
  switch (part) {
    case "targets":
      return changed.targets[`${name}`] === file.targets[`${name}`] ? undefined : "--target";
    case "torrents":
      return changed.torrents === file.torrents ? undefined : "--torrent";
    case "budgets":
      return Number(name) >= (file.budgets ?? []).length ? "--budget" : undefined;
    case "seed":
      return changed.seed === file.seed ? undefined : "--random-seed";
    default:
      return undefined;
  }
}

/** The target that a text stands for, as a file writes it. */
export function writtenTarget(text: string, kind: TargetKind): FileTarget {
  const started = startedBy(text);
  if (started === undefined) return { [kind]: text };
  return { ...started, ...(kind === "dht" && { as: kind }) };
}

/** The torrent, as a file writes it. */
export function writtenTorrent({
  file,
  data,
}: NonNullable<ScenarioChanges["torrent"]>): FileTorrent {
  return { file, ...(data !== undefined && { data }) };
}

function withTarget(targets: FileShape["targets"], change: string): FileShape["targets"] {
  const kinds = targetKinds(targets);
  const [, named, rest = change] = /^([A-Za-z][A-Za-z0-9_-]{0,39})=(.*)$/.exec(change) ?? [];
  const name = named === undefined ? onlyFitting(kinds, rest) : knownTarget(kinds, named);
  const kind = kinds[name] ?? "peer";
  const earlier = targets[name];
  const started = startedBy(rest);
  const isStarted = typeof earlier === "object" && earlier.start !== undefined;
  // Another program gets the settings of the file.
  const target =
    started !== undefined && isStarted ? { ...earlier, ...started } : writtenTarget(rest, kind);
  return { ...targets, [name]: target };
}

/** `PROGRAM`, and of a tracker also `PROTOCOL:PROGRAM`. */
function startedBy(text: string): Pick<FileTarget, "start" | "over"> | undefined {
  const over = trackerProtocols.find((protocol) => text.startsWith(`${protocol}:`));
  const name = over === undefined ? text : text.slice(over.length + 1);
  const start = programNames.find((program) => program === name);
  if (start === undefined || (over !== undefined && !trackerPrograms.includes(start))) return;
  return { start, ...(over !== undefined && { over }) };
}

function knownTarget(kinds: TargetKinds, name: string): string {
  const known = Object.keys(kinds);
  if (known.includes(name)) return name;
  const sentence = `the scenario has no target "${cleanText(name, 60)}"; there are ${known.join(", ")}`;
  throw refused(`${sentence}${suggestion(name, known)}`);
}

function onlyFitting(kinds: TargetKinds, text: string): string {
  const program = startedBy(text)?.start;
  const isTracker =
    program === undefined ? text.includes("://") : trackerPrograms.includes(program);
  const fitting = Object.keys(kinds).filter((name) => (kinds[name] === "tracker") === isTracker);
  const [only, second] = fitting;
  if (only !== undefined && second === undefined) return only;
  const shown = cleanText(text, 60);
  if (only !== undefined) {
    throw refused(
      `write NAME=${shown}, because the scenario has the targets ${fitting.join(", ")}`,
    );
  }
  const kind = isTracker ? "tracker" : "client or DHT node";
  const there = Object.keys(kinds).map((name) => `${name} (${kinds[name]})`);
  throw refused(
    `"${shown}" names a ${kind}, and the scenario has none; there are ${there.join(", ")}`,
  );
}

function withTorrent(
  torrents: NonNullable<FileShape["torrents"]>,
  torrent: NonNullable<ScenarioChanges["torrent"]>,
): NonNullable<FileShape["torrents"]> {
  const names = Object.keys(torrents);
  const [only, second] = names;
  if (only === undefined || second !== undefined) {
    throw refused(
      `a torrent takes the place of the only torrent, and the scenario has ${names.length}`,
    );
  }
  return { [only]: writtenTorrent(torrent) };
}

function refused(reason: string): TroupeError {
  return new TroupeError("scenario-malformed", `cannot change the scenario: ${reason}`);
}
