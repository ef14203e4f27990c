import { outOfRange } from "@troupe/control";
import { nestedSettings, type CommandResults } from "@troupe/control/commands";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { isElsewhere } from "./caller.ts";
import type { CheckedCall } from "./checked-call.ts";
import { strangerHosts, type CommandedEngine } from "./handler.ts";
import { addedBy, placeOf, refuseLocalPeers } from "./stranger-rules.ts";

/** Adds the torrent of a link, of bytes or of a file. @throws TroupeError as `Coordinator.add` */
export async function addTorrent(
  engine: CommandedEngine,
  { arguments: given, settings, caller }: CheckedCall<"add">,
): Promise<CommandResults["add"]> {
  const { source, metainfo, path, ...options } = given;
  const bytes = metainfo === undefined ? undefined : Buffer.from(metainfo, "base64");
  const sources = [source, bytes, path].filter((each) => each !== undefined);
  const [only] = sources;
  if (only === undefined || sources.length > 1)
    throw outOfRange("source", `${sources.length} sources`, "one of source, metainfo and path");
  refuseLocalPeers(caller, options.peers ?? [], strangerHosts(engine));
  const folder = (named: string): Promise<string> =>
    placeOf(caller, named, { of: "folder", folderBelow: engine.folderBelow });
  const served = engine.isService ? { served: true } : {};
  const torrent = await engine.session.add(
    only,
    {
      ...stateOfAdded(engine, options),
      ...options,
      ...nestedSettings(settings),
      ...addedBy(caller),
      ...served,
    },
    isElsewhere(caller) ? { folder } : undefined,
  );
  return torrent.info.infoHash;
}

/** The state of a torrent whose call names none. */
export function stateOfAdded(
  { session }: { readonly session: Pick<CommandedEngine["session"], "settings"> },
  { start, state }: Pick<AddOptions, "start" | "state">,
): { readonly start?: false } {
  const isChosen = start !== undefined || state !== undefined;
  return isChosen || session.settings.values.startAdded !== false ? {} : { start: false };
}
