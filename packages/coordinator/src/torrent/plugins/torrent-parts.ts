import type { PluginChoker } from "./plugin-choker.ts";
import { PluginPart, type RunningPart } from "./plugin-part.ts";

/** A choker of a module that runs. */
export interface RunningChoker extends RunningPart {
  readonly choker: PluginChoker;
}

/** The parts of a torrent that modules may replace. */
export class TorrentParts {
  readonly picker: PluginPart<RunningPart> = new PluginPart<RunningPart>();
  readonly choker: PluginPart<RunningChoker> = new PluginPart<RunningChoker>();

  /** The run has ended. */
  close(): void {
    this.picker.close();
    this.choker.close();
  }
}
