// Starts a program for a scenario, and waits until it answers.

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pause, type Ports } from "@troupe/actor-runtime";
import type { PeerTransport } from "@troupe/load-peers";
import { addressKey } from "@troupe/protocol/address";
import { withPieceLayers, wrapInfo } from "@troupe/protocol/metainfo";
import type { ReadyTarget } from "../generator/generator.messages.ts";
import type { TargetFacts } from "../results/result.ts";
import type { StartedTarget } from "../scenario/scenario.ts";
import { checkInstalled, versionOf } from "./find-program.ts";
import { putContent, type KnownTorrent } from "./payload.ts";
import { probeNode } from "./probes/probe-node.ts";
import { probeTracker } from "./probes/probe-tracker.ts";
import { probeTransports } from "./probes/probe-transports.ts";
import { GuardedProcess } from "./processes/guarded-process.ts";
import type { ClientJob, ProgramPlan } from "./programs/program.ts";
import { programs } from "./programs/programs.ts";
import { failedStart } from "./target-errors.ts";

/** Address of each started target. */
const loopback = "127.0.0.1";
/** The port of `discard`, at which nothing listens. */
const silentTracker = "http://127.0.0.1:9/announce";
const probePauseMs = 100;
/** A client reads, hashes and sometimes copies its content before it answers. */
const startMs = 30_000;
const checkedBytesPerMs = 20_000;

