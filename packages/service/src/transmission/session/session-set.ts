// The method session_set: live settings of the engine, in one change.

import { encryptionIn } from "./session-encryption.ts";
import { transportAfter } from "./session-transport.ts";
import { spelled } from "@troupe/control";
import { nestedSettings } from "@troupe/control/commands";
import type { RpcMethod } from "../call.ts";
import type { Values } from "../values.ts";
import { fixedSettings, sessionConstants } from "../constants.ts";
import { tiersIn } from "../fields/trackers.ts";
import { limitChange } from "../limit-change.ts";
import { requireAbsolute } from "../methods/torrent-paths.ts";
import type { Parameters } from "../parameters.ts";
import { RpcError } from "../rpc-error.ts";
import { dataDirectory } from "../../routes/service-facts.ts";
import { scheduleAfter } from "./alt-speed.ts";
import { sessionFields, type SessionState } from "./session-fields.ts";
import { sessionState } from "./session-methods.ts";
import { limitNow, sessionLimits } from "./session-limits.ts";

/** The thing that changes of the engine wait for. */
export const engineTurn = "engine";

/** Settings that may be named and not changed. */
const unchangeable: readonly string[] = [...sessionConstants, ...fixedSettings].map(
  ({ name }) => name,
);

/** The method. Limits and periods change from what they are: calls wait for each other. */
export const sessionSet: RpcMethod = {
  hasEffects: true,
  answer: async (call) =>
    await call.memory.turns.take(engineTurn, async () => {
      const { calls, parameters } = call;
      const named = unchangeable.filter((name) => parameters.has(name));
      const state = await sessionState(call, named);
      refuseUnchangeable(parameters, state);
      const changes = changesOf(parameters, state);
      if (Object.keys(changes).length > 0) await calls.run("set-engine", nestedSettings(changes));
      return {};
    }),
};

/** Clients may send all settings back: the values that hold already are no error. @throws RpcError */
function refuseUnchangeable(parameters: Parameters, state: SessionState): void {
  const name = unchangeable.find(
    (each) => parameters.has(each) && !isValueNow(each, parameters, state),
  );
  if (name === undefined) return;
  const now = JSON.stringify(sessionFields.get(name)?.(state));
  const text = `cannot set ${name} to ${spelled(parameters.value(name))}: this service has ${now}, which no call changes`;
  throw new RpcError("system", { text });
}

function isValueNow(name: string, parameters: Parameters, state: SessionState): boolean {
  const now = sessionFields.get(name)?.(state);
  const given = typeof now === "boolean" ? parameters.flag(name) : parameters.value(name);
  return JSON.stringify(given) === JSON.stringify(now);
}

function changesOf(parameters: Parameters, state: SessionState): Values {
  const { engine } = state;
  const schedule = scheduleAfter(engine["limits.schedule"] ?? [], parameters);
  const trackers = parameters.text("default_trackers");
  const maxConnections = parameters.whole("peer_limit_global");
  const maxPeers = parameters.whole("peer_limit_per_torrent");
  const encryption = encryptionIn(parameters.text("encryption"));
  const transport = transportAfter(engine.transport, {
    isTcpOn: parameters.flag("tcp_enabled"),
    isUtpOn: parameters.flag("utp_enabled"),
    preferred: parameters.texts("preferred_transports"),
  });
  const peerExchange = parameters.flag("pex_enabled");
  const startAdded = parameters.flag("start_added_torrents");
  return {
    ...limitChanges(parameters, engine),
    ...dataDirectoryChange(parameters, state),
    ...incompleteDirectory(parameters, state),
    ...(schedule !== undefined && { "limits.schedule": schedule }),
    ...(trackers !== undefined && { defaultTrackers: [...new Set(tiersIn(trackers).flat())] }),
    ...(encryption !== undefined && { encryption }),
    ...(transport !== undefined && { transport }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(maxPeers !== undefined && { maxPeers }),
    ...(peerExchange !== undefined && { peerExchange }),
    ...(startAdded !== undefined && { startAdded }),
  };
}

function limitChanges(parameters: Parameters, engine: SessionState["engine"]): Values {
  const changes = sessionLimits.flatMap((limit) => {
    const given = { isOn: parameters.flag(limit.isOn), value: valueIn(parameters, limit.value) };
    const change = limitChange(given, limitNow(limit, engine), limit.preset);
    if (change === undefined) return [];
    return [[limit.setting, change === "off" ? limit.off : limit.settingOf(change)] as const];
  });
  return Object.fromEntries(changes);
}

/** A ratio has a fraction; all other limits are whole. */
function valueIn(parameters: Parameters, name: string): number | undefined {
  return name === "seed_ratio_limit" ? parameters.figure(name) : parameters.whole(name);
}

/** The data folder of torrents that are added later. The folder in force stays that of the settings file. */
function dataDirectoryChange(parameters: Parameters, { engine, facts }: SessionState): Values {
  const directory = parameters.text("download_dir");
  if (directory === undefined || directory === dataDirectory(engine, facts)) return {};
  return { directory: requireAbsolute(directory, "download directory path") };
}

/** The folder of unfinished torrents, by the rule of {@link limitChange}. */
function incompleteDirectory(parameters: Parameters, { engine, facts }: SessionState): Values {
  const isOn = parameters.flag("incomplete_dir_enabled");
  const given = parameters.text("incomplete_dir") || undefined;
  const folder = given && requireAbsolute(given, "incomplete torrents directory path");
  const { incompleteDirectory: now } = engine;
  if (isOn === false) return { incompleteDirectory: null };
  if (isOn === true) return { incompleteDirectory: folder ?? now ?? dataDirectory(engine, facts) };
  return now === undefined || folder === undefined ? {} : { incompleteDirectory: folder };
}
