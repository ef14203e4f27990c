// plugin extensions for the fuzz target of sessions: they note what they hear, and hold it to the contract.

import type {
  ExtensionPeer,
  PeerExtension,
} from "../../../packages/peer-worker/src/extensions/plugins/peer-extension.ts";
import { maxPluginBytesOut } from "../../../packages/peer-worker/src/limits.ts";
import { shape } from "../../../packages/peer-worker/test/support/plugin-scene.ts";
import type {
  EarlyTorrent,
  WorkerBench,
} from "../../../packages/peer-worker/test/support/worker-bench.ts";
import { hold } from "../engine/oracle.ts";

const maxBytes = 600;
const names = ["x_ab", "x_cd"] as const;

/** An extension that echoes messages, and does what they say. */
class FussyExtension implements PeerExtension {
  readonly name: string;
  readonly maxBytes = maxBytes;
  readonly maxMessages = 50;
  readonly fields: Readonly<Record<string, number>>;
  readonly #connected = new Set<ExtensionPeer>();
  readonly #expect: (holds: boolean, violation: string) => void;
  isClosed = false;

  /** @param expect Notes a violation: an error would count as one of the module. */
  constructor(name: string, expect: (holds: boolean, violation: string) => void) {
    this.#expect = expect;
    this.name = name;
    this.fields = { [`${name}_field`]: 1 };
  }

  get connectedPeers(): number {
    return this.#connected.size;
  }

  connected(peer: ExtensionPeer): void {
    this.#expect(!this.isClosed && !this.#connected.has(peer), "connected twice, or after the end");
    this.#connected.add(peer);
    peer.send(new Uint8Array(1));
  }

  message(peer: ExtensionPeer, payload: Uint8Array): void {
    this.#expect(!this.isClosed && this.#connected.has(peer), "a message of no peer");
    this.#expect(payload.length <= maxBytes, "a message that is too long");
    this.#expect(Object.keys(peer.fields).length <= 16, "too many fields");
    payload.fill(0x61, 5);
    const word = Buffer.from(payload.subarray(0, 5)).toString();
    if (word === "throw") throw new Error("as the peer says");
    if (word === "close") peer.close();
    peer.send(payload);
  }

  disconnected(peer: ExtensionPeer): void {
    this.#expect(!this.isClosed && this.#connected.delete(peer), "an end of no peer");
    this.#expect(!peer.send(new Uint8Array(1)), "a message to a peer that is gone");
  }

  close(): void {
    this.#expect(!this.isClosed, "ended twice");
    this.isClosed = true;
  }
}

/** The extensions of the torrent of a fuzzed session. */
export class PluginExtensions {
  readonly #bench: WorkerBench;
  readonly #torrent: EarlyTorrent;
  readonly #made: FussyExtension[] = [];
  readonly #violations: string[] = [];

  constructor(bench: WorkerBench, torrent: EarlyTorrent) {
    this.#bench = bench;
    this.#torrent = torrent;
    for (const name of names) bench.modules.set(`file:///${name}`, () => this.#make(name));
  }

  /** @param which A bit an extension. */
  async set(which: number): Promise<void> {
    const urls = names
      .filter((_, bit) => (which >> bit) % 2 === 1)
      .map((name) => `file:///${name}`);
    const { id: torrent } = this.#torrent;
    await this.#bench.send("set-extensions", { torrent, extensions: { urls, torrent: shape } });
  }

  /** At each step. */
  check(): void {
    hold(this.#violations.length === 0, () => this.#violations.join(", "));
    const open = this.#made.filter(({ isClosed }) => !isClosed);
    hold(open.length <= names.length, "extensions of before are not ended");
    const sessions = this.#bench.sessions(this.#torrent);
    for (const { connectedPeers } of open)
      hold(connectedPeers <= sessions.length, "a peer is connected twice, or has no end");
    for (const { features } of sessions) {
      const { pluginBytesOut } = features.extensions;
      hold(pluginBytesOut >= 0 && pluginBytesOut <= maxPluginBytesOut, "bytes on their way");
    }
  }

  /** When the torrent is closed. */
  checkEnd(): void {
    this.check();
    hold(
      this.#made.every(({ isClosed }) => isClosed),
      "an extension is left",
    );
  }

  #make(name: string): FussyExtension {
    const extension = new FussyExtension(name, (holds, violation) => {
      if (!holds) this.#violations.push(violation);
    });
    this.#made.push(extension);
    return extension;
  }
}