/** Parts of a start. */
export interface StartParts {
  /** Ruled. */
  readonly ports: Ports;
  readonly name: string;
  readonly spec: StartedTarget;
  readonly torrent: KnownTorrent | undefined;
  /** Transports that peers dial it over. */
  readonly transports: readonly [PeerTransport, ...PeerTransport[]];
  readonly trackerUrl: string | undefined;
  /** Torrents that a tracker must serve. */
  readonly infoHashes: readonly string[];
  readonly ownCommand: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** A program that answers. */
interface StartedProgram extends AsyncDisposable {
  readonly ready: ReadyTarget;
  readonly facts: TargetFacts;
  readonly process: GuardedProcess;
}

/** @throws rejects with `program-not-installed`, `target-failed`, `too-little-space`, with nothing left behind. */
export async function startTarget(parts: StartParts): Promise<StartedProgram> {
  const { name, spec, ownCommand } = parts;
  const client = await versionOf(name, spec.program, programs[spec.program], ownCommand);
  const folder = mkdtempSync(join(tmpdir(), "troupe-load-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const at = {
    host: loopback,
    port: await freePort(parts),
    controlPort: await freeTcpPort(parts),
  };
  const plan = await prepare(parts, folder, at);
  const process = stack.use(await GuardedProcess.start({ ...plan, folder }));
  const ready = readyTarget(parts, at);
  await untilReady(parts, process, ready);
  const moved = stack.move();
  return {
    ready,
    process,
    facts: {
      name,
      address: addressKey(at.host, at.port),
      client,
      settings: plan.settings,
      remarks: plan.remarks,
      isLocal: true,
      baseRssBytes: undefined,
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** An address, and a port of 127.0.0.1 for the program's own interface. */
interface Place {
  readonly host: string;
  readonly port: number;
  readonly controlPort: number;
}

async function freePort({ ports, spec }: StartParts): Promise<number> {
  if (spec.kind !== "dht") return await freeTcpPort({ ports });
  const socket = await ports.datagrams.bind({ host: loopback, port: 0 }, { received: () => {} });
  socket.close();
  return socket.address.port;
}

/** The system does not give the port out again soon. */
async function freeTcpPort({ ports }: Pick<StartParts, "ports">): Promise<number> {
  const listener = await ports.sockets.listen({ host: loopback, port: 0 }, () => ({
    bytes: () => {},
    closed: () => {},
  }));
  await listener.close();
  return listener.address.port;
}

/** Puts settings, .torrent and content into the folder. */
async function prepare(parts: StartParts, folder: string, at: Place): Promise<ProgramPlan> {
  const { spec, torrent, transports, name, ports, infoHashes, ownCommand, signal } = parts;
  const settings = join(folder, "settings");
  // Some programs give up their rights before they read their settings.
  for (const path of [settings, join(folder, "data")]) mkdirSync(path, { mode: 0o755 });
  chmodSync(folder, 0o755);
  const job = torrent && writeTorrent(parts, torrent, folder);
  if (job?.has === "whole" && torrent !== undefined) {
    const target = { name, program: spec.program };
    await putContent(ports, target, torrent, job.dataFolder, signal);
  }
  const program = programs[spec.program];
  const { connections } = spec;
  const hasUtp = transports.includes("utp");
  const task = { ...at, connections, hasUtp, job, infoHashes, ownCommand, folder: settings };
  const plan = program.plan(task);
  checkInstalled(name, plan.command[0] ?? "", program);
  for (const [path, text] of Object.entries(plan.files ?? {})) {
    writeFileSync(placeIn(settings, path), text, { mode: 0o644 });
  }
  if (plan.torrentCopy !== undefined && job !== undefined) {
    copyFileSync(job.torrentFile, placeIn(settings, plan.torrentCopy));
  }
  return plan;
}

function placeIn(folder: string, path: string): string {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  return place;
}

/** With the scenario's tracker alone: none of the torrent's own is announced to. */
function writeTorrent(
  { spec, trackerUrl }: StartParts,
  { ready, metainfo }: KnownTorrent,
  folder: string,
): ClientJob {
  const { start, end } = metainfo.infoSpan;
  const info = ready.metainfo.subarray(start, end);
  const needed = programs[spec.program].needsTracker === true ? silentTracker : undefined;
  const announce = trackerUrl ?? needed;
  const trackers = announce === undefined ? [] : [[announce]];
  const torrentFile = join(folder, "load.torrent");
  const bare = wrapInfo({ info, trackers });
  // A torrent whose layers are absent is given without them: its client requests them of peers.
  const hasLayers = metainfo.trees !== undefined && metainfo.pieceHashes.areNodesKnown;
  writeFileSync(torrentFile, hasLayers ? withPieceLayers(bare, metainfo) : bare);
  return { torrentFile, dataFolder: join(folder, "data"), has: spec.has };
}

function readyTarget({ name, spec }: StartParts, { host, port }: Place): ReadyTarget {
  const url =
    spec.kind === "tracker"
      ? `${spec.over ?? "http"}://${addressKey(host, port)}/announce`
      : undefined;
  return { name, kind: spec.kind, host, port, url };
}

async function untilReady(
  parts: StartParts,
  process: GuardedProcess,
  ready: ReadyTarget,
): Promise<void> {
  const { ports, name, spec, torrent, signal } = parts;
  const lengthBytes = torrent?.metainfo.geometry.totalBytes ?? 0;
  const limitMs = startMs + lengthBytes / checkedBytesPerMs;
  const beganMs = ports.clock.nowMs();
  for (;;) {
    signal?.throwIfAborted();
    // One probe after the other.
    // oxlint-disable-next-line no-await-in-loop
    const missing = await missingAnswer(parts, ready);
    if (missing === undefined) return;
    const spentMs = ports.clock.nowMs() - beganMs;
    if (process.hasEnded || spentMs > limitMs) {
      const reason = process.hasEnded ? "it ended" : `it is not ready: ${missing}`;
      const tail = process.tail();
      throw failedStart(
        name,
        spec.program,
        tail === "" ? reason : `${reason}; its output: ${tail}`,
      );
    }
    // oxlint-disable-next-line no-await-in-loop
    await pause(ports.timers, probePauseMs);
  }
}

/** @returns Undefined when the target is ready; else the reason. */
async function missingAnswer(
  { ports, spec, torrent, transports }: StartParts,
  { host, port, url = "" }: ReadyTarget,
): Promise<string | undefined> {
  if (spec.kind === "tracker") return await probeTracker(ports, url, { host, port });
  if (spec.kind === "dht") return await probeNode(ports, { host, port });
  if (torrent === undefined) return "it has no torrent";
  const { pieceCount } = torrent.metainfo.geometry;
  const wanted = spec.has === "whole" ? pieceCount : 0;
  const question = { torrent: torrent.metainfo, wanted, transports };
  const answer = await probeTransports(ports, { host, port }, question);
  const over = answer.transport === "utp" ? "over uTP " : "";
  if (answer.kind === "failed") return `${over}${answer.reason}`;
  if (answer.haves >= wanted) return undefined;
  return `it has ${answer.haves} of ${pieceCount} pieces`;
}
