// The node of one family: its socket, its id and its routing table. Each packet of others passes through here.

import type { Address, DatagramSocket } from "@troupe/actor-runtime";
import { DhtStep, peerBreadcrumbWriter } from "@troupe/messages";
import { AddressVotes, addressKey, classifyAddress } from "@troupe/protocol/address";
import {
  decodeKrpc,
  decodeNodes,
  encodeQuery,
  isSameId,
  type Contact,
  type KrpcErrorMessage,
  type KrpcFaultyQuery,
  type KrpcQueryMessage,
  type KrpcResponse,
  type NodeId,
} from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { isNameable } from "../look-up/named-nodes.ts";
import { RoutingTable } from "../routing/routing-table.ts";
import { senderOf, type Sender } from "../serving/sender.ts";
import { RoundTripEstimate } from "../transactions/round-trip.ts";
import { answerQuery } from "./queries.ts";
import type { NodeServices } from "./node-services.ts";
import { ownIdAt, type OwnId } from "./own-id.ts";
import type { Question } from "./question.ts";
import { noTraffic, type Traffic } from "./traffic.ts";

/** After so many failures of nodes of the table in a row the network counts as lost, and no node as failed. */
export const cutOffAfter = 8;
/** Bytes of the longest ping of ours. */
const mostPingBytes = 100;
/** Nodes of the other family that are pinged at once because an answer names them. */
const mostNamedNodes = 8;

/** The parts of an open socket. */
interface OpenNode {
  readonly family: AddressFamily;
  readonly socket: DatagramSocket;
  readonly ownId: OwnId;
}

/** A node in the DHT of one family. */
export class DhtNode {
  readonly family: AddressFamily;
  readonly address: Address;
  readonly table: RoutingTable;
  readonly traffic: Traffic = noTraffic();
  /** Answers of nodes that may enter the table. */
  answers = 0;
  queriesInFlight = 0;
  /** Queries to nodes of the table in a row without any answer. */
  unanswered = 0;
  /** It knows too few nodes: the node of the other family asks for some. */
  needsNodes = true;
  /** Strangers that are pinged. */
  pendingNodes = 0;
  readonly #services: NodeServices;
  readonly #socket: DatagramSocket;
  readonly #votes = new AddressVotes();
  readonly #writePeer: (host: string, port: number) => void;
  /** Round trips of all nodes. */
  readonly #roundTrips = RoundTripEstimate.ofNetwork();
  #ownId: OwnId;

  constructor(services: NodeServices, { family, socket, ownId }: OpenNode) {
    this.#services = services;
    this.#socket = socket;
    this.#writePeer = peerBreadcrumbWriter(services.breadcrumb);
    this.#ownId = ownId;
    this.family = family;
    this.address = socket.address;
    const { hasSybilRules } = services;
    this.table = new RoutingTable({ family, id: ownId.id, hasSybilRules });
  }

  get ownId(): OwnId {
    return this.#ownId;
  }

