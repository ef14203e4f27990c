// Takes the rates of the engine into the history, and saves it from time to time.

import { asFault, settlesWithin, type Clock, type Timers } from "@troupe/actor-runtime";
import type { RateHistory as EngineRates } from "@troupe/coordinator";
import type { HistoryFile } from "./history-file.ts";
import { RateHistory, type SpanName } from "./rate-history.ts";
import type { RateColumns } from "./rate-ring.ts";

/** The time between two questions to the engine, which keeps the seconds of ten minutes. */
const takeMs = 60_000;
/** Saves are five minutes apart: a program that is killed loses the history since the last one. */
const takesASave = 5;
/** A reader waits no longer for an engine that restarts, and gets what is there. */
const readMs = 1_000;
/** The end of a service waits no longer for the last save. */
const lastSaveMs = 1_000;

/** The world around the keeper. */
interface KeeperPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly file: Pick<HistoryFile, "read" | "save">;
  rates(): Promise<EngineRates>;
  warned(code: string, message: string): void;
}

/** Keeps the history of a running service. */
export class HistoryKeeper {
  readonly #ports: KeeperPorts;
  readonly #history: RateHistory;
  #timer: { cancel(): void } | undefined;
  /** Seconds of the engine that the history has. */
  #takenSeconds = 0;
  #taking: Promise<void> | undefined;
  #saving: Promise<void> | undefined;
  #isSaveFailing = false;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
    const { content, warning } = ports.file.read();
    if (warning !== undefined) ports.warned("rate-history-lost", warning);
    this.#history = new RateHistory(content);
  }

  /** Takes and saves from now on. */
  begin(): void {
    let takes = 0;
    this.#timer = this.#ports.timers.every(takeMs, () => {
      takes++;
      void (takes % takesASave === 0 ? this.#takeAndSave() : this.#take());
    });
  }

  /** The history up to now. Never rejects. */
  async read(span: SpanName): Promise<RateColumns> {
    await settlesWithin(this.#ports.timers, readMs, this.#take());
    return this.#history.read(span, this.#ports.clock.epochMs());
  }

  /** Saves what the engine has moved last. Settles within 2 s. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await settlesWithin(this.#ports.timers, readMs + lastSaveMs, this.#takeAndSave());
  }

  async #takeAndSave(): Promise<void> {
    await settlesWithin(this.#ports.timers, readMs, this.#take());
    await this.#save();
  }

  /** One question to the engine is under way. */
  #take(): Promise<void> {
    return (this.#taking ??= this.#ask().finally(() => {
      this.#taking = undefined;
    }));
  }

  async #ask(): Promise<void> {
    const rates = await this.#ports.rates().catch(() => undefined);
    if (rates === undefined) return;
    const { endsAt, seconds } = rates;
    // An engine that began anew counts from 0.
    const added = seconds < this.#takenSeconds ? seconds : seconds - this.#takenSeconds;
    this.#takenSeconds = seconds;
    if (added === 0) return;
    const last = (figures: readonly number[]) => figures.slice(-added);
    const [down, up, lengthsMs] = [last(rates.down), last(rates.up), last(rates.lengthsMs)];
    this.#history.add({ endsAt, lengthsMs, down, up }, this.#ports.clock.nowMs());
  }

  /** One save is under way: a disk that hangs takes one thread. */
  #save(): Promise<void> {
    return (this.#saving ??= this.#write().finally(() => {
      this.#saving = undefined;
    }));
  }

  async #write(): Promise<void> {
    try {
      await this.#ports.file.save(this.#history.content);
      this.#isSaveFailing = false;
    } catch (error) {
      const message = `cannot save the history of rates; it is tried every 5 min: ${asFault(error).message}`;
      if (!this.#isSaveFailing) this.#ports.warned("rate-history-not-saved", message);
      this.#isSaveFailing = true;
    }
  }
}
