/** The seeding of a torrent in this engine, as of the last look. */
export interface SeedingTime {
  readonly seedMs: number;
  /** Undefined when the torrent did not seed at the last look. */
  readonly lookedAtMs: number | undefined;
  readonly uploadedBytes: number;
  /** When `uploadedBytes` last grew, or seeding began. */
  readonly activeAtMs: number;
}

/** A torrent at a look. */
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

/** Time counts between two looks at a torrent that seeds. A pause begins the idle time anew. */
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

/** Time until the next look does not count. */
export function seedingEnded(before: SeedingTime): SeedingTime {
  return { ...before, lookedAtMs: undefined };
}
