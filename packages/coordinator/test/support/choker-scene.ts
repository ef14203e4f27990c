// A choker and its peers, named by letters, with a clock of their own.

import { Choker } from "../../src/torrent/choking/choker.ts";
import type { PeerFigures } from "../../src/torrent/choking/interested-peer.ts";
import type { ChokingStrategy } from "../../src/torrent/choking/strategies/choking-strategy.ts";

const tickMs = 250;

interface Peer {
  readonly name: string;
}

interface SceneOptions {
  readonly strategy: ChokingStrategy;
  readonly slots?: number;
  /** Random numbers of the draws, repeated; default 0: the first peer. */
  readonly lots?: readonly number[];
}

/** A choking peer that has pieces for us, without payload so far. */
export const blankFigures: PeerFigures = {
  isSnubbed: false,
  amInterested: true,
  isChokingUs: true,
  downloadedBytes: 0,
  uploadedBytes: 0,
  downBytesPerSecond: 0,
  upBytesPerSecond: 0,
  requestsSeen: 0,
  requestsIn: 0,
  roundTripMs: 0,
  unreadMs: 0,
};

/** Peers request blocks while they are unchoked, unless they are idle. */
export function chokerScene({ strategy, slots = 4, lots = [0] }: SceneOptions) {
  const choker = new Choker<Peer>();
  const keys = new Map<string, Peer>();
  const figures = new Map<string, PeerFigures>();
  const subscribers = new Map<string, string>();
  const idle = new Set<string>();
  const rates = new Map<string, { down: number; up: number }>();
  let nowMs = 0;
  let draws = 0;
  let looks = 0;
  let slotsNow = slots;
  const unchoked = (): string => [...choker.unchoked()].map(({ name }) => name).join("");
  const figuresOf = ({ name }: Peer): PeerFigures => {
    looks++;
    const isAsking = !idle.has(name) && unchoked().includes(name);
    return { ...(figures.get(name) ?? blankFigures), requestsIn: isAsking ? 1 : 0 };
  };
  const sceneNow = () => ({
    nowMs,
    strategy,
    slots: slotsNow,
    random: { next: () => lots[draws++ % lots.length] ?? 0 },
    figuresOf,
  });
  const tend = (): void => {
    if (choker.isDue(nowMs)) choker.tend(sceneNow());
  };
  const transfer = (): void => {
    for (const [name, { down, up }] of rates) {
      const before = figures.get(name) ?? blankFigures;
      const isUnchoked = unchoked().includes(name);
      figures.set(name, {
        ...before,
        downloadedBytes: before.downloadedBytes + (down * tickMs) / 1_000,
        uploadedBytes: before.uploadedBytes + (isUnchoked ? (up * tickMs) / 1_000 : 0),
      });
    }
  };
  return {
    choker,
    unchoked: () => Array.from(unchoked()).toSorted().join(""),
    /** Holders of optimistic slots. */
    optimistic(): string {
      const byLot = [...choker.unchoked()].filter((key) => choker.isOptimistic(key));
      return byLot.map(({ name }) => name).join("");
    },
    get looks(): number {
      return looks;
    },
    /** The peers become interested. */
    join(names: string): void {
      for (const name of names) {
        const key = keys.get(name) ?? { name };
        keys.set(name, key);
        choker.interested(key, subscribers.get(name) ?? name, sceneNow());
      }
      tend();
    },
    /** The peers lose interest or disconnect; a peer that joins again has another connection. */
    leave(names: string): void {
      for (const name of names) {
        const key = keys.get(name);
        if (key !== undefined) choker.lostInterest(key, sceneNow());
        keys.delete(name);
      }
      tend();
    },
    /** Bytes a second that the peer gives, and takes while it is unchoked. */
    rate(names: string, down: number, up: number): void {
      for (const name of names) rates.set(name, { down, up });
    },
    show(name: string, shown: Partial<PeerFigures>): void {
      figures.set(name, { ...(figures.get(name) ?? blankFigures), ...shown });
    },
    /** The peers request nothing from now on. */
    idle(names: string): void {
      for (const name of names) idle.add(name);
    },
    /** The peers have one address. */
    together(names: string): void {
      for (const name of names) subscribers.set(name, names);
    },
    setSlots(count: number): void {
      const isMore = count > slotsNow;
      slotsNow = count;
      if (isMore) choker.slotsAdded();
      tend();
    },
    run(ms: number): void {
      for (const untilMs = nowMs + ms; nowMs < untilMs;) {
        nowMs += tickMs;
        transfer();
        tend();
      }
    },
  };
}
