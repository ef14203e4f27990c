// A scenario of the comparisons.

/** Requests that both programs get, and their answers by labels of the scenario. */
export interface Scenario<Remote> {
  /** A word, by which the list of differences names the scenario. */
  readonly name: string;
  /** A sentence about the requests. */
  readonly text: string;
  readonly ask: (remote: Remote) => Promise<Readonly<Record<string, unknown>>>;
}
