// The methods about groups of torrents with limits of their own.

import type { LiveEngineSettings } from "@troupe/control";
import type { RpcCall, RpcMethod } from "../call.ts";
import type { Values } from "../values.ts";
import { argumentErrors } from "../constants.ts";
import { defaults } from "../defaults.ts";
import { limitChange } from "../limit-change.ts";
import type { Parameters } from "../parameters.ts";
import { RpcError } from "../rpc-error.ts";
import { rateOf, speedOf } from "../units.ts";
import { engineTurn } from "./session-set.ts";

type Groups = NonNullable<LiveEngineSettings["groups"]>;

/** The limits of a group as the settings have them. */
interface GroupLimits {
  readonly down?: number;
  readonly up?: number;
}

const groupGet: RpcMethod = {
  hasEffects: false,
  answer: async ({ calls, memory, parameters }) => {
    const asked = askedGroups(parameters);
    const { groups = {} } = await memory.engine.now(calls);
    const all: [string, object][] = Object.entries(groups);
    const shown = all.filter(([name]) => asked?.includes(name) ?? true);
    return { group: shown.map(([name, group]) => shownGroup(name, limitsOf(group))) };
  },
};

const groupSet: RpcMethod = {
  hasEffects: true,
  answer: async (call) =>
    await call.memory.turns.take(engineTurn, async () => await setGroup(call)),
};

async function setGroup({ calls, memory, parameters }: RpcCall): Promise<Values> {
  const name = parameters.text("name")?.trim() ?? "";
  if (name === "") throw new RpcError("invalid-params", { text: "No group name given" });
  if (parameters.flag("honors_session_limits") === false) {
    const { text } = argumentErrors["group_set honors_session_limits"];
    throw new RpcError("system", { text });
  }
  const { groups = {} } = await memory.engine.now(calls);
  const before: object | undefined = Object.hasOwn(groups, name) ? groups[name] : undefined;
  const group = { ...before, limits: changedLimits(limitsOf(before), parameters) };
  await calls.run("set-engine", { groups: withGroup(groups, name, group) });
  return {};
}

/** Made from entries, because a name may be `__proto__`. */
function withGroup(groups: Groups, name: string, group: object): object {
  const others = Object.entries(groups).filter(([each]) => each !== name);
  return Object.fromEntries([...others, [name, group]]);
}

/** The names of the groups that a call asks for; undefined: all. The page of the protocol and its program differ. */
function askedGroups(parameters: Parameters): readonly string[] | undefined {
  const name = parameters.has("name") ? "name" : "group";
  if (!parameters.has(name)) return undefined;
  if (Array.isArray(parameters.value(name))) return parameters.texts(name);
  const text = parameters.text(name);
  return text === undefined ? undefined : [text];
}

function limitsOf(group: object | undefined): GroupLimits {
  const { limits = {} } = (group ?? {}) as { readonly limits?: GroupLimits };
  return limits;
}

function changedLimits(limits: GroupLimits, parameters: Parameters): GroupLimits {
  const limitAfter = (direction: "down" | "up"): GroupLimits => {
    const isOn = parameters.flag(`speed_limit_${direction}_enabled`);
    const value = parameters.whole(`speed_limit_${direction}`);
    const change = limitChange({ isOn, value }, speedNow(limits[direction]), defaults.speed);
    if (change === undefined) return {};
    return { [direction]: change === "off" ? 0 : rateOf(change) };
  };
  return { ...limits, ...limitAfter("down"), ...limitAfter("up") };
}

function shownGroup(name: string, { down, up }: GroupLimits): Values {
  return {
    honors_session_limits: true,
    name,
    speed_limit_down: speedNow(down) ?? defaults.speed,
    speed_limit_down_enabled: speedNow(down) !== undefined,
    speed_limit_up: speedNow(up) ?? defaults.speed,
    speed_limit_up_enabled: speedNow(up) !== undefined,
  };
}

function speedNow(limit = 0): number | undefined {
  return limit === 0 ? undefined : speedOf(limit);
}

/** The methods by their names. */
export const groupMethods: Readonly<Record<string, RpcMethod>> = {
  group_get: groupGet,
  group_set: groupSet,
};
