// Goals of seeding: settings of a torrent, of a group and of an engine.

import { duration, ratio, word } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";

const mostRatio = 1_000_000;
/** Over thirty years. */
const mostGoalSeconds = 1_000_000_000;

/** Rows of the settings of a torrent, a group and an engine. */
export const goalSettings = {
  "goals.ratio": {
    gate: ratio(mostRatio),
    isLive: true,
    right: "control",
    option: {
      name: "ratio",
      calls: "download seed",
      isUsual: true,
      help: "seed until the ratio of all runs is R: 1.5 (seed until stopped)",
    },
    text: "The complete torrent stops at this ratio: sent bytes divided by received bytes of all runs, above 0. Files that were there before the first run count as received.",
  },
  "goals.seedSeconds": {
    gate: duration(1, mostGoalSeconds),
    isLive: true,
    right: "control",
    option: {
      name: "seed-time",
      calls: "download seed",
      isUsual: true,
      help: "seed until all runs together have seeded for DUR",
    },
    text: "The torrent stops after so many seconds of seeding in all runs together.",
  },
  "goals.idleSeconds": {
    gate: duration(1, mostGoalSeconds),
    isLive: true,
    right: "control",
    text: "The torrent stops after so many seconds of seeding without a block sent.",
  },
  "goals.until": {
    gate: word("any", "all"),
    default: "any",
    isLive: true,
    right: "control",
    option: {
      name: "seed-until",
      sign: "WHICH",
      calls: "download seed",
      group: "Seeding",
      help: "with --ratio and --seed-time: until any of them is reached, or all (any)",
    },
    text: "Stops when one goal is reached, or when all are.",
  },
  "goals.action": {
    gate: word("stop", "pause", "remove", "remove-with-files", "super-seed", "none"),
    default: "stop",
    isLive: true,
    right: "control",
    text: "The action at the goals: the torrent stops, pauses, is removed, with its files or without, or super-seeds on. With `none` it has no goals, whatever those of its group and the coordinator are.",
  },
} as const satisfies SettingRows;
