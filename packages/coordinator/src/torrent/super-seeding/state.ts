/** Super-seeding of a torrent. `waiting`: the torrent is no seed yet. */
type SuperSeedState =
  | { readonly state: "off" }
  | { readonly state: "waiting" }
  | { readonly state: "on" };

/** Causes of a change. */
export type SuperSeedEvent =
  | { readonly event: "chosen"; readonly isWanted: boolean }
  | { readonly event: "looked"; readonly isSeed: boolean }
  | { readonly event: "other-seed-seen" };

/** Another seed ends super-seeding, but not the wait for it: the download may have come from that seed. */
function nextSuperSeedState(before: SuperSeedState, event: SuperSeedEvent): SuperSeedState {
  switch (event.event) {
    case "chosen":
      if (!event.isWanted) return { state: "off" };
      return before.state === "on" ? before : { state: "waiting" };
    case "other-seed-seen":
      return before.state === "on" ? { state: "off" } : before;
    case "looked":
      if (before.state === "waiting" && event.isSeed) return { state: "on" };
      return before.state === "on" && !event.isSeed ? { state: "waiting" } : before;
  }
}

/** The present state of a torrent. */
export class SuperSeed {
  #value: SuperSeedState;

  constructor(isWanted: boolean) {
    this.#value = { state: isWanted ? "waiting" : "off" };
  }

  get isOn(): boolean {
    return this.#value.state === "on";
  }

  /** Whether the torrent super-seeds now or will later. */
  get isWanted(): boolean {
    return this.#value.state !== "off";
  }

  /** @returns Whether the state has changed. */
  handle(event: SuperSeedEvent): boolean {
    const before = this.#value;
    this.#value = nextSuperSeedState(before, event);
    return this.#value.state !== before.state;
  }
}
