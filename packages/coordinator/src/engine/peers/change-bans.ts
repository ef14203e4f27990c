import { join } from "node:path";
import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import { mostBans, type ApiProtocol } from "@troupe/messages";
import { databaseFile } from "../../state-database.ts";
import type { Engine } from "../base/engine-state.ts";
import { callRecordsForUser } from "../base/records-calls.ts";
import { sendIpFilter } from "./ip-filter.ts";

type Services = Pick<Engine, "context" | "network" | "options" | "peerWorkers" | "records">;

/** Changes the bans, in force at once, and saves them. @returns All bans; a refusal when they could not be saved. */
export async function changeBans(
  engine: Services,
  changes: MessageOf<ApiProtocol, "change-bans">,
): Promise<ReplyOf<ApiProtocol, "change-bans">> {
  const { bans } = engine.network;
  if (!bans.hasRoomFor(changes)) {
    const message = `cannot ban more addresses: allowed are ${mostBans} addresses and prefixes`;
    return { refused: "too-many-bans", message };
  }
  if (changes.added.length + changes.lifted.length > 0) {
    bans.change(changes);
    sendIpFilter(engine);
  }
  const refusal = await syncBans(engine);
  return refusal ?? { bans: bans.list };
}

/** Saves, at the end of the engine, the changes of bans that are not saved yet. */
export async function saveLastBans(engine: Services, deadlineMs: number): Promise<void> {
  if (!engine.network.bans.hasWaiting) return;
  const refusal = await syncBans(engine, deadlineMs);
  if (refusal !== undefined) engine.context.log("warn", "bans-not-saved", { ...refusal });
}

/** Saves what waits, and takes the bans that other programs have saved. @returns A refusal of the state folder. */
export async function syncBans(
  engine: Services,
  deadlineMs?: number,
): Promise<{ readonly refused: string; readonly message?: string } | undefined> {
  const { stateDirectory } = engine.options;
  const { bans } = engine.network;
  const { hasWaiting, waiting: sent } = bans;
  if (stateDirectory === undefined) {
    bans.settle(sent, bans.list);
    return undefined;
  }
  const database = join(stateDirectory, databaseFile);
  const answer = await callRecordsForUser(engine, "change-bans", { database, ...sent }, deadlineMs);
  if ("refused" in answer) return answer;
  if (bans.settle(sent, answer.bans)) sendIpFilter(engine);
  if (hasWaiting && !bans.hasWaiting) engine.context.emit("bans-saved", {});
  return undefined;
}
