/** The seeding of a torrent in this engine until the last once-a-second look. */
export interface SeedingTime {
  readonly seedMs: number;
  /** Undefined when the torrent did not seed at the last look. */
  readonly lookedAtMs: number | undefined;
  readonly uploadedBytes: number;
  /** When `uploadedBytes` last grew, or seeding began. */
  readonly activeAtMs: number;
}

/** The state of a torrent at a once-a-second look. */
export interface SeedingLook {
  /** Monotonic. */
  readonly nowMs: number;
  readonly isSeeding: boolean;
  readonly uploadedBytes: number;
}

/** A torrent that has not seeded. */
export const neverSeeded: SeedingTime = {
  seedMs: 0,
  lookedAtMs: undefined,
  uploadedBytes: 0,
  activeAtMs: 0,
};

/** Counts the time since the last look while the torrent seeds. After a pause the idle time begins again. */
export function seedingAfter(before: SeedingTime, look: SeedingLook): SeedingTime {
  const { nowMs, isSeeding, uploadedBytes } = look;
  const { lookedAtMs, seedMs } = before;
  if (!isSeeding) return seedingEnded(before);
  if (lookedAtMs === undefined) {
    return { seedMs, lookedAtMs: nowMs, uploadedBytes, activeAtMs: nowMs };
  }
  const hasSent = uploadedBytes > before.uploadedBytes;
  return {
    seedMs: seedMs + nowMs - lookedAtMs,
    lookedAtMs: nowMs,
    uploadedBytes,
    activeAtMs: hasSent ? nowMs : before.activeAtMs,
  };
}

/** The seeding at a change of state: an idle torrent is looked at every ten seconds. */
export function seedingUntil(before: SeedingTime, nowMs: number): SeedingTime {
  const { lookedAtMs, seedMs } = before;
  if (lookedAtMs === undefined) return before;
  return { ...before, seedMs: seedMs + nowMs - lookedAtMs, lookedAtMs: nowMs };
}

/** The seeding after a stop or a pause: the time until the next look does not count. */
export function seedingEnded(before: SeedingTime): SeedingTime {
  return { ...before, lookedAtMs: undefined };
}
