// A torrent with a plugin extension, and what its handlers were told.

import type { TorrentShape } from "@troupe/messages";
import { encodeExtendedHandshake, encodeExtensionPayload } from "@troupe/protocol/peer";

import type {
  ExtensionModule,
  ExtensionPeer,
  PeerExtension,
} from "../../src/extensions/plugins/peer-extension.ts";
import type { ScriptedPeer } from "./scripted-peer.ts";
import type { EarlyTorrent, WorkerBench } from "./worker-bench.ts";

/** Our id of the first plugin extension of a torrent. */
export const firstPluginId = 6;
/** The peers' id of every plugin extension. */
export const peersPluginId = 33;

/** Makes extensions, and notes the calls of their handlers in words. */
export class RecordingModule {
  readonly calls: string[] = [];
  readonly shapes: TorrentShape[] = [];
  readonly peers: ExtensionPeer[] = [];
  readonly make: ExtensionModule;

  /** @param parts Replace the handlers that only note their calls. */
  constructor(name: string, parts: Partial<PeerExtension> = {}) {
    this.make = (shape) => {
      this.shapes.push(shape);
      return {
        name,
        connected: (peer) => {
          this.peers.push(peer);
          this.calls.push(`connected ${peer.host}`);
        },
        message: (peer, payload) =>
          void this.calls.push(`message ${peer.host} ${Buffer.from(payload).toString()}`),
        disconnected: (peer) => void this.calls.push(`disconnected ${peer.host}`),
        close: () => void this.calls.push("close"),
        ...parts,
      };
    };
  }

  take(): string[] {
    return this.calls.splice(0);
  }
}

/** The shape that the engine would send. */
export const shape: TorrentShape = {
  infoHash: "1".padStart(40, "0"),
  name: "a torrent",
  pieceCount: 4,
  pieceLengthBytes: 32_768,
  totalBytes: 131_072,
  isPrivate: false,
};

/** Sets the extensions of a torrent. @param modules Default exports of modules, by URL. */
export async function setExtensions(
  bench: WorkerBench,
  { id: torrent }: EarlyTorrent,
  modules: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [url, make] of Object.entries(modules)) bench.modules.set(url, make);
  const extensions = { urls: Object.keys(modules), torrent: shape };
  await bench.send("set-extensions", { torrent, extensions });
}

/** The peer offers plugin extensions. @param id 0 takes the offers back. */
export function offerPlugins(
  peer: ScriptedPeer,
  names: readonly string[],
  id = peersPluginId,
): void {
  const extensions = Object.fromEntries(names.map((name) => [name, id]));
  peer.stream.arrive(encodeExtendedHandshake({ client: "a", requestQueue: 250, extensions }));
}

/** The peer sends a message under an id of ours. */
export function sendPlugin(
  peer: ScriptedPeer,
  text: string | Uint8Array,
  id = firstPluginId,
): void {
  peer.stream.arrive(encodeExtensionPayload(id, Buffer.from(text)));
}
