// Clients of a tracker over HTTP/1.1, each from its own address. A client keeps the connection that its tracker keeps, and
// opens another one for each request where the tracker closes it.

import type { Address, Ports } from "@troupe/actor-runtime";
import type { ClientIds } from "../clients/client-ids.ts";
import type { HostOf } from "../clients/client-addresses.ts";
import { tooManyConnections } from "../tracker-transport.ts";
import type { OutgoingAnnounce, TrackerAnswers, TrackerTransport } from "../tracker-transport.ts";
import { HttpLine, type HttpLineOwner } from "./http-line.ts";
import { HttpRequests, type HttpRequest } from "./http-request.ts";
import { ReplyReader } from "./reply-reader.ts";
import type { ReplyFault } from "./split-reply.ts";
import { WholeReplyReader } from "./whole-reply.ts";

/** Connections of a group in one generator, kept ones included. */
export const maxHttpConnections = 10_000;

/** Parts of the transport. */
interface HttpTransportParts {
  readonly ports: Pick<Ports, "sockets" | "clock">;
  readonly url: string;
  readonly target: Address;
  readonly ids: ClientIds;
  /** Local address of a client. */
  readonly hostOf: HostOf;
  /** Peers asked for. */
  readonly wanted: number;
  /** For an answer. */
  readonly timeoutMs: number;
  readonly answers: TrackerAnswers;
}

/** BEP 3 and BEP 48 over plain TCP. Redirects are not followed: the answer would be of another target. */
export class HttpTransport implements TrackerTransport, HttpLineOwner {
  readonly #parts: HttpTransportParts;
  readonly #requests: HttpRequests;
  readonly #reader: ReplyReader;
  readonly #wholeReplies = new WholeReplyReader();
  /** Free connections by client; the one freed longest ago first. */
  readonly #kept = new Map<number, HttpLine>();
  readonly #asked = new Map<number, HttpLine>();
  readonly #open = new Set<HttpLine>();
  readonly #spare: HttpLine[] = [];

  constructor(parts: HttpTransportParts) {
    this.#parts = parts;
    this.#reader = new ReplyReader(parts.answers);
    this.#requests = new HttpRequests(parts.url, parts.ids, parts.wanted);
  }

  announce(ask: number, announce: OutgoingAnnounce): void {
    this.#send(this.#requests.announce(ask, announce));
  }

  scrape(ask: number, member: number): void {
    const request = this.#requests.scrape(ask, member);
    if (request === undefined) this.#parts.answers.failed("the URL gives none for scrapes", ask);
    else this.#send(request);
  }

  arrive(): void {}

  release(ask: number): void {
    this.#asked.get(ask)?.destroy();
    this.#asked.delete(ask);
  }

  tick(): void {}

  close(): void {
    for (const line of this.#open) line.destroy();
    this.#kept.clear();
    this.#asked.clear();
  }

  bytesOf(request: HttpRequest): Uint8Array {
    return this.#requests.bytesOf(request);
  }

  dialled(beganMs: number): void {
    this.#parts.answers.dialled(beganMs);
  }

  replied(request: HttpRequest, status: number, body: Uint8Array): void {
    if (!this.#asked.delete(request.ask)) return;
    this.#reader.read(request, status, body);
  }

  faulty(request: HttpRequest, fault: ReplyFault): void {
    if (this.#asked.delete(request.ask)) this.#parts.answers.wrong(fault, request.ask);
  }

  broken(request: HttpRequest, reason: string, mayRepeat: boolean): void {
    if (!this.#asked.delete(request.ask)) return;
    // The tracker closed a kept connection before it saw the request.
    if (!mayRepeat || request.isRepeat) return this.#parts.answers.failed(reason, request.ask);
    this.#parts.answers.repeated();
    this.#dial({ ...request, isRepeat: true });
  }

  kept(line: HttpLine): void {
    // A client with several requests at a time keeps one connection.
    if (this.#kept.has(line.member)) return line.destroy();
    this.#kept.set(line.member, line);
  }

  closed(line: HttpLine): void {
    if (this.#kept.get(line.member) === line) this.#kept.delete(line.member);
    this.#open.delete(line);
    this.#spare.push(line);
  }

  #send(request: HttpRequest): void {
    const kept = this.#kept.get(request.member);
    if (kept === undefined) return this.#dial(request);
    this.#kept.delete(request.member);
    this.#asked.set(request.ask, kept);
    kept.ask(request);
  }

  #dial(request: HttpRequest): void {
    if (this.#open.size >= maxHttpConnections) this.#closeOldest();
    if (this.#open.size >= maxHttpConnections) {
      return this.#parts.answers.failed(tooManyConnections, request.ask);
    }
    const { ports, target, hostOf, timeoutMs } = this.#parts;
    const parts = { ports, target, wholeReplies: this.#wholeReplies, timeoutMs };
    const line = this.#spare.pop() ?? new HttpLine(parts, this);
    this.#open.add(line);
    this.#asked.set(request.ask, line);
    line.dial(request, hostOf(request.member));
  }

  /** Its place is free in a later turn. */
  #closeOldest(): void {
    for (const [member, line] of this.#kept) {
      this.#kept.delete(member);
      line.destroy();
      return;
    }
  }
}
