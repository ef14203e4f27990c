/** A thread in a disk call that has not returned. */
export interface StuckThread {
  /** Actor or pool. */
  readonly thread: string;
  /** The folder whose disk does not answer. */
  readonly folder?: string;
}
