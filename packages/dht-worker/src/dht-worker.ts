import type { Context, DatagramSocket } from "@troupe/actor-runtime";
import {
  DhtStep,
  PortSockets,
  type DhtEndpoint,
  type DhtNodeSource,
  type DhtOptions,
  type DhtProtocol,
  type PortProtocol,
} from "@troupe/messages";
import { addressKey, canonicalHost, classifyAddress, parseIp } from "@troupe/protocol/address";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { Alarm } from "./alarm.ts";
import { makeServices, type DhtServices } from "./dht-services.ts";
import { DhtNode } from "./node/dht-node.ts";
import { NodeFamily } from "./node/node-family.ts";
import { ownIdAt, startOwnId } from "./node/own-id.ts";
import { searchQuestion, type Question } from "./node/question.ts";
import { Quests } from "./quests/quests.ts";
import { mostTransactions } from "./transactions/transactions.ts";
import { resolveName } from "./upkeep/bootstrap.ts";
import { mostAddresses } from "./upkeep/contact-list.ts";
import { Maintenance } from "./upkeep/maintenance.ts";

/** Names of nodes that are resolved at once when they become known; the next bootstrap resolves the others. */
const mostNames = 16;
/** From one search for expired peers and items to the next. */
const expiryPauseMs = 10_000;

/** An incarnation of the DHT worker: the nodes of both families and what they share. */
export class DhtWorker {
  readonly context: Context<DhtProtocol>;
  readonly services: DhtServices;
  readonly families: Map<AddressFamily, NodeFamily> = new Map<AddressFamily, NodeFamily>();
  readonly quests: Quests;
  /** Sockets at the peers' port, whose owner is linked in the role `port`. */
  readonly port: PortSockets;
  /** Our TCP port as the internet reaches it; undefined while it is not known. */
  publicPort: number | undefined;
  readonly #options: DhtOptions;
  readonly #alarm: Alarm;
  readonly #ready = new Set<AddressFamily>();
  /** Names and ports that are resolved at present. */
  readonly #resolving = new Set<string>();
  #nextExpiryMs = 0;
  #isAwaitingOwner = false;
  #isWaking = false;
  #isStopped = false;

  constructor(context: Context<DhtProtocol>, options: DhtOptions) {
    this.context = context;
    this.services = makeServices(context, options, () => this.wake());
    this.publicPort = options.publicPort;
    this.quests = new Quests({
      queue: this.services.queue,
      families: () => [...this.families.values()],
      publicPort: () => this.publicPort,
      notices: {
        answer: (answer) => context.emit("quest-answer", answer),
        item: (found) => context.emit("quest-item", found),
        round: (round) => context.emit("quest-round", round),
      },
    });
    this.port = new PortSockets({
      user: "dht",
      owner: context.ref<PortProtocol>("port"),
      timers: context.timers,
    });
    this.#options = options;
    this.#alarm = new Alarm(context, () => this.#work());
  }

  /** Gives a bound socket its node, which begins to bootstrap. */
  open(family: AddressFamily, socket: DatagramSocket): NodeFamily {
    const { services } = this;
    const { host, port } = socket.address;
    const given = this.#options.ids?.find((id) => id.family === family)?.id;
    const saved = this.#options.saved?.ids;
    const [other] = services.nodes.values();
    const random = (length: number): Uint8Array => services.random.bytes(length);
    const draw = { other: other?.table.id, random };
    const first = startOwnId({ given, saved, host, port }, draw);
    // A socket at an address of the internet is reached at it.
    const ownId = classifyAddress(host) === "internet" ? ownIdAt(first, host, draw) : first;
    const node = new DhtNode(services, { family, socket, ownId });
    const maintenance = new Maintenance(services, node, services.clock.nowMs());
    const opened = new NodeFamily(services, node, maintenance);
    services.nodes.set(family, node);
    this.families.set(family, opened);
    this.wake();
    return opened;
  }

  /** Adds addresses of nodes: they are asked soon, and kept for the next bootstrap. */
  addContacts(source: DhtNodeSource, endpoints: readonly DhtEndpoint[]): void {
    for (const endpoint of endpoints.slice(0, mostAddresses)) {
      this.services.contacts.add(source, endpoint);
      const host = canonicalHost(endpoint.host);
      if (parseIp(host) === undefined) void this.#meetNamed(source, endpoint);
      else this.#meet({ host, port: endpoint.port });
    }
  }

