import { outOfRange } from "@troupe/control";
import { nestedSettings, type CommandResults } from "@troupe/control/commands";
import type { CheckedCall } from "./checked-call.ts";
import type { CommandedEngine } from "./handler.ts";
import { addedBy, refuseLocalPeers } from "./stranger-rules.ts";

/** Adds the torrent of a link, of bytes or of a file. @throws TroupeError as `Coordinator.add` */
export async function addTorrent(
  { coordinator, isService }: CommandedEngine,
  { arguments: given, settings, caller }: CheckedCall<"add">,
): Promise<CommandResults["add"]> {
  const { source, metainfo, path, ...options } = given;
  const bytes = metainfo === undefined ? undefined : Buffer.from(metainfo, "base64");
  const sources = [source, bytes, path].filter((each) => each !== undefined);
  const [only] = sources;
  if (only === undefined || sources.length > 1)
    throw outOfRange("source", `${sources.length} sources`, "one of source, metainfo and path");
  refuseLocalPeers(caller, options.peers ?? []);
  const torrent = await coordinator.add(only, {
    ...options,
    ...nestedSettings(settings),
    ...addedBy(caller),
    ...(isService && { served: true }),
  });
  return torrent.infoHash;
}
