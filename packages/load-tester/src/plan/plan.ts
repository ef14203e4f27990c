// The plan of a run: every time and choice, drawn from the seed alone, so that any number of threads and machines draw the
// same list and each keeps its share.

/** A visit of a peer: from its arrival to its leave. */
export interface Visit {
  /** Over all groups, in order of arrival of the first visits; the same for all visits of a peer. */
  readonly peer: number;
  /** Index of the group in the scenario. */
  readonly group: number;
  /** Number of the peer within its group. */
  readonly member: number;
  /** 0 for the first visit of this peer. */
  readonly visit: number;
  /** Milliseconds from the start of the run. */
  readonly arriveMs: number;
  /** After the connect; Infinity: until the end of the run, until whole, or a ratio. */
  readonly stayMs: number;
  /** Seeds the choices of this visit: pieces, blocks, ids. 32 bits. */
  readonly seed: number;
}

/** The intended actions of an open load; one array an attribute, `count` long, ascending in time. */
export interface RateIntents {
  readonly group: number;
  /** Planned, of this share. */
  readonly perSecond: number;
  readonly count: number;
  /** Milliseconds from the start of the run. */
  readonly atMs: Float64Array;
  /** Member of the group that acts. */
  readonly member: Uint32Array;
  /** Seeds what is asked for. */
  readonly seed: Uint32Array;
}

/** Everything that a run intends, or the share of one generator. */
export interface Plan {
  /** Ascending by arrival. */
  readonly visits: readonly Visit[];
  /** One entry for each group with an open load. */
  readonly rates: readonly RateIntents[];
  readonly durationMs: number;
}

/** The share of a generator: members whose number leaves this rest. */
export interface Share {
  /** 0 to `of` - 1. */
  readonly index: number;
  readonly of: number;
}