  /** Whether a node may be asked: neither ourselves nor filtered, at an address that a node can have. */
  admits({ host, port, id }: Address & { readonly id?: NodeId | undefined }): boolean {
    const { ipFilter, quarantine, clock } = this.#services;
    if (port === 0 || host.includes(":") !== (this.family === 6)) return false;
    if (id !== undefined && isSameId(id, this.table.id)) return false;
    if (port === this.address.port && this.#isOwnHost(host)) return false;
    if (classifyAddress(host) === "refused" || ipFilter.has(host)) return false;
    return !quarantine.has(host, port, clock.nowMs());
  }

  /** Sends a query. A node that may not be asked fails at once, as all do while too many queries are under way. */
  ask(question: Question, nowMs: number): void {
    const { transactions, isReadOnly, nodes, serving } = this.#services;
    const { host, port, query } = question;
    const transaction = this.admits(question)
      ? transactions.begin(question, question, this.#timeOutMs(host, port), nowMs)
      : undefined;
    if (transaction === undefined) return question.failed(nowMs);
    const other = nodes.get(this.family === 4 ? 6 : 4);
    const want: readonly AddressFamily[] | undefined =
      other?.needsNodes === true ? [4, 6] : undefined;
    const { version } = serving;
    const bytes = encodeQuery(transaction, this.table.id, query, { isReadOnly, want, version });
    this.queriesInFlight++;
    this.traffic.queriesSent++;
    this.traffic.queriesSentBytes += bytes.length;
    this.#socket.send(bytes, { host, port });
  }

  /** A query of ours was not answered within its time. */
  failed(question: Question, nowMs: number): void {
    this.queriesInFlight--;
    const { host, port } = question;
    // Others may name any address, and forge the sender of a query.
    if (this.table.find(host, port) !== undefined) this.unanswered++;
    if (this.unanswered < cutOffAfter) this.table.failed(host, port, nowMs);
    question.failed(nowMs);
  }

  /** Pings a stranger, which enters the table if it answers, unless there is no place for it. */
  meet(contact: Contact, nowMs: number): void {
    const { strangerLooks } = this.#services;
    if (!strangerLooks.take(1, nowMs) || !this.admits(contact)) return;
    if (this.table.mayEnter(contact, nowMs) && this.#mayPing(contact, nowMs))
      this.#ping(contact, contact.id, nowMs);
  }

  /** Pings an address without a known id. */
  meetAddress(address: Address, nowMs: number): void {
    if (!this.admits(address)) return;
    if (this.table.find(address.host, address.port) === undefined)
      this.#ping(address, undefined, nowMs);
  }

  /** Forgets the nodes that may no longer be asked. */
  forgetRefused(nowMs: number): void {
    const refused = [...this.table.entries()].filter((entry) => !this.admits(entry));
    for (const { host, port } of refused) this.table.forget(host, port, nowMs);
  }

  /** A datagram arrived. `bytes` is lent for the duration of the call. */
  received(bytes: Uint8Array, from: Address): void {
    const { clock, breadcrumb } = this.#services;
    const nowMs = clock.nowMs();
    const sender = senderOf(from.host, from.port);
    if (this.#isUnwelcome(sender, nowMs)) {
      this.traffic.ignored++;
      return;
    }
    this.#writePeer(from.host, from.port);
    breadcrumb[0] = DhtStep.packet;
    const message = decodeKrpc(bytes, this.family);
    if (message === undefined) this.#invalid(sender, bytes.length, nowMs);
    else if (message.kind === "query" || message.kind === "faulty-query")
      this.#answer(message, sender, bytes.length, nowMs);
    else this.#take(message, sender, bytes.length, nowMs);
    breadcrumb.fill(0);
  }

  close(): void {
    this.#socket.close();
  }

  #timeOutMs(host: string, port: number): number {
    return (this.table.find(host, port)?.roundTrips ?? this.#roundTrips).timeOutMs;
  }

  #isOwnHost(host: string): boolean {
    const ownId = this.#ownId;
    return host === this.address.host || ("publicHost" in ownId && host === ownId.publicHost);
  }

  /** An ignored source may still answer a query of ours. */
  #isUnwelcome({ host, port, key, addressClass }: Sender, nowMs: number): boolean {
    const { ipFilter, quarantine, queryLimits, transactions } = this.#services;
    if (port === 0 || addressClass === "refused") return true;
    if (ipFilter.has(host) || quarantine.has(host, port, nowMs)) return true;
    return queryLimits.isIgnored(key, nowMs) && !transactions.isAsking(host, port);
  }

  #invalid({ key }: Sender, lengthBytes: number, nowMs: number): void {
    this.#services.queryLimits.count(key, nowMs);
    this.traffic.invalidReceived++;
    this.traffic.invalidBytes += lengthBytes;
  }

