// Acts by the clock: torrents are paused in parts of the week. In a period each torrent is
//
//   held   the clock has paused it; at the end of the period it starts again
//   left   its user has decided otherwise: stopped or paused before, or started since
//
// A torrent that is held and no longer paused was started by its user, and is left until the period ends. Nothing is on record: a
// restart starts paused torrents, and a service that starts within a period pauses what runs.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";
import {
  isUnderWay,
  weekMoment,
  weekPeriodOf,
  type PauseSetting,
  type WeekPeriod,
} from "@troupe/control";
import type { SteeredTorrent } from "@troupe/coordinator/commands";

const lookEveryMs = 5_000;

/** The world of the clock. */
interface PausePorts {
  readonly clock: Pick<Clock, "epochMs" | "utcOffsetMinutes">;
  readonly timers: Pick<Timers, "every">;
  readonly engine: { readonly steered: readonly SteeredTorrent[] };
}

interface Pause {
  readonly period: WeekPeriod;
  /** Undefined: all torrents. */
  readonly group: string | undefined;
}

/** Pauses and starts torrents by the clock. */
export class PauseClock {
  readonly #pauses: readonly Pause[];
  readonly #ports: PausePorts;
  readonly #timer: Timer;
  /** Torrents in a period, by info-hash. */
  readonly #torrents = new Map<string, "held" | "left">();

  /** Looks at the clock at once. */
  constructor(settings: readonly PauseSetting[], ports: PausePorts) {
    this.#pauses = settings.map(({ group, ...times }) => ({ period: weekPeriodOf(times), group }));
    this.#ports = ports;
    this.#timer = ports.timers.every(lookEveryMs, () => this.#look());
    this.#look();
  }

  close(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const { clock, engine } = this.#ports;
    const moment = weekMoment(clock.epochMs(), clock.utcOffsetMinutes());
    const pauses = this.#pauses.filter(({ period }) => isUnderWay(period, moment));
    if (pauses.length === 0 && this.#torrents.size === 0) return;
    const there = new Set<string>();
    for (const torrent of engine.steered) {
      there.add(torrent.infoHash);
      if (pauses.some(({ group }) => group === undefined || group === torrent.group))
        this.#keep(torrent);
      else this.#letGo(torrent);
    }
    for (const infoHash of this.#torrents.keys())
      if (!there.has(infoHash)) this.#torrents.delete(infoHash);
  }

  #keep(torrent: SteeredTorrent): void {
    const { infoHash, isPaused, isStarted } = torrent;
    const isRunning = isStarted && !isPaused;
    const before = this.#torrents.get(infoHash);
    if (before === undefined && isRunning) torrent.pause();
    if (before === undefined) this.#torrents.set(infoHash, isRunning ? "held" : "left");
    // Its user has started or stopped it.
    else if (isRunning || !isStarted) this.#torrents.set(infoHash, "left");
  }

  #letGo(torrent: SteeredTorrent): void {
    const { infoHash, isPaused, isStarted } = torrent;
    if (this.#torrents.get(infoHash) === "held" && isStarted && isPaused) torrent.start();
    this.#torrents.delete(infoHash);
  }
}
