// The gate of a scenario that comes to an agent. The leader has read it from a file already; an agent believes nothing of that.

import { checkTotals } from "../../scenario/build/check-totals.ts";
import { ContentFault } from "../../scenario/file/scenario-fault.ts";
import { programNames, trackerProtocols } from "../../scenario/schema/target-schema.ts";
import {
  list,
  maybe,
  number,
  record,
  ShapeError,
  table,
  text,
  variant,
  whole,
  word,
  yesOrNo,
  type Reader,
} from "./shape.ts";
import type {
  Abort,
  Arrival,
  DhtLoadSpec,
  Group,
  GroupLoad,
  HostileLoadSpec,
  NetworkSpec,
  Pace,
  PeerLoadSpec,
  Phase,
  Scenario,
  StartedTarget,
  Stay,
  TargetSpec,
  TorrentSpec,
  TrackerLoadSpec,
} from "../../scenario/scenario.ts";

const name = text(100);
const time = number(0, 1e12);
const rate = number(0, 1e12);
/** Events a second: without any, the plan would never end. */
const frequency = number(1e-6, 1e9);
const share = number(0, 1);
const mostPeers = 20_000;
const mostNames = 1_000;
const mostTimes = 200_000;
const sentences = 1_000;

const kind = word("peer", "tracker", "dht");

const started: Reader<StartedTarget> = record<StartedTarget>({
  from: word("start"),
  kind,
  program: word(...programNames),
  over: maybe(word(...trackerProtocols)),
  torrent: maybe(name),
  has: word("whole", "nothing"),
  tracker: maybe(name),
  connections: whole(0, 1e6),
  network: maybe(
    record<NetworkSpec>({
      prefix: text(100),
      downBytesPerSecond: maybe(rate),
      upBytesPerSecond: maybe(rate),
      loss: share,
    }),
  ),
});

const target = variant<TargetSpec, "from">("from", {
  address: record({ from: word("address"), kind, address: text(2_048) }),
  start: started,
});

const torrent = variant<TorrentSpec, "from">("from", {
  pattern: record({
    from: word("pattern"),
    lengthBytes: whole(1, 2 ** 52),
    pieceLengthBytes: whole(1, 2 ** 28),
    name: text(255),
  }),
  file: record({ from: word("file"), path: text(4_096), data: maybe(text(4_096)) }),
});

const afterMs = time;
/** The kind of a group depends on the order. */
const times: Reader<readonly number[]> = (value, at) => {
  const read = list(time, mostTimes)(value, at);
  if (read.every((ms, index) => ms >= (read[index - 1] ?? 0))) return read;
  throw new ShapeError(`${at} is not ascending`);
};
const arrival: Reader<Arrival> = variant<Arrival, "kind">("kind", {
  "at-once": record({ kind: word("at-once"), afterMs }),
  constant: record({ kind: word("constant"), afterMs, perSecond: frequency }),
  ramp: record({ kind: word("ramp"), afterMs, durationMs: time }),
  poisson: record({ kind: word("poisson"), afterMs, perSecond: frequency }),
  crowd: record({ kind: word("crowd"), afterMs, halfLifeMs: time }),
  times: record({ kind: word("times"), afterMs, timesMs: times }),
});

const stay = variant<Stay, "kind">("kind", {
  end: record({ kind: word("end") }),
  whole: record({ kind: word("whole") }),
  ratio: record({ kind: word("ratio"), ratio: number(0, 1e6) }),
  fixed: record({ kind: word("fixed"), durationMs: time }),
  exponential: record({ kind: word("exponential"), meanMs: time }),
  // With a shorter median and a larger sigma a peer could come without an end.
  "log-normal": record({
    kind: word("log-normal"),
    medianMs: number(1, 1e12),
    sigma: number(0, 10),
  }),
});

const pace = variant<Pace, "kind">("kind", {
  rate: record({
    kind: word("rate"),
    perSecond: frequency,
    spacing: word("constant", "poisson"),
    fromMs: maybe(time),
    untilMs: time,
  }),
  depth: record({ kind: word("depth"), depth: whole(1, 1e6) }),
  none: record({ kind: word("none") }),
});

const pieces = record<{ readonly pieces: number }>({ pieces: whole(0, 2 ** 21) });
const take: Reader<PeerLoadSpec["take"]> = (value, at) =>
  value === undefined || value === "all" ? value : pieces(value, at);

const peers = record<PeerLoadSpec>({
  kind: word("peers"),
  behaviour: word("leecher", "seeder", "partial", "idle", "free-rider"),
  torrent: name,
  take,
  has: share,
  pace,
  downBytesPerSecond: maybe(rate),
  upBytesPerSecond: maybe(rate),
  delayMs: time,
  extensions: list(word("fast", "extended"), 2),
});

const hostile = record<HostileLoadSpec>({
  kind: word("hostile"),
  torrent: name,
  behaviours: list(name, mostNames),
  bytesPerSecond: rate,
});

const tracker = record<TrackerLoadSpec>({
  kind: word("tracker"),
  swarms: whole(1, 1e6),
  pace,
  scrapes: share,
  wanted: whole(0, 1e6),
  seeds: share,
});

const dht = record<DhtLoadSpec>({
  kind: word("dht"),
  pace,
  queries: record<DhtLoadSpec["queries"]>({
    ping: share,
    find_node: share,
    get_peers: share,
    announce_peer: share,
  }),
});

const group = record<Group>({
  name,
  target: name,
  count: whole(0, mostPeers),
  arrival,
  stay,
  againAfterMs: maybe(time),
  retryAfterMs: maybe(time),
  timeoutMs: number(100, 86_400_000),
  handshakeTimeoutMs: number(100, 86_400_000),
  load: variant<GroupLoad, "kind">("kind", { peers, hostile, tracker, dht }),
});

const shape: Reader<Scenario> = record<Scenario>({
  name: text(200),
  about: text(1_000),
  seed: number(-(2 ** 53), 2 ** 53),
  sources: text(100),
  hasOwnSources: yesOrNo,
  precise: yesOrNo,
  text: text(1024 * 1024),
  targets: table(target, mostNames),
  torrents: table(torrent, mostNames),
  groups: table(group, mostNames),
  phases: list(record<Phase>({ name, durationMs: time }), mostNames),
  budgets: list(text(1_000), sentences),
  abort: list(record<Abort>({ budget: text(1_000), afterMs: time }), sentences),
  drainMs: number(0, 5_000),
  onLostAgent: word("go-on", "fail"),
});

/** A scenario whose groups name its own targets and torrents, within the bounds of a file. @throws ShapeError */
export const scenarioShape: Reader<Scenario> = (value, at) => {
  const scenario = shape(value, at);
  for (const [key, group] of Object.entries(scenario.groups)) {
    if (group.name !== key) throw new ShapeError(`${at}.groups.${key} has another name`);
    checkNames(scenario, group, at);
  }
  if (scenario.phases.length === 0) throw new ShapeError(`${at} has no phase`);
  try {
    checkTotals(scenario);
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    throw new ShapeError(`${at} is too large: ${error.message}`);
  }
  return scenario;
};

function checkNames(scenario: Scenario, { name, target, load }: Group, at: string): void {
  if (!Object.hasOwn(scenario.targets, target)) {
    throw new ShapeError(`${at}.groups.${name} has an unknown target`);
  }
  const hasTorrent = load.kind === "peers" || load.kind === "hostile";
  if (hasTorrent && !Object.hasOwn(scenario.torrents, load.torrent)) {
    throw new ShapeError(`${at}.groups.${name} has an unknown torrent`);
  }
}
