import type { RpcMethod } from "../call.ts";
import { groupMethods } from "../session/groups.ts";
import { sessionMethods } from "../session/session-methods.ts";
import { sessionSet } from "../session/session-set.ts";
import { torrentActions } from "./torrent-actions.ts";
import { torrentAdd } from "./torrent-add.ts";
import { torrentGet } from "./torrent-get.ts";
import { torrentPaths } from "./torrent-paths.ts";
import { torrentSet } from "./torrent-set.ts";

/** The methods of the protocol by their names in snake case. */
export const methods: ReadonlyMap<string, RpcMethod> = new Map(
  Object.entries({
    ...torrentActions,
    ...torrentPaths,
    ...sessionMethods,
    ...groupMethods,
    session_set: sessionSet,
    torrent_add: torrentAdd,
    torrent_get: torrentGet,
    torrent_set: torrentSet,
  }),
);
