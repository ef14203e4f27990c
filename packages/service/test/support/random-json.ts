import type { Random } from "@troupe/actor-runtime";
import { classicName } from "../../src/transmission/names/classic-names.ts";
import { specAddArguments, specMutators, specSessionSettings } from "./transmission-keys.ts";

const names = [
  ...["ids", "fields", "format", "location", "move", "path", "name", "filename", "metainfo"],
  ...["delete_local_data", "ip_protocol", "group", "jsonrpc", "method", "params", "id", "tag"],
  ...["arguments", "constructor", "toString", "speed_limit_down", "honors_session_limits"],
  ...[Object.keys(specMutators), Object.keys(specAddArguments), specSessionSettings].flat(),
];
const words = [
  ...["", "a", "2.0", "torrent-get", "session_set", "recently-active", "table", "/x", "x/../y"],
  ...["http://tracker.example/announce", "0".repeat(40), "magnet:?xt=urn:btih:0", "true", "\0"],
];

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new Error("there are no items");
  return item;
}

/** A value of any type. @param deepest Lists and objects in each other. */
export function randomJson(random: Random, deepest: number): unknown {
  const numbers = [0, 1, -1, 2, 1.5, 1e9, -1e300, 2 ** 53, 4_294_967_296];
  switch (random.integer(deepest > 0 ? 8 : 5)) {
    case 0:
      return null;
    case 1:
      return random.integer(2) === 0;
    case 2:
    case 3:
      return pick(random, numbers);
    case 4:
      return pick(random, words);
    case 5:
    case 6:
      return Array.from({ length: random.integer(4) }, () => randomJson(random, deepest - 1));
    default:
      return randomObject(random, deepest - 1);
  }
}

/** Arguments with the names of the protocol, mostly one or two, and values of any type. */
export function randomArguments(random: Random): Record<string, unknown> {
  const isUsual = random.integer(2) === 0;
  return { ...randomObject(random, 2), ...(isUsual && { ids: [1, 2], fields: ["id", "files"] }) };
}

function randomObject(random: Random, deepest: number): Record<string, unknown> {
  const entries = Array.from({ length: random.integer(3) }, () => {
    const name = pick(random, names);
    const spelled = random.integer(2) === 0 ? name : classicName(name);
    return [spelled, randomJson(random, deepest)] as const;
  });
  return Object.fromEntries(entries);
}
