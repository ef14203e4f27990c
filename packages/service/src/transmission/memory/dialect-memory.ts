import { EngineMemory } from "./engine-memory.ts";
import { FreeSpaceMemory } from "./free-space-memory.ts";
import { MetainfoMemory } from "./metainfo-memory.ts";
import { RowTexts } from "./row-texts.ts";
import { Turns } from "./turns.ts";

/** The few things that the dialect remembers between calls. All of it may be lost. */
export class DialectMemory {
  readonly turns: Turns = new Turns();
  readonly engine: EngineMemory = new EngineMemory();
  readonly metainfo: MetainfoMemory = new MetainfoMemory();
  readonly rowTexts: RowTexts = new RowTexts();
  readonly freeSpace: FreeSpaceMemory = new FreeSpaceMemory();
}
