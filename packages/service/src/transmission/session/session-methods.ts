// The methods session_get, session_stats and session_close, and those about the network of the session.

import { outOfRange } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";
import type { RpcCall, RpcMethod } from "../call.ts";
import type { Values } from "../values.ts";
import { methodErrors, statisticsConstants } from "../constants.ts";
import { statuses, statusOf } from "../fields/torrent-status.ts";
import { dataDirectory } from "../../routes/service-facts.ts";
import { freeSpaceIn, type FreeSpace } from "../free-space.ts";
import { requireAbsolute } from "../methods/torrent-paths.ts";
import { RpcError, rpcErrorOf } from "../rpc-error.ts";
import { sessionFields, type SessionState } from "./session-fields.ts";

const spaceUnknown: FreeSpace = { freeBytes: -1, totalBytes: -1 };

const sessionGet: RpcMethod = {
  hasEffects: false,
  answer: async (call) => {
    const asked = (call.parameters.list("fields") ?? []).flatMap((name) =>
      typeof name === "string" ? call.dialect.askedField(name) : [],
    );
    const known = asked.filter((name) => sessionFields.has(name));
    const names = asked.length === 0 ? [...sessionFields.keys()] : known;
    const state = await sessionState(call, names);
    return Object.fromEntries(names.map((name) => [name, sessionFields.get(name)?.(state)]));
  },
};

/** The state of the session; free space and the IP filter are asked for if a name needs them. */
export async function sessionState(
  { calls, memory, ports: service }: RpcCall,
  names: readonly string[],
): Promise<SessionState> {
  const facts = service.facts();
  const engine = await memory.engine.now(calls);
  const ports = await calls.run("ports", {});
  const space = names.includes("download_dir_free_space")
    ? await memory.freeSpace.recent(calls, service.timers, dataDirectory(engine, facts))
    : spaceUnknown;
  const hasFilter = names.some((name) => name.startsWith("blocklist_"));
  const filter = hasFilter ? await calls.run("ip-filter", {}) : {};
  return { engine, facts, filter, ports, space, sessionId: service.sessionIds.current };
}

const sessionStats: RpcMethod = {
  hasEffects: false,
  answer: async ({ calls }) => {
    const { rows } = await calls.view();
    const totals = await calls.run("totals", {});
    const { session, overall = session } = totals;
    // The engine counts a session when it moves its first byte, Transmission at its start.
    const isCounted = session.sessions > 0;
    const active = rows.filter((row) => statusOf(row) !== statuses.stopped).length;
    const sum = (rate: "downBytesPerSecond" | "upBytesPerSecond"): number =>
      Math.round(rows.reduce((total, row) => total + row[rate], 0));
    return {
      active_torrent_count: active,
      cumulative_stats: statistics(overall, overall.sessions + (isCounted ? 0 : 1)),
      current_stats: statistics(session, 1),
      download_speed: sum("downBytesPerSecond"),
      paused_torrent_count: rows.length - active,
      torrent_count: rows.length,
      upload_speed: sum("upBytesPerSecond"),
    };
  },
};

function statistics(totals: CommandResults["totals"]["session"], sessionCount: number): Values {
  return {
    downloaded_bytes: totals.downloadedBytes,
    seconds_active: Math.round(totals.activeSeconds),
    session_count: sessionCount,
    uploaded_bytes: totals.uploadedBytes,
    ...Object.fromEntries(statisticsConstants.map(({ name, value }) => [name, value] as const)),
  };
}

/** Stops the engine, for a caller on this machine. */
const sessionClose: RpcMethod = {
  hasEffects: true,
  answer: async ({ calls }) => {
    await calls.run("close", {});
    return {};
  },
};

const freeSpace: RpcMethod = {
  hasEffects: false,
  answer: async ({ calls, parameters }) => {
    const path = parameters.text("path");
    if (path === undefined)
      throw new RpcError("invalid-params", { text: "directory path argument is missing" });
    requireAbsolute(path, "directory path");
    try {
      const { freeBytes, totalBytes } = await freeSpaceIn(calls, path);
      return { path, size_bytes: freeBytes, total_size: totalBytes };
    } catch (error) {
      const { fault, message: text, status } = rpcErrorOf(error);
      const result = { path, size_bytes: -1, total_size: -1 };
      throw new RpcError(fault, { text, result, status });
    }
  },
};

const noFilter = "Couldn't fetch blocklist: the settings of this service name no IP filter";

const blocklistUpdate: RpcMethod = {
  hasEffects: true,
  answer: async ({ calls }) => {
    const { ipFilter } = await calls.run("update-ip-filter", {}).catch((error: unknown) => {
      const { message: text, status } = rpcErrorOf(error);
      throw new RpcError("http", { text: `Couldn't fetch blocklist: ${text}`, status });
    });
    if (ipFilter !== undefined) return { blocklist_size: ipFilter.ranges };
    throw new RpcError("http", { text: noFilter });
  },
};

const protocols: readonly string[] = ["ipv4", "ipv6"];

const portTest: RpcMethod = {
  hasEffects: false,
  answer: ({ parameters }) => {
    const protocol = parameters.text("ip_protocol");
    if (protocol !== undefined && !protocols.includes(protocol))
      throw outOfRange("ip_protocol", protocol, protocols.join(" or "));
    const result = protocol === undefined ? {} : { ip_protocol: protocol };
    throw new RpcError("http", { text: methodErrors.port_test.text, result });
  },
};

/** The methods by their names. */
export const sessionMethods: Readonly<Record<string, RpcMethod>> = {
  blocklist_update: blocklistUpdate,
  free_space: freeSpace,
  port_test: portTest,
  session_close: sessionClose,
  session_get: sessionGet,
  session_stats: sessionStats,
};
