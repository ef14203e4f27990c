import type { ProgramName } from "../../scenario/scenario.ts";
import { aria2 } from "./aria2.ts";
import { libtorrent } from "./libtorrent.ts";
import { opentracker } from "./opentracker.ts";
import { ours } from "./ours.ts";
import type { Program } from "./program.ts";
import { qbittorrent } from "./qbittorrent.ts";
import { rtorrent } from "./rtorrent.ts";
import { transmission } from "./transmission.ts";

/** The fixed list of programs that a scenario may start. */
export const programs: Readonly<Record<ProgramName, Program>> = {
  ours,
  libtorrent,
  transmission,
  aria2,
  rtorrent,
  qbittorrent,
  opentracker,
};
