// The figures of all torrents together.

import { TroupeError } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";
import { errorStatus } from "../routes/error-status.ts";
import type { ServiceCalls } from "../routes/service-calls.ts";
import type { RowSums } from "../view/row-sums.ts";
import { constantsOf } from "./constants.ts";
import { engineSettingsOf, type ShownEngineSettings } from "./shown-settings.ts";
import type { TorrentFields } from "./torrent-info.ts";

type Totals = CommandResults["totals"];

/** Figures that commands give. A list answers without them while the engine restarts. */
interface EngineFigures {
  readonly engine: ShownEngineSettings;
  readonly totals: Totals | undefined;
}

const transferConstants = constantsOf("transfer/info");
const stateConstants = constantsOf("sync/maindata");

/** Asks for the figures. Of an engine that does not answer now there are none. */
export async function engineFigures(calls: ServiceCalls): Promise<EngineFigures> {
  const [engine = {}, totals] = await Promise.all([
    ifAnswering(engineSettingsOf(calls)),
    ifAnswering(calls.run("totals", {})),
  ]);
  return { engine, totals };
}

/** The field `server_state` of `sync/maindata`. */
export function serverState(sums: RowSums, figures: EngineFigures): TorrentFields {
  const { overall, session } = figures.totals ?? {};
  const { downloadedBytes = 0, uploadedBytes = 0 } = overall ?? session ?? {};
  return {
    ...stateConstants,
    ...transferInfo(sums, figures),
    alltime_dl: downloadedBytes,
    alltime_ul: uploadedBytes,
    global_ratio: shownRatio(uploadedBytes, downloadedBytes),
    total_wasted_session: session?.wastedBytes ?? sums.wastedBytes,
    total_peer_connections: sums.peers,
  };
}

/** The fields of `transfer/info`. */
export function transferInfo(
  sums: RowSums,
  { engine: { limits = {} }, totals }: EngineFigures,
): TorrentFields {
  return {
    ...transferConstants,
    dht_nodes: totals?.dhtNodes ?? 0,
    dl_info_speed: Math.round(sums.downBytesPerSecond),
    dl_info_data: totals?.session.downloadedBytes ?? sums.downloadedBytes,
    up_info_speed: Math.round(sums.upBytesPerSecond),
    up_info_data: totals?.session.uploadedBytes ?? sums.uploadedBytes,
    dl_rate_limit: limits.down ?? 0,
    up_rate_limit: limits.up ?? 0,
  };
}

function shownRatio(uploadedBytes: number, downloadedBytes: number): string {
  if (uploadedBytes === 0 || downloadedBytes === 0) return "-";
  return (Math.floor((uploadedBytes / downloadedBytes) * 100) / 100).toFixed(2);
}

/** @returns Undefined where the engine restarts, or does not answer in time. */
async function ifAnswering<Result>(command: Promise<Result>): Promise<Result | undefined> {
  try {
    return await command;
  } catch (error) {
    if (error instanceof TroupeError && errorStatus(error) >= 500) return undefined;
    throw error;
  }
}
