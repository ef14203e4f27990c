import type { Folders } from "../../ports/folders.ts";
import type { Timers } from "../../ports/timers.ts";
import { ActorError } from "../../failure.ts";
import type { SimulatedMounts } from "./simulated-mounts.ts";

const probeTimeoutMs = 2_000;

/** Instant, unless a test lets the device hang. */
export function simulatedFolders(mounts: SimulatedMounts, timers: Timers): Folders {
  return {
    stuck: [],
    async look(folder) {
      const device = mounts.deviceAt(folder);
      if (!mounts.hanging.has(device)) return { device };
      await new Promise<void>((resolve) => timers.after(probeTimeoutMs, resolve));
      throw new ActorError("disk-not-answering", {
        operation: "look",
        message: `cannot look at "${folder}": the disk has not answered within 2 s`,
        details: { folder },
      });
    },
  };
}
