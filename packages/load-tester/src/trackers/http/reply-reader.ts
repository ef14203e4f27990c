// Whole replies of an HTTP tracker, through the gates of announces and scrapes.

import { ProtocolError } from "@troupe/protocol/errors";
import { decodeAnnounceReply, decodeScrapeReply } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { ReasonLabels } from "../../requests/reason-labels.ts";
import { ListedPeers } from "../checks/named-peers.ts";
import type { TrackerAnswers } from "../tracker-transport.ts";
import type { HttpRequest } from "./http-request.ts";
import { PlainAnnounce } from "./plain-announce.ts";

/** Tells the load what a reply says. */
export class ReplyReader {
  readonly #answers: TrackerAnswers;
  readonly #labels = new ReasonLabels();
  readonly #plain = new PlainAnnounce();

  constructor(answers: TrackerAnswers) {
    this.#answers = answers;
  }

  /** @param body Read during the call only. */
  read(request: HttpRequest, status: number, body: Uint8Array): void {
    if (status !== 200) {
      return this.#answers.wrong(`status ${Math.floor(status / 100)}xx`, request.ask);
    }
    try {
      if (request.kind === "announce") this.#announced(request.ask, body);
      else this.#scraped(request.ask, request.infoHash, body);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#answers.wrong(this.#labelOf(error), request.ask);
    }
  }

  #announced(ask: number, body: Uint8Array): void {
    const plain = this.#plain;
    if (plain.read(body)) return this.#answers.announced(ask, plain.intervalSeconds, plain);
    const { intervalSeconds, peers } = decodeAnnounceReply(body);
    this.#answers.announced(ask, intervalSeconds, new ListedPeers(peers));
  }

  #scraped(ask: number, infoHash: InfoHash, body: Uint8Array): void {
    const counts = decodeScrapeReply(body, infoHash);
    // A tracker leaves out a swarm that it does not know: it counts none.
    this.#answers.scraped(ask, (counts?.complete ?? 0) + (counts?.incomplete ?? 0));
  }

  #labelOf({ code, details }: ProtocolError): string {
    const { reason } = details;
    if (code !== "tracker-refused") return "malformed";
    return this.#labels.label(typeof reason === "string" ? reason : "");
  }
}