  /** Sends queries that are due, at the end of this turn. */
  wake(): void {
    if (this.#isWaking || this.#isStopped) return;
    this.#isWaking = true;
    this.context.timers.soon(() => {
      this.#isWaking = false;
      this.#work();
    });
  }

  /** This machine has another address, or the network is back. */
  networkChanged(): void {
    const nowMs = this.context.clock.nowMs();
    for (const { maintenance } of this.families.values()) maintenance.networkChanged(nowMs);
    this.wake();
  }

  /** The IP filter or the quarantine has changed. */
  forgetRefused(): void {
    const nowMs = this.context.clock.nowMs();
    for (const { node } of this.families.values()) node.forgetRefused(nowMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#alarm.stop();
    for (const node of this.services.nodes.values()) node.close();
  }

  async #meetNamed(source: DhtNodeSource, { host, port }: DhtEndpoint): Promise<void> {
    const key = addressKey(host, port);
    if (this.#resolving.size >= mostNames || this.#resolving.has(key)) return;
    this.#resolving.add(key);
    const hosts = await resolveName(this.services.names, source, host);
    this.#resolving.delete(key);
    for (const family of this.services.nodes.keys()) {
      const address = hosts.find((other) => familyOf(other) === family);
      if (address !== undefined) this.#meet({ host: address, port });
    }
  }

  #meet({ host, port }: DhtEndpoint): void {
    if (this.#isStopped) return;
    this.services.nodes
      .get(familyOf(host))
      ?.meetAddress({ host, port }, this.context.clock.nowMs());
  }

  #work(): void {
    if (this.#isStopped) return;
    const { breadcrumb, clock } = this.context;
    const nowMs = clock.nowMs();
    breadcrumb[0] = DhtStep.work;
    this.#expire(nowMs);
    this.#expireStored(nowMs);
    for (const { maintenance } of this.families.values()) maintenance.run(nowMs);
    this.#tellReady(nowMs);
    this.quests.wake(nowMs);
    this.#askAll(nowMs);
    this.#setAlarm();
    breadcrumb.fill(0);
  }

  #expire(nowMs: number): void {
    const { silent, overdue, failed } = this.services.transactions.expire(nowMs);
    for (const question of failed) this.families.get(question.family)?.failed(question, nowMs);
    for (const question of overdue) question.overdue?.(nowMs);
    for (const question of silent) question.silent(nowMs);
  }

  /** Only frees memory: answers leave expired peers and items out. */
  #expireStored(nowMs: number): void {
    if (nowMs < this.#nextExpiryMs) return;
    this.#nextExpiryMs = nowMs + expiryPauseMs;
    const { peers, items } = this.services.serving;
    peers.expire(nowMs);
    items.expire(nowMs);
  }

  /** Quests wait for nodes: they begin when a family has some. */
  #tellReady(nowMs: number): void {
    for (const [family, opened] of this.families) {
      if (!opened.isReady) this.#ready.delete(family);
      else if (!this.#ready.has(family)) {
        this.#ready.add(family);
        this.quests.familyReady(opened, nowMs);
      }
    }
  }

  #askAll(nowMs: number): void {
    while (this.services.transactions.size < mostTransactions) {
      // The owner does not keep up: no query, no notice.
      if (this.context.noticeCredits === 0) return this.#awaitOwner();
      const readyMs = this.services.rate.nextMs(nowMs);
      if (readyMs > nowMs) return this.#alarm.ringAt(readyMs);
      const question = this.#nextQuestion(nowMs);
      if (question === undefined) return this.#awaitPings();
      this.services.rate.take(nowMs);
      this.families.get(question.family)?.node.ask(question, nowMs);
    }
  }

  #awaitOwner(): void {
    if (this.#isAwaitingOwner) return;
    this.#isAwaitingOwner = true;
    this.context.whenNoticeRoom(() => {
      this.#isAwaitingOwner = false;
      this.wake();
    });
  }

  /** Pings first: they are few, and thousands of look-ups would put them off for ever. */
  #nextQuestion(nowMs: number): Question | undefined {
    for (const { maintenance } of this.families.values()) {
      const ping = maintenance.nextPing(nowMs);
      if (ping !== undefined) return ping;
    }
    const query = this.services.queue.next(nowMs);
    return query === undefined ? undefined : searchQuestion(query);
  }

  /** Only when a query could go out: an alarm for a ping that cannot would ring for ever. */
  #awaitPings(): void {
    for (const { maintenance } of this.families.values())
      this.#alarm.ringAt(maintenance.nextPingMs);
  }

  #setAlarm(): void {
    for (const { maintenance } of this.families.values()) this.#alarm.ringAt(maintenance.dueMs);
    this.#alarm.ringAt(this.services.transactions.nextDeadlineMs ?? Infinity);
    this.#alarm.ringAt(this.quests.nextChangeMs ?? Infinity);
  }
}

/** The family of a numeric address. */
export function familyOf(host: string): AddressFamily {
  return host.includes(":") ? 6 : 4;
}
