import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";

import { hasContent } from "../session/session.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { Torrent, TorrentContent } from "../torrent.ts";
import { WireTrace, type TracedConnection } from "../wire/wire-trace.ts";

/** Traces the messages of a peer from now on; a trace before ends. A peer that has gone is over at once. */
export function startTrace(
  { frameRules, torrent, worker }: TorrentContent,
  { peer, trace: number }: MessageOf<PeerProtocol, "start-trace">,
): void {
  const send = (text: string, isOver: boolean): void =>
    worker.notices.emit("wire-traced", { torrent: torrent.id, trace: number, text, isOver });
  const session = torrent.sessionAt(peer);
  const connection = session && connectionOf(worker, session.wire.connection);
  if (session === undefined || connection === undefined || !hasContent(session))
    return send("", true);
  connection.trace?.trace.end();
  const trace = new WireTrace({ ...worker.context, send }, frameRules);
  connection.trace = { number, trace };
  session.wire.reader.wrapSink((sink) => trace.received(sink));
}

/** Ends a trace. */
export function endTrace(
  { worker }: Torrent,
  { trace: number }: MessageOf<PeerProtocol, "end-trace">,
): void {
  for (const connection of worker.connections) {
    if (connection.trace?.number !== number) continue;
    connection.trace.trace.end();
    connection.trace = undefined;
  }
}

function connectionOf({ connections }: PeerWorker, stream: unknown): TracedConnection | undefined {
  for (const connection of connections) if (connection === stream) return connection;
  return undefined;
}
