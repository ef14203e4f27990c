import { EngineMemory } from "./engine-memory.ts";
import { FreeSpaceMemory } from "./free-space-memory.ts";
import { MetainfoMemory } from "./metainfo-memory.ts";
import { Turns } from "./turns.ts";

/** The few things that the dialect remembers between calls. All of it may be lost. */
export class DialectMemory {
  readonly turns: Turns = new Turns();
  readonly engine: EngineMemory = new EngineMemory();
  readonly metainfo: MetainfoMemory = new MetainfoMemory();
  readonly freeSpace: FreeSpaceMemory = new FreeSpaceMemory();
}
