/** Text of a trace of a peer's messages. */
export interface TracedText {
  /** The program's number of the trace. */
  readonly trace: number;
  /** Whole lines, each with milliseconds since 1970 first. */
  readonly text: string;
  /** Nothing follows. */
  readonly isOver: boolean;
}
