import type { OutsideChoker } from "./outside-choker.ts";
import { OutsidePart, type RunningPart } from "./outside-part.ts";

/** A choker of a module that runs. */
export interface RunningChoker extends RunningPart {
  readonly choker: OutsideChoker;
}

/** The parts of a torrent that modules may replace. */
export class TorrentParts {
  readonly picker: OutsidePart<RunningPart> = new OutsidePart<RunningPart>();
  readonly choker: OutsidePart<RunningChoker> = new OutsidePart<RunningChoker>();

  /** The run has ended. */
  close(): void {
    this.picker.close();
    this.choker.close();
  }
}
