import { hostsForStrangers, type Address, type HttpClientOptions } from "@troupe/actor-runtime";
import type { OpenWebSeed } from "@troupe/messages";
import { maxWebSeedConnections } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { TorrentContent } from "../torrent.ts";
import type { WebSeedFailure } from "./web-seed-answer.ts";
import { WebSeedPeer } from "./web-seed-peer.ts";

/** The rules for the hosts of a web seed. */
function rulesOf(
  { context }: Pick<PeerWorker, "context">,
  { reach, localHosts }: OpenWebSeed,
): Pick<HttpClientOptions, "allow" | "mayDial"> {
  if (reach !== "internet") return { allow: reach === "any" ? "any" : "internet" };
  return { allow: "any", mayDial: hostsForStrangers(context.interfaces, localHosts) };
}

/** Answered by `web-seed-closed` at its end. */
export function openWebSeed(worker: PeerWorker, order: OpenWebSeed): void {
  const { context } = worker;
  // A client is there later, as the modules of HTTP are loaded at their first use.
  context.http
    .openClient({ ...rulesOf(worker, order), maxConnections: maxWebSeedConnections })
    .then((http) => {
      const remote = addressOf(order.url);
      const content = contentOf(worker, order);
      if (remote !== undefined && content !== undefined) {
        new WebSeedPeer(content, order, remote, http).open();
        return;
      }
      http.close();
      emitRefused(worker, order, remote === undefined ? notAnAddress : torrentClosed);
    })
    .catch((error: unknown) => context.fail(error));
}

const notAnAddress: WebSeedFailure = {
  code: "http-failed",
  message: "the web seed cannot be opened: its address is not a URL",
};

const torrentClosed: WebSeedFailure = {
  code: "torrent-closed",
  message: "the web seed cannot be opened: the torrent is closed",
};

function emitRefused(
  { notices }: PeerWorker,
  { torrent, seed }: OpenWebSeed,
  failure: WebSeedFailure,
): void {
  notices.emit("web-seed-closed", { torrent, seed, ...failure });
}

function contentOf({ torrents }: PeerWorker, order: OpenWebSeed): TorrentContent | undefined {
  const torrent = torrents.get(order.torrent);
  return torrent?.isClosing === true ? undefined : torrent?.content;
}

/** Address of the server that is asked first; the host may be a name. */
function addressOf(text: string): Address | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const usualPort = url.protocol === "https:" ? 443 : 80;
  return { host, port: url.port === "" ? usualPort : Number(url.port) };
}
