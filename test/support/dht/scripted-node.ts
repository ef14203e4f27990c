// DHT nodes of libraries, driven line by line: libtorrent_node.py, bittorrent_dht_node.mjs, and our troupe-node.ts.

import { fileURLToPath } from "node:url";
import { addressKey } from "@troupe/protocol/address";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import type { NetworkClient } from "../network.ts";
import { repeat } from "../time/repeat.ts";
import type { AnnouncedPeer, DhtFamily, DhtNode } from "./dht-node.ts";
import { dhtAddress, type DhtPlace } from "./dht-place.ts";
import type { ItemKey, MutableName } from "./items.ts";

/** Nodes answer only when they know others, so a look-up that found nothing is made again. */
const repeatMs = 3_000;

const commands = {
  libtorrent: ["/usr/bin/python3", script("libtorrent_node.py")],
  "bittorrent-dht": [process.execPath, script("bittorrent_dht_node.mjs")],
  Troupe: [process.execPath, script("troupe-node.ts")],
} as const;

/** A library with such a program. */
export type ScriptedKind = keyof typeof commands;

/** Lines of its standard input. */
export type Action =
  /** A node of libtorrent announces the port that it listens on. */
  | { readonly do: "announce"; readonly infoHash: string; readonly port: number }
  | { readonly do: "get-peers"; readonly infoHash: string }
  | { readonly do: "put"; readonly value: string }
  | { readonly do: "get"; readonly target: string }
  | (ItemKey & {
      readonly do: "put-mutable";
      readonly salt: string;
      readonly value: string;
      /** libtorrent itself takes the next one. */
      readonly sequence: number;
    })
  | {
      readonly do: "get-mutable";
      readonly publicKey: string;
      readonly salt: string;
      readonly target: string;
    };

/** Lines of its standard output, as far as they are read here. */
export type NodeEvent =
  | { readonly event: "ready" }
  | { readonly event: "error"; readonly message: string }
  | { readonly event: "peers"; readonly infoHash: string; readonly peers: readonly string[] }
  /** Nodes that took the item. */
  | { readonly event: "stored"; readonly nodes: number }
  | { readonly event: "item"; readonly target: string; readonly value: string }
  | {
      readonly event: "item";
      readonly publicKey: string;
      readonly value: string;
      readonly sequence: number;
    };

/** A node that obeys line by line. */
export class ScriptedNode implements DhtNode {
  readonly kind: ScriptedKind;
  readonly machine: NetworkClient;
  readonly infoHash: string;
  readonly #process: RunningProcess;
  #puts = 0;

  private constructor(
    kind: ScriptedKind,
    machine: NetworkClient,
    infoHash: string,
    process: RunningProcess,
  ) {
    this.kind = kind;
    this.machine = machine;
    this.infoHash = infoHash;
    this.#process = process;
  }

  /** Starts a node that announces itself for the info-hash. */
  static async start(
    kind: ScriptedKind,
    machine: NetworkClient,
    place: DhtPlace,
    infoHash: string,
  ): Promise<ScriptedNode> {
    const hosts = kind === "bittorrent-dht" ? place.ip4 : `${place.ip4},${place.ip6}`;
    const nodes = place.nodes.map(({ host, port }) => addressKey(host, port));
    const words = [...commands[kind], String(place.port), hosts, ...nodes];
    const node = new ScriptedNode(
      kind,
      machine,
      infoHash,
      await startProcess([...machine.within, ...words]),
    );
    await node.#event("that it is ready", ({ event }) => event === "ready" || undefined);
    node.#do({ do: "announce", infoHash, port: place.port });
    return node;
  }

  async finds(peer: AnnouncedPeer, family: DhtFamily): Promise<void> {
    const { infoHash, machine } = peer;
    const { host, port } = dhtAddress(machine, family);
    const address = addressKey(host, port);
    await this.#repeat(
      { do: "get-peers", infoHash },
      `the peer ${address} of ${infoHash} to ${this.kind}`,
      (line) =>
        (line.event === "peers" && line.infoHash === infoHash && line.peers.includes(address)) ||
        undefined,
    );
  }

  /** Stores a text. @returns The count of nodes that took it. */
  async put(value: string): Promise<number> {
    return await this.#put({ do: "put", value });
  }

  /** Stores a signed text. @returns The count of nodes that took it. */
  async putMutable(name: MutableName, value: string, sequence: number): Promise<number> {
    const { key, salt } = name;
    return await this.#put({ do: "put-mutable", ...key, salt, value, sequence });
  }

  /** The text with this target, 40 hex digits, as soon as it is found. */
  async get(target: string): Promise<string> {
    return await this.#repeat({ do: "get", target }, `the item ${target}`, (line) =>
      line.event === "item" && "target" in line && line.target === target ? line.value : undefined,
    );
  }

  /** The signed text, as soon as it is found with this sequence number or a later one. */
  async getMutable(name: MutableName, sequence: number): Promise<string> {
    const { key, salt, target } = name;
    const { publicKey } = key;
    return await this.#repeat(
      { do: "get-mutable", publicKey, salt, target },
      `item ${sequence} of the key ${publicKey}`,
      (line) =>
        line.event === "item" &&
        "publicKey" in line &&
        line.publicKey === publicKey &&
        line.sequence >= sequence
          ? line.value
          : undefined,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  #do(action: Action): void {
    this.#process.say(JSON.stringify(action));
  }

  async #put(action: Action): Promise<number> {
    const number = ++this.#puts;
    let seen = 0;
    this.#do(action);
    return await this.#event("that it stored the item", (line) =>
      line.event === "stored" && ++seen === number ? line.nodes : undefined,
    );
  }

  /** Acts again and again until an event matches. */
  async #repeat<T>(
    action: Action,
    what: string,
    match: (event: NodeEvent) => T | undefined,
  ): Promise<T> {
    using _asking = repeat(repeatMs, () => this.#do(action));
    return await this.#event(what, match);
  }

  async #event<T>(what: string, match: (event: NodeEvent) => T | undefined): Promise<T> {
    const find = (line: string): T | undefined =>
      line.startsWith("{") ? match(JSON.parse(line) as NodeEvent) : undefined;
    return await this.#process.lineWhere(what, find);
  }
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
