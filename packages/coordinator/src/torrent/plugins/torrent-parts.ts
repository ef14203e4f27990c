import type { PluginChoker } from "./plugin-choker.ts";
import type { PluginHasher } from "./plugin-hasher.ts";
import { PluginPart, type RunningPart } from "./plugin-part.ts";

/** A choker of a module that runs. */
export interface RunningChoker extends RunningPart {
  readonly choker: PluginChoker;
}

/** A hasher of a module that runs. */
export interface RunningHasher extends RunningPart {
  readonly hasher: PluginHasher;
}

/** The parts of a torrent that modules may replace. */
export class TorrentParts {
  readonly picker: PluginPart<RunningPart> = new PluginPart<RunningPart>();
  readonly choker: PluginPart<RunningChoker> = new PluginPart<RunningChoker>();
  readonly hasher: PluginPart<RunningHasher> = new PluginPart<RunningHasher>();

  /** The run has ended. */
  close(): void {
    this.picker.close();
    this.choker.close();
    this.hasher.close();
  }
}
