import { messageOf, type PatientRef, type Timers } from "@troupe/actor-runtime";
import { abortable, packPrefixes, type IpFilterStatus, type ReadIpFilter } from "@troupe/api-base";
import { outOfRange } from "@troupe/control";
import type { ApiProtocol } from "@troupe/messages";
import { parsePrefix } from "@troupe/protocol/address";
import type { CoordinatorOptions } from "../options/generated/engine-options.ts";
import type { TorrentServices } from "../torrent-services.ts";
import { findSavedFilter, readFilterSource, type FilterPlaces } from "./filter-source.ts";

const deadline = { deadlineMs: 30_000 };
const hourMs = 3_600_000;

/** Time, network and state folder of the readings. */
type FilterPorts = FilterPlaces & { readonly timers: Pick<Timers, "every"> };

type FilterOptions = Pick<
  CoordinatorOptions,
  "ipFilter" | "ipFilterAllow" | "ipFilterHours" | "signal"
>;

/** The IP filter over the restarts of an engine. */
export class IpFilterSetting {
  readonly #engine: Pick<PatientRef<ApiProtocol>, "call">;
  readonly #untilAnswered: TorrentServices["untilAnswered"];
  readonly #ports: FilterPorts;
  readonly #warn: (message: string, source: string) => void;
  readonly #closing = new AbortController();
  #current: ReadIpFilter | undefined;
  #allowed: SharedArrayBuffer | undefined;
  #stop = (): void => {};
  /** Settles after the last reading. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param warn Gets the reason when the list cannot be read again. */
  constructor(
    engine: Pick<PatientRef<ApiProtocol>, "call">,
    untilAnswered: TorrentServices["untilAnswered"],
    ports: FilterPorts,
    warn: (message: string, source: string) => void,
  ) {
    this.#engine = engine;
    this.#untilAnswered = untilAnswered;
    this.#ports = ports;
    this.#warn = warn;
  }

  get status(): IpFilterStatus | undefined {
    return this.#current?.status;
  }

  /**
   * Sets the filter of the first engine. The saved list of an address holds at once, and the address is fetched beside the
   * start; without a saved list the start waits for it.
   */
  async begin(options: FilterOptions): Promise<void> {
    const { ipFilter: source, ipFilterAllow: allow = [], ipFilterHours: hours, signal } = options;
    if (allow.length > 0) this.#allowed = packPrefixes(allow.map(checkedPrefix));
    const end = this.#endOf(signal);
    if (source !== undefined) {
      const saved = await findSavedFilter(source, this.#ports, end);
      this.#current = saved ?? (await readFilterSource(source, this.#ports, end));
      if (saved !== undefined) this.#readAgain();
    }
    await this.restore();
    if (hours === undefined) return;
    const timer = this.#ports.timers.every(hours * hourMs, () => this.#readAgain());
    this.#stop = () => timer.cancel();
  }

  /** A new engine gets the filter before it has a connection. */
  async restore(): Promise<void> {
    if (this.#current !== undefined || this.#allowed !== undefined) await this.#send();
  }

  /**
   * Replaces the filter after all earlier replacements. A list that cannot be used leaves the old one.
   *
   * @param source Undefined: no filter.
   */
  replace(source: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    return this.#inTurn(signal, async (end) => {
      const read = source === undefined ? undefined : readFilterSource(source, this.#ports, end);
      this.#current = await read;
      await this.#untilAnswered(() => this.#send());
    });
  }

  /** Reads the list in use again. A failure keeps it, and is in its status. */
  update(signal: AbortSignal | undefined): Promise<void> {
    return this.#inTurn(signal, async (end) => {
      const before = this.#current;
      if (before === undefined) return;
      const { path } = before.status;
      try {
        this.#current = await readFilterSource(path, this.#ports, end);
      } catch (error) {
        end.throwIfAborted();
        this.#current = { ...before, status: { ...before.status, error: messageOf(error) } };
        throw error;
      }
      await this.#untilAnswered(() => this.#send());
    });
  }

  /** Ends a read that is under way, and refuses later ones. */
  giveUp(reason: Error): void {
    this.#stop();
    this.#closing.abort(reason);
  }

  #readAgain(): void {
    const source = this.#current?.status.path;
    if (source === undefined) return;
    void this.update(undefined).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#warn(messageOf(error), source);
    });
  }

  #inTurn(
    signal: AbortSignal | undefined,
    act: (end: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const end = this.#endOf(signal);
    const turn = this.#turn.then(async () => {
      end.throwIfAborted();
      await act(end);
    });
    this.#turn = turn.catch(() => undefined);
    return abortable(end, () => turn);
  }

  #endOf(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return signal === undefined ? closing : AbortSignal.any([closing, signal]);
  }

  async #send(): Promise<void> {
    const ranges = this.#current?.ranges;
    const allowed = this.#allowed;
    const memory = { ...(ranges && { ranges }), ...(allowed && { allowed }) };
    await this.#engine.call("set-ip-filter", memory, deadline);
  }
}

/** @throws TroupeError `option-out-of-range` */
function checkedPrefix(text: string): string {
  if (parsePrefix(text) !== undefined) return text;
  const allowed = "an IPv4 or IPv6 address, or a prefix like 192.0.2.0/24";
  throw outOfRange("ipFilterAllow", text, allowed);
}
