// First looks at folders.

/** What the first look at a folder shows. */
export interface FolderLook {
  /** The device of the folder, or of the nearest folder above it that can be reached. */
  readonly device: bigint;
}

/** First looks at folders whose device is not known yet. They block no actor, whatever the disk does. */
export interface Folders {
  /**
   * Looks at a folder, absolute. Looks at one folder at the same time are one look.
   * @throws rejects with ActorError `disk-not-answering` (`details: {folder}`) after 2 s, at once while an earlier look at
   *   this folder has not returned or many others have not.
   */
  look(folder: string): Promise<FolderLook>;
  /** Folders at which a look has not returned. The process can end by SIGKILL only while there are any. */
  readonly stuck: readonly string[];
}
