import { LazyMap } from "@troupe/actor-runtime";
import { within } from "@troupe/control";
import type {
  AddTorrent,
  QueuePlace,
  RateLimits,
  SeedGoals,
  TorrentId,
  TorrentModules,
} from "@troupe/messages";
import { modulesOf, type ModuleOptions } from "./options/modules.ts";
import { rateLimitsOf, type RateLimitOptions } from "./options/rate-limits.ts";
import { seedGoalsOf, type SeedGoalOptions } from "./options/seed-goals.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** Settings that have changed since their torrent was added. */
type ChangedSettings = Partial<
  Pick<AddTorrent, "maxPeers" | "goals" | "isSuperSeed" | "limits" | "modules" | "queuePlace">
>;

/** The parts of a torrent by which its settings reach the engine and the copy in the state folder. */
interface SetTorrent {
  /** Its number in the present engine. */
  readonly id: TorrentId;
  readonly services: Pick<TorrentServices, "engine" | "request">;
  /** Does nothing after the end of the torrent: the state folder may be another coordinator's by then. */
  saveWish(): void;
}

/** Sends a setting to the engine of the torrent. */
type Send = (torrent: SetTorrent) => void;

const nothingChanged: ChangedSettings = {};

/** The settings of a torrent that its user may change at any time. A new engine gets them again. */
export class LiveSettings {
  readonly #torrent: SetTorrent;
  #changed = nothingChanged;
  /** Sends each changed setting to the present engine. */
  readonly #sends = new LazyMap<keyof ChangedSettings, Send>();

  constructor(torrent: SetTorrent) {
    this.#torrent = torrent;
  }

  get changed(): ChangedSettings {
    return this.#changed;
  }

  get goals(): SeedGoals {
    return this.#changed.goals ?? this.#torrent.services.request.goals ?? {};
  }

  get queuePlace(): QueuePlace {
    return this.#changed.queuePlace ?? this.#torrent.services.request.queuePlace ?? { rank: 0 };
  }

  /** Sends the settings that have changed since. @param before What the present engine got with the torrent. */
  sendChangesSince(before: ChangedSettings): void {
    for (const [name, send] of this.#sends)
      if (this.#changed[name] !== before[name]) send(this.#torrent);
  }

  /** Sets the place of this torrent alone. */
  setQueuePlace(queuePlace: QueuePlace): void {
    this.#change("queuePlace", queuePlace, ({ id: torrent, services }) =>
      services.engine.cast("set-queue-place", { torrent, place: queuePlace }),
    );
  }

  get limits(): RateLimits {
    return this.#changed.limits ?? this.#torrent.services.request.limits ?? {};
  }

  /** @throws TroupeError `option-out-of-range`, `option-unknown` */
  setLimits(options: RateLimitOptions): void {
    const limits = rateLimitsOf(options);
    this.#change("limits", limits, ({ id: torrent, services }) =>
      services.engine.cast("set-limits", { torrent, limits }),
    );
  }

  /** @throws TroupeError `option-out-of-range` */
  setMaxConnections(count: number): void {
    const maxPeers = within("maxConnections", count, 1, 10_000);
    this.#change("maxPeers", maxPeers, ({ id: torrent, services }) =>
      services.engine.cast("set-max-peers", { torrent, maxPeers }),
    );
  }

  /** @throws TroupeError `option-out-of-range`, `option-unknown` */
  setGoals(options: SeedGoalOptions): void {
    const goals = seedGoalsOf(options);
    this.#change("goals", goals, ({ id: torrent, services }) =>
      services.engine.cast("set-goals", { torrent, goals }),
    );
  }

  setSuperSeeding(isSuperSeed: boolean): void {
    this.#change("isSuperSeed", isSuperSeed, ({ id: torrent, services }) =>
      services.engine.cast("set-super-seeding", { torrent, isOn: isSuperSeed }),
    );
  }

  get modules(): TorrentModules {
    return this.#changed.modules ?? this.#torrent.services.request.modules ?? {};
  }

  /**
   * Replaces the modules of the given parts.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`, `module-not-found`
   */
  setModules(options: ModuleOptions): void {
    const { isSequential = false } = this.#torrent.services.request;
    const modules = modulesOf(options, isSequential, this.modules);
    // A record never names code.
    this.#apply("modules", modules, ({ id: torrent, services }) =>
      services.engine.cast("set-modules", { torrent, modules }),
    );
  }

  #change<Name extends keyof ChangedSettings>(
    name: Name,
    value: ChangedSettings[Name],
    send: Send,
  ): void {
    this.#apply(name, value, send);
    this.#torrent.saveWish();
  }

  #apply<Name extends keyof ChangedSettings>(
    name: Name,
    value: ChangedSettings[Name],
    send: Send,
  ): void {
    this.#changed = { ...this.#changed, [name]: value };
    this.#sends.set(name, send);
    send(this.#torrent);
  }
}
