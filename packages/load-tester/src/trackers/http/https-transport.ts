// Clients of a tracker over HTTPS, by the client of the ports: it keeps no connections for us, and the system chooses the
// source addresses. Redirects are not followed.

import { codeOf, type Http, type HttpReply } from "@troupe/actor-runtime";
import type { ClientIds } from "../clients/client-ids.ts";
import { tooManyConnections } from "../tracker-transport.ts";
import type { OutgoingAnnounce, TrackerAnswers, TrackerTransport } from "../tracker-transport.ts";
import { HttpRequests, type HttpRequest } from "./http-request.ts";
import { maxHttpConnections } from "./http-transport.ts";
import { ReplyReader } from "./reply-reader.ts";
import { maxReplyBytes } from "./split-reply.ts";

/** Parts of the transport. */
interface HttpsTransportParts {
  readonly http: Http;
  readonly url: string;
  readonly ids: ClientIds;
  /** Peers asked for. */
  readonly wanted: number;
  /** For an answer. */
  readonly timeoutMs: number;
  readonly answers: TrackerAnswers;
}

/** BEP 3 and BEP 48 over TLS. */
export class HttpsTransport implements TrackerTransport {
  readonly #parts: HttpsTransportParts;
  readonly #requests: HttpRequests;
  readonly #reader: ReplyReader;
  readonly #ending = new AbortController();
  #underWay = 0;

  constructor(parts: HttpsTransportParts) {
    this.#parts = parts;
    this.#requests = new HttpRequests(parts.url, parts.ids, parts.wanted);
    this.#reader = new ReplyReader(parts.answers);
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

  release(): void {}

  tick(): void {}

  close(): void {
    this.#ending.abort();
  }

  #send(request: HttpRequest): void {
    if (this.#underWay >= maxHttpConnections) {
      return this.#parts.answers.failed(tooManyConnections, request.ask);
    }
    void this.#exchange(request);
  }

  async #exchange(request: HttpRequest): Promise<void> {
    const { http, answers, timeoutMs } = this.#parts;
    const { signal } = this.#ending;
    const bounds = { deadlineMs: timeoutMs, maxBodyBytes: maxReplyBytes, mostRedirects: 0 };
    this.#underWay++;
    let reply: HttpReply;
    try {
      const url = `${this.#requests.origin}${request.path}`;
      reply = await http.get(url, { ...bounds, signal });
    } catch (error) {
      return answers.failed(codeOf(error) ?? "http-failed", request.ask);
    } finally {
      this.#underWay--;
    }
    this.#reader.read(request, reply.status, reply.body);
  }
}
