// A disk of a scene whose calls begin and return on command, while time passes.

import type { DiskWatch } from "../../src/engine/disk/disk-watch.ts";
import { tick, tickMs } from "../../src/engine/tick.ts";
import type { makeScene } from "./engine-scene.ts";

/** @param watch Watch of the disk. */
export function diskOnCommand(scene: ReturnType<typeof makeScene>, watch: DiskWatch) {
  const counter = new Int32Array(watch.nextStamp());
  const move = () => {
    counter[0] = (counter[0] ?? 0) + 1;
  };
  return {
    beginCall: move,
    endCall: move,
    pass(ms: number) {
      for (let passedMs = 0; passedMs < ms; passedMs += tickMs) {
        scene.time.advance(tickMs);
        tick(scene.engine);
      }
    },
    /** Warnings and errors so far: `warning disk-slow`. */
    codes() {
      scene.gather();
      return scene
        .events()
        .flatMap((event) =>
          event.event === "warning" || event.event === "error"
            ? [`${event.event} ${event.code}`]
            : [],
        );
    },
  };
}
