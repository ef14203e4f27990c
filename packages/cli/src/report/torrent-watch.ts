import { cleanText } from "@troupe/protocol/text";
import { detailsOf, type TorrentDetails } from "../display/details.ts";
import type { CodedMessage, TorrentEventOf, TorrentPort, TorrentProgress } from "../engine-port.ts";
import type { TorrentView } from "../display/torrent-view.ts";

const longestName = 200;
const longestFault = 600;

/** Keeps a torrent's data that needs polling. */
export class TorrentWatch {
  readonly torrent: TorrentPort;
  #checking: TorrentEventOf<"checking"> | undefined;
  /** First figures of the check. */
  #checkBegan: { readonly done: number; readonly atMs: number } | undefined;
  #details: TorrentDetails | undefined;
  /** Progress when the details were polled: the reason has the same rate. */
  #progress: TorrentProgress | undefined;
  #why: CodedMessage | undefined;
  #isAsking = false;
  readonly #label: string | undefined;
  readonly #nowMs: () => number;
  readonly #followedAtMs: number;

  /** Among the torrents of the command. */
  readonly place: number;

  /** @param nowMs Monotonic. */
  constructor(
    torrent: TorrentPort,
    nowMs: () => number,
    { label, place }: { readonly label: string | undefined; readonly place: number },
  ) {
    this.torrent = torrent;
    this.#nowMs = nowMs;
    this.#followedAtMs = nowMs();
    this.#label = label;
    this.place = place;
    torrent.on("why", ({ code, message }) => {
      this.#why = { code, message: cleanText(message, longestName) };
    });
    torrent.on("checking", (checking) => {
      this.#checking = checking;
      this.#checkBegan ??= { done: checking.done, atMs: nowMs() };
    });
  }

  /** Clean, after the label. A magnet gets its name with its metadata. */
  get name(): string {
    const name = cleanText(this.torrent.name, longestName);
    return this.#label === undefined ? name : `${this.#label}: ${name}`;
  }

  /** For later views; callers need not await it. */
  async poll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const status = await this.torrent.status();
      this.#details = detailsOf(status);
      this.#progress = status.progress;
    } catch {
      this.#progress = undefined;
      // Removed, or without an engine: the last details stay.
    } finally {
      this.#isAsking = false;
    }
  }

  view(): TorrentView {
    const { torrent } = this;
    return {
      name: this.name,
      state: torrent.state,
      hasMetadata: torrent.hasMetadata,
      why: this.#details?.why ?? this.#why,
      lengthBytes: torrent.size,
      progress: torrent.isComplete ? torrent.progress : (this.#progress ?? torrent.progress),
      checking: this.#checkNow(),
      isComplete: torrent.isComplete,
      directory: cleanText(torrent.directory, longestName),
      elapsedSeconds: (this.#nowMs() - this.#followedAtMs) / 1000,
      fault: this.#faultNow(),
      details: this.#details,
    };
  }

  /** A torrent that waits for its disk loses its fault on resuming. */
  #faultNow(): string | undefined {
    const { state, fault } = this.torrent;
    if (state !== "error") return undefined;
    if (fault === undefined) return "it has failed";
    const { continuesOnce, message } = fault;
    const hope =
      continuesOnce === undefined ? "" : `; it continues by itself once ${continuesOnce}`;
    return cleanText(message + hope, longestFault);
  }

  #checkNow(): TorrentView["checking"] {
    const [checking, began] = [this.#checking, this.#checkBegan];
    if (checking === undefined || began === undefined) return undefined;
    const { done, total } = checking;
    const seconds = (this.#nowMs() - began.atMs) / 1000;
    if (done <= began.done || seconds < 1) return { done, total };
    return { done, total, etaSeconds: ((total - done) * seconds) / (done - began.done) };
  }
}
