// Passes lines between the program and the peers that have the same extension, by a BroadcastChannel of the torrent.

import { BroadcastChannel } from "node:worker_threads";
import type { ExtensionModule, ExtensionPeer } from "troupe";

const maxBytes = 1_000;

const makeChat: ExtensionModule = ({ infoHash }) => {
  const peers = new Set<ExtensionPeer>();
  const channel = new BroadcastChannel(`chat of ${infoHash}`);
  // The other peer-workers hear what we post, too.
  channel.addEventListener("message", ({ data }: MessageEvent) => {
    const { say } = data as { readonly say?: string };
    if (say === undefined) return;
    const line = Buffer.from(say).subarray(0, maxBytes);
    for (const peer of peers) peer.send(line);
  });
  channel.unref();
  return {
    name: "x_chat",
    maxBytes,
    connected: (peer) => void peers.add(peer),
    message(peer, payload) {
      channel.postMessage({ from: peer.host, line: Buffer.from(payload).toString() });
    },
    disconnected: (peer) => void peers.delete(peer),
    close: () => channel.close(),
  };
};

export default makeChat;
