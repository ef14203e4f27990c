import type { AnnounceReply } from "@troupe/protocol/tracker";
import type { AnnouncerEnvironment } from "./announcer-environment.ts";

/** The reply without our own address among the peers; the counts stay those of the tracker. */
export function withoutUs(
  reply: AnnounceReply,
  environment: Pick<AnnouncerEnvironment, "isOwn">,
): AnnounceReply {
  const peers = reply.peers.filter(({ host, port }) => !environment.isOwn(host, port));
  return peers.length === reply.peers.length ? reply : { ...reply, peers };
}