  #answer(
    message: KrpcQueryMessage | KrpcFaultyQuery,
    sender: Sender,
    lengthBytes: number,
    nowMs: number,
  ): void {
    const { queryLimits, serving, isReadOnly } = this.#services;
    this.traffic.queriesReceived++;
    this.traffic.queriesReceivedBytes += lengthBytes;
    const isIgnored = !queryLimits.count(sender.key, nowMs) || isReadOnly;
    const answer = isIgnored
      ? undefined
      : answerQuery(serving, message, sender, lengthBytes, nowMs);
    if (answer === undefined) {
      this.traffic.ignored++;
      return;
    }
    this.traffic.answersSent++;
    this.traffic.answersSentBytes += answer.length;
    const { host, port } = sender;
    this.#socket.send(answer, { host, port });
    if (message.kind === "query" && !message.isReadOnly)
      this.meet({ id: message.id, host, port }, nowMs);
  }

  #take(
    message: KrpcResponse | KrpcErrorMessage,
    sender: Sender,
    lengthBytes: number,
    nowMs: number,
  ): void {
    const { transactions, serving } = this.#services;
    const { host, port, key } = sender;
    const taken = transactions.take(message.transaction, host, port, nowMs);
    if (taken === undefined) return this.#invalid(sender, lengthBytes, nowMs);
    this.traffic.answersReceived++;
    this.traffic.answersReceivedBytes += lengthBytes;
    this.queriesInFlight--;
    this.unanswered = 0;
    serving.proven.prove(key, nowMs);
    if (message.ip !== undefined) this.#vote(message.ip.host, host, nowMs);
    const { question, roundTripMs } = taken;
    this.#roundTrips.add(roundTripMs);
    if (message.kind === "error") this.#refused(question, message, nowMs);
    else if (isSameId(message.answer.id, this.table.id)) {
      // A node that mirrors our packets, or ourselves.
      this.table.forget(host, port, nowMs);
      question.failed(nowMs);
    } else {
      this.#enter(question, message, roundTripMs, nowMs);
      this.#meetNamed(message, host, nowMs);
      question.answered(message, nowMs);
    }
    this.#services.wake();
  }

  /** Any node can answer a ping: an error counts as no answer. Other queries it may refuse. */
  #refused(question: Question, error: KrpcErrorMessage, nowMs: number): void {
    const { host, port, query } = question;
    if (query.method === "ping") this.table.failed(host, port, nowMs);
    question.refused(error, nowMs);
  }

  #enter(question: Question, response: KrpcResponse, roundTripMs: number, nowMs: number): void {
    const { host, port } = question;
    const { id } = response.answer;
    if (this.#services.routerKeys.has(addressKey(host, port))) return;
    const known = this.table.find(host, port);
    const isKnown = known !== undefined && isSameId(known.id, id);
    // A liar may have named a node of the table by a wrong id: the node keeps its place.
    if (question.id !== undefined && !isSameId(question.id, id) && !isKnown)
      return this.#meetChanged(question, id, nowMs);
    this.answers++;
    const { version } = response;
    this.table.answered({ id, host, port, version, roundTripMs }, nowMs);
  }

  /**
   * A node that answers with another id than it was asked by loses its place. It may have started again with a new id, so
   * it is pinged as a stranger, but only once: an id that changes with each answer gets no place.
   */
  #meetChanged({ host, port, query }: Question, id: NodeId, nowMs: number): void {
    this.table.forget(host, port, nowMs);
    if (query.method !== "ping") this.meet({ id, host, port }, nowMs);
  }

  /** Nodes of the other family, while it knows too few. */
  #meetNamed({ answer: { nodes, nodes6 } }: KrpcResponse, teller: string, nowMs: number): void {
    const family = this.family === 4 ? 6 : 4;
    const named = family === 4 ? nodes : nodes6;
    const other = this.#services.nodes.get(family);
    if (named === undefined || other?.needsNodes !== true) return;
    for (const contact of decodeNodes(named, family).slice(0, mostNamedNodes)) {
      // Without a way to the other family no ping is answered: the next ones wait.
      if (other.pendingNodes >= mostNamedNodes) return;
      if (isNameable(contact, teller)) other.meet(contact, nowMs);
    }
  }

  #vote(host: string, witness: string, nowMs: number): void {
    if (this.#votes.vote(host, witness)) this.#setPublicHost(host, nowMs);
  }

  #setPublicHost(publicHost: string, nowMs: number): void {
    const { nodes, random } = this.#services;
    const other = nodes.get(this.family === 4 ? 6 : 4)?.table.id;
    const draw = { other, random: (length: number) => random.bytes(length) };
    const ownId = ownIdAt(this.#ownId, publicHost, draw);
    if (!isSameId(ownId.id, this.#ownId.id)) this.table.setId(ownId.id, nowMs);
    this.#ownId = ownId;
  }

  /** A ping may go to the victim of a forged query, as an answer may. */
  #mayPing({ host, port }: Address, nowMs: number): boolean {
    const { serving, strangerPings, transactions } = this.#services;
    // A ping that cannot go out takes no bytes.
    if (transactions.isAsking(host, port) || strangerPings.readyMs(1, nowMs) > nowMs) return false;
    const { budget, proven } = serving;
    const { key } = senderOf(host, port);
    return proven.isProven(key, nowMs) || budget.takeUnproven(mostPingBytes, nowMs);
  }

  #ping({ host, port }: Address, id: NodeId | undefined, nowMs: number): void {
    const { strangerPings, rate, transactions } = this.#services;
    if (transactions.isAsking(host, port)) return;
    if (!strangerPings.take(1, nowMs) || !rate.take(nowMs)) return;
    const ended = (): void => {
      this.pendingNodes--;
    };
    this.pendingNodes++;
    const calls = { answered: ended, refused: ended, silent: () => {}, failed: ended };
    const { family } = this;
    this.ask({ family, host, port, id, query: { method: "ping" }, ...calls }, nowMs);
    this.#services.wake();
  }
}
