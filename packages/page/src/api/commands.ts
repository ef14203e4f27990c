// The commands of the service, typed by its table of commands.

import type { CommandName, CommandResults } from "@troupe/control/commands";
import { getResult, post } from "./request.ts";
import { resultOf, type Result, type ResultBody } from "./result.ts";

/** Questions about a torrent that have a path of their own; the service shares an answer for a second. */
type Question = Extract<
  CommandName,
  | "files"
  | "peers"
  | "piece-origins"
  | "pieces"
  | "settings"
  | "swarm"
  | "tiers"
  | "web-seeds"
  | "why"
>;

/** Runs a command. The rows that it changed come by the stream of events. */
export async function run<Name extends CommandName>(
  name: Name,
  given: object,
): Promise<Result<CommandResults[Name]>> {
  return resultOf(await post<ResultBody<CommandResults[Name]>>(`commands/${name}`, given));
}

/** Asks about a torrent. */
export async function ask<Name extends Question>(
  name: Name,
  torrent: string,
  signal?: AbortSignal,
): Promise<Result<CommandResults[Name]>> {
  return await getResult<CommandResults[Name]>(`torrents/${torrent}/${name}`, signal);
}

/** Asks a question that names no torrent. */
export async function question<Name extends CommandName>(
  name: Name,
  signal?: AbortSignal,
): Promise<Result<CommandResults[Name]>> {
  return await getResult<CommandResults[Name]>(`commands/${name}`, signal);
}
