import type { InterfaceHold, ReplyOf } from "@troupe/actor-runtime";
import type { DhtPorts, ApiProtocol, PublicPort } from "@troupe/messages";
import type { ListeningEvent } from "../events/coordinator-events.ts";
import { refusalError } from "../refusal-error.ts";

/** Called when peers connect to another port than before, or the DHT node has other ports. */
type PortsChanged = (name: "listening" | "dht", ports: ListeningEvent | DhtPorts) => void;

/** The ports of an engine, over its restarts. */
export class EnginePorts {
  /** The port that the engine listens on; 0 before. */
  listening = 0;
  /** The hold of sockets on the interface of the settings; undefined without one. */
  bound: InterfaceHold | undefined;
  readonly #changed: PortsChanged;
  #mapped: PublicPort | undefined;
  #dht: DhtPorts = {};

  constructor(changed: PortsChanged) {
    this.#changed = changed;
  }

  /** UDP ports of the DHT node; empty without a node. */
  get dht(): DhtPorts {
    return this.#dht;
  }

  /** The port that peers connect to. */
  get public(): number {
    return this.#mapped?.port ?? this.listening;
  }

  /** A gateway maps the port, or has lost the mapping. */
  map(ports: PublicPort): void {
    this.#mapped = ports;
    this.#tell(ports);
  }

  /** The DHT node has other sockets than before. */
  setDht(ports: DhtPorts): void {
    this.#dht = ports;
    this.#changed("dht", ports);
  }

  /**
   * An engine starts to listen; a gateway's answers to an earlier engine do not count.
   * @throws rejects with the engine's refusal.
   */
  async listen(ask: () => Promise<ReplyOf<ApiProtocol, "listen">>): Promise<void> {
    const before = this.public;
    this.#mapped = undefined;
    this.#dht = {};
    const answer = await ask();
    if ("refused" in answer) throw refusalError(answer);
    const { port } = answer;
    this.listening = port;
    const isLost = this.#mapped === undefined && before !== 0 && before !== port;
    if (isLost) this.#tell({ port, listenPort: port });
  }

  #tell(ports: PublicPort): void {
    const { bound } = this;
    this.#changed("listening", { ...ports, ...(bound !== undefined && { bound }) });
  }

  /** The next engine listens on the same port, if it is free. */
  candidates(first: readonly number[]): readonly number[] {
    return this.listening === 0 ? first : [this.listening, 0];
  }
}
