import type { AnnounceReply } from "@troupe/protocol";
import type { AnnouncerEnvironment } from "./announcer-environment.ts";

/** The reply for the counts of the status: a tracker that names us among the peers counts us too. */
export function withoutUs(
  reply: AnnounceReply,
  environment: Pick<AnnouncerEnvironment, "isOwn" | "isSeed">,
): AnnounceReply {
  const { complete, incomplete } = reply;
  const peers = reply.peers.filter(({ host, port }) => !environment.isOwn(host, port));
  if (peers.length === reply.peers.length) return reply;
  const less = (count: number): number => Math.max(0, count - 1);
  return environment.isSeed()
    ? { ...reply, peers, ...(complete !== undefined && { complete: less(complete) }) }
    : { ...reply, peers, ...(incomplete !== undefined && { incomplete: less(incomplete) }) };
}
