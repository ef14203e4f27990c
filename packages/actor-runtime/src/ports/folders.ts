/** Result of the first look at a folder. */
export interface FolderLook {
  /** The device of the nearest reachable folder. */
  readonly device: bigint;
}

/** First looks at folders of unknown device. They never block an actor. */
export interface Folders {
  /**
   * Looks at an absolute folder. Simultaneous looks are one look.
   * @throws rejects with ActorError `disk-not-answering` (`details: {folder}`) after 2 s, or at once while an earlier
   *   look at this folder, or many others, have not returned.
   */
  look(folder: string): Promise<FolderLook>;
  /** Looks that have not returned. Meanwhile the process can end only by SIGKILL. */
  readonly stuck: readonly string[];
}
