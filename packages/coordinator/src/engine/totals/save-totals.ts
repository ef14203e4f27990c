import { join } from "node:path";
import { settlesWithin, type MessageOf, type ReplyOf } from "@troupe/actor-runtime";
import { byteTotals, type ApiProtocol, type StorageRefusal, type Totals } from "@troupe/messages";
import { databaseFile } from "../../state-database.ts";
import type { Engine } from "../base/engine-state.ts";
import { callRecordsForUser } from "../base/records-calls.ts";
import { noCounters, type CounterSums } from "../../torrent/report/traffic.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { ByteTotals } from "./session-totals.ts";

type Services = Pick<Engine, "context" | "options" | "records" | "torrents" | "totals">;

/** A glance waits no longer for the state folder. */
const glanceMs = 500;

/** The totals of this engine, and those of all runs on the state folder. */
export async function totalsNow(
  engine: Services & Pick<Engine, "network">,
  options: MessageOf<ApiProtocol, "totals"> = {},
): Promise<ReplyOf<ApiProtocol, "totals">> {
  const totals = await bothTotals(engine, options);
  const counts = engine.network.dht?.counts;
  if ("refused" in totals || counts === undefined) return totals;
  return { ...totals, dhtNodes: counts.nodes4 + counts.nodes6 };
}

async function bothTotals(
  engine: Services,
  { isGlance = false }: MessageOf<ApiProtocol, "totals">,
): Promise<ReplyOf<ApiProtocol, "totals">> {
  const session = sessionTotals(engine);
  if (isGlance) return await glanceAt(engine, session);
  const overall = await addTotals(engine, session);
  if (overall === undefined) return { session };
  return "refused" in overall ? overall : { session, overall };
}

/** The totals as lists show them: only the first question waits for the disk. */
async function glanceAt(
  engine: Services,
  session: Totals,
): Promise<ReplyOf<ApiProtocol, "totals">> {
  const { context, totals } = engine;
  if (totals.overallAt(session) === undefined && !totals.isUnderWay)
    await settlesWithin(context.timers, glanceMs, addTotals(engine, session));
  const overall = totals.overallAt(session);
  return overall === undefined ? { session } : { session, overall };
}

/**
 * Adds what is new to the totals of the state folder. A failure is a line of the log, and the next addition has the
 * amounts.
 */
export async function saveTotals(engine: Services): Promise<void> {
  const { options, totals } = engine;
  if (options.stateDirectory === undefined || !totals.isWorthSaving) return;
  await save(engine, sessionTotals(engine));
}

/** Adds what is new at the end of the engine. */
export async function saveLastTotals(engine: Services, deadlineMs: number): Promise<void> {
  const now = sessionTotals(engine);
  if (engine.totals.isNews(now)) await save(engine, now, deadlineMs);
}

async function save(engine: Services, now: Totals, deadlineMs?: number): Promise<void> {
  const answer = await addTotals(engine, now, deadlineMs);
  if (answer !== undefined && "refused" in answer)
    engine.context.log("warn", "totals-not-saved", { ...answer });
}

/** The bytes that a torrent has counted in this engine. */
export function bytesOf({ content }: Pick<TorrentJob, "content">): ByteTotals {
  return byteSums((name) => content?.traffic.total(name) ?? 0);
}

/** @returns The totals of all runs; undefined without a state folder. */
async function addTotals(
  engine: Services,
  now: Totals,
  deadlineMs?: number,
): Promise<Totals | StorageRefusal | undefined> {
  const { stateDirectory } = engine.options;
  if (stateDirectory === undefined) return undefined;
  const adding = engine.totals.begin(now);
  const database = join(stateDirectory, databaseFile);
  const message = { database, ...adding };
  const answer = await callRecordsForUser(engine, "add-totals", message, deadlineMs);
  if ("refused" in answer) return answer;
  engine.totals.settle(adding, answer.totals);
  return answer.totals;
}

/** The totals of this engine. @param counted The sums of the present torrents. */
export function sessionTotals(
  { context, torrents, totals }: Services,
  counted: ByteTotals = sumOfCounters(torrents.values()),
): Totals {
  return totals.now(counted, context.clock.nowMs());
}

function sumOfCounters(jobs: Iterable<TorrentJob>): CounterSums {
  const sums = noCounters();
  for (const { content } of jobs) content?.traffic.addCounters(sums);
  return sums;
}

function byteSums(valueOf: (name: keyof ByteTotals) => number): ByteTotals {
  const entries = byteTotals.map((name) => [name, valueOf(name)] as const);
  return Object.fromEntries(entries) as Readonly<Record<keyof ByteTotals, number>>;
}
