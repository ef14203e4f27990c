import type { PatientRef } from "@troupe/actor-runtime";
import { abortable, type IpFilterStatus, readIpFilter, type ReadIpFilter } from "@troupe/api-base";
import type { ApiProtocol } from "@troupe/messages";
import type { TorrentServices } from "../torrent-services.ts";

const deadline = { deadlineMs: 30_000 };

/** The IP filter over the restarts of an engine. */
export class IpFilterSetting {
  readonly #engine: PatientRef<ApiProtocol>;
  readonly #untilAnswered: TorrentServices["untilAnswered"];
  readonly #closing = new AbortController();
  #current: ReadIpFilter | undefined;
  /** Settles after the last replacement. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(engine: PatientRef<ApiProtocol>, untilAnswered: TorrentServices["untilAnswered"]) {
    this.#engine = engine;
    this.#untilAnswered = untilAnswered;
  }

  get status(): IpFilterStatus | undefined {
    return this.#current?.status;
  }

  /** Sets the filter of the first engine. */
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
    const ranges = this.#current?.ranges;
    await this.#engine.call("set-ip-filter", ranges === undefined ? {} : { ranges }, deadline);
  }
}
