import { resolve } from "node:path";
import type { MessageOf, PatientRef } from "@troupe/actor-runtime";
import { AddressRanges, type EngineProtocol } from "@troupe/messages";
import { abortable } from "../../abortable.ts";
import { outOfRange, spelled } from "../options/option-values.ts";
import type { TorrentServices } from "../torrent-services.ts";
import { loadIpFilter, type LoadedIpFilter } from "./load-ip-filter.ts";

/** The IP filter of a coordinator: its addresses are neither dialled nor accepted. */
export interface IpFilterStatus {
  /** Absolute. */
  readonly path: string;
  /** Disjoint ranges; a list may have more. */
  readonly ranges: number;
  /** Lines that were not understood. */
  readonly skippedLines: number;
  /** Counted from 1. */
  readonly firstSkippedLine?: number;
}

const deadline = { deadlineMs: 30_000 };

type SetIpFilter = MessageOf<EngineProtocol, "set-ip-filter">;

/** A list, and its message to an engine. */
export interface ReadIpFilter {
  readonly status: IpFilterStatus;
  readonly message: SetIpFilter;
}

/**
 * @throws TroupeError `option-out-of-range`, `ip-filter-unreadable`, `ip-filter-too-large`, `ip-filter-malformed`; the reason
 *   of `signal`.
 */
export async function readIpFilter(path: string, signal?: AbortSignal): Promise<ReadIpFilter> {
  const given: unknown = path;
  if (typeof given !== "string" || given.includes("\0")) {
    throw outOfRange("ipFilter", spelled(given), "the path of a file");
  }
  const absolute = resolve(path);
  // The signal also ends the wait for a disk that does not answer.
  const loaded = await abortable(signal, () => loadIpFilter(absolute, signal));
  return { status: statusOf(absolute, loaded), message: { ranges: loaded.memory } };
}

function statusOf(path: string, { memory, ...lines }: LoadedIpFilter): IpFilterStatus {
  return { path, ranges: new AddressRanges(memory).count, ...lines };
}

/** The IP filter over the restarts of an engine. */
export class IpFilterSetting {
  readonly #engine: PatientRef<EngineProtocol>;
  readonly #untilAnswered: TorrentServices["untilAnswered"];
  readonly #closing = new AbortController();
  #current: ReadIpFilter | undefined;
  /** Settles after the last replacement. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(engine: PatientRef<EngineProtocol>, untilAnswered: TorrentServices["untilAnswered"]) {
    this.#engine = engine;
    this.#untilAnswered = untilAnswered;
  }

  get status(): IpFilterStatus | undefined {
    return this.#current?.status;
  }

  /** Of the first engine. */
  async begin(read: ReadIpFilter | undefined): Promise<void> {
    this.#current = read;
    await this.restore();
  }

  /** A new engine gets the filter before it has a connection. */
  async restore(): Promise<void> {
    if (this.#current !== undefined) await this.#send();
  }

  /**
   * Replaces the filter after all earlier replacements. A list that cannot be used leaves the old one.
   *
   * @param path Undefined: no filter.
   */
  replace(path: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const closing = this.#closing.signal;
    const end = signal === undefined ? closing : AbortSignal.any([closing, signal]);
    const turn = this.#turn.then(async () => {
      end.throwIfAborted();
      this.#current = path === undefined ? undefined : await readIpFilter(path, end);
      await this.#untilAnswered(() => this.#send());
    });
    this.#turn = turn.catch(() => undefined);
    return abortable(end, () => turn);
  }

  /** Ends a read that is under way, and refuses later ones. */
  giveUp(reason: Error): void {
    this.#closing.abort(reason);
  }

  async #send(): Promise<void> {
    await this.#engine.call("set-ip-filter", this.#current?.message ?? {}, deadline);
  }
}
