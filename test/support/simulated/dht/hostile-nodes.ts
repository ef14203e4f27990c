// The hostile part of a population: a quarter each of Sybils, eclipsing nodes, nodes with wrong ids and poisoned nodes.

import { nodeIdBytes, secureNodeId, type Contact, type NodeId } from "@troupe/protocol/dht";
import { encodeCompact4 } from "@troupe/protocol/tracker";
import { dhtPort } from "./dht-node.ts";
import { HostileNode, type HostileScript } from "./hostile-node.ts";
import type { DhtPopulation } from "./population.ts";
import type { AnnouncedTorrent } from "./torrents.ts";

/** Sybils and eclipsing nodes of one network, a /24. */
const nodesOfNetwork = 20;
/** Nodes in an answer. */
const namedNodes = 8;
/** Nodes that work together against one node of the population. */
const nodesOfEclipse = 10;

/** Adds and starts `count` hostile nodes, which know every honest node and every torrent. */
export function addHostileNodes(
  population: DhtPopulation,
  torrents: readonly AnnouncedTorrent[],
  count: number,
): void {
  const attack = new Attack(population);
  const quarter = Math.floor(count / 4);
  const targets = torrents.map(({ infoHash }) => infoHash);
  for (let made = 0; made < quarter; made += 1) {
    attack.addSybil(targets[made % targets.length] ?? new Uint8Array(nodeIdBytes));
    attack.addEclipsing(Math.floor(made / nodesOfEclipse));
    attack.addImpostor();
    attack.addPoisoned();
  }
}

class Attack {
  readonly #population: DhtPopulation;
  readonly #sybils = new Map<Uint8Array, Contact[]>();
  readonly #eclipses = new Map<number, Eclipse>();
  #network = "";
  #hostsLeft = 0;

  constructor(population: DhtPopulation) {
    this.#population = population;
  }

  /** Claims an id beside the target, and that only its fellows are there. */
  addSybil(target: Uint8Array): void {
    const host = this.#crowdedHost();
    const own = { id: this.#idBeside(target, 6), host, port: dhtPort };
    const fellows = this.#sybils.get(target) ?? [];
    this.#sybils.set(target, [...fellows, own]);
    this.#start(host, {
      idFor: () => own.id,
      nodesFor: () => this.#some(this.#sybils.get(target) ?? []),
      peersFor: () => this.#wrongPeers(),
      nextVisit: () => this.#anyHost(),
    });
  }

  /** Claims an id beside that of its victim, and names only its fellows. */
  addEclipsing(number: number): void {
    const host = this.#crowdedHost();
    const eclipse = this.#eclipses.get(number) ?? { victim: undefined, fellows: [] };
    this.#eclipses.set(number, eclipse);
    const own = { id: this.#newId(), host, port: dhtPort };
    eclipse.fellows.push(own);
    this.#start(host, {
      idFor: () => own.id,
      nodesFor: () => this.#some(eclipse.fellows),
      peersFor: () => new Uint8Array(0),
      nextVisit: () => {
        if (eclipse.victim === undefined || !this.#isHonest(eclipse.victim)) {
          eclipse.victim = this.#anyHost();
        }
        return eclipse.victim;
      },
      learned: (id) => {
        own.id = this.#idBeside(id, 4);
      },
    });
  }

  /** Claims an id beside each target, another id each time. */
  addImpostor(): void {
    this.#start(this.#population.internet.newHost(), {
      idFor: (target) => (target === undefined ? this.#newId() : this.#idBeside(target, 12)),
      nodesFor: () => this.#some([...this.#sybils.values()].flat()),
      peersFor: () => this.#wrongPeers(),
      nextVisit: () => this.#anyHost(),
    });
  }

  /** Has a sound id, and names nodes that are none: silent, private or with port 0. */
  addPoisoned(): void {
    const host = this.#population.internet.newHost();
    const { random } = this.#population;
    const id = secureNodeId(host, (length) => random.bytes(length));
    const poison = (target: NodeId): Contact[] =>
      Array.from({ length: namedNodes }, (_, at) => ({
        id: this.#idBeside(target, 4 + at),
        host: at === 0 ? "192.168.1.1" : this.#deadHost(),
        port: at === 1 ? 0 : dhtPort,
      }));
    this.#start(host, {
      idFor: () => id,
      nodesFor: (target) => poison(target),
      peersFor: () => this.#wrongPeers(),
      nextVisit: () => this.#anyHost(),
    });
  }

  #start(host: string, script: HostileScript): void {
    const node = new HostileNode(this.#population.newMachine(host), script);
    void node.start();
  }

  /** Twenty hosts of a network, then those of the next. */
  #crowdedHost(): string {
    if (this.#hostsLeft === 0) {
      this.#network = this.#population.internet.newNetwork();
      this.#hostsLeft = nodesOfNetwork;
    }
    this.#hostsLeft -= 1;
    return `${this.#network}.${1 + this.#hostsLeft}`;
  }

  /** An address that no machine has. */
  #deadHost(): string {
    const { random } = this.#population;
    return `45.${random.integer(256)}.${random.integer(256)}.${1 + random.integer(254)}`;
  }

  #anyHost(): string {
    return this.#population.anyNode().host;
  }

  #isHonest(host: string): boolean {
    return [...this.#population.nodes].some((node) => node.host === host);
  }

  #newId(): NodeId {
    return this.#population.random.bytes(nodeIdBytes) as NodeId;
  }

  /** @returns An id that shares all but the last `freeBytes` bytes with `target`. */
  #idBeside(target: Uint8Array, freeBytes: number): NodeId {
    const id = new Uint8Array(target);
    id.set(this.#population.random.bytes(freeBytes), nodeIdBytes - freeBytes);
    return id as NodeId;
  }

  #some(contacts: readonly Contact[]): readonly Contact[] {
    const from = this.#population.random.integer(Math.max(1, contacts.length));
    return [...contacts.slice(from), ...contacts.slice(0, from)].slice(0, namedNodes);
  }

  #wrongPeers(): Uint8Array {
    return encodeCompact4([{ host: this.#deadHost(), port: 6_666 }]);
  }
}

interface Eclipse {
  victim: string | undefined;
  readonly fellows: { id: NodeId; readonly host: string; readonly port: number }[];
}
