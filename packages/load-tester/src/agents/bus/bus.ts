// The message server, as the leader and its agents use it: subjects, presence, objects, and a stream that keeps windows.

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** A connection to the message server, which comes back by itself. */
export interface Bus extends AsyncDisposable {
  readonly isConnected: boolean;
  /** Called at each loss and each return of the connection. */
  onConnection(listener: (isConnected: boolean) => void): void;
  /** Resolves when the connection has ended for good: the server refuses the credentials, or the bus was disposed. */
  readonly closed: Promise<void>;
  /** To the subscribers that are there now; dropped without a connection. */
  publish(subject: string, bytes: Uint8Array): void;
  subscribe(subject: string, take: (bytes: Uint8Array) => void): Unsubscribe;
  /** Answers requests on a subject. */
  answer(subject: string, reply: (bytes: Uint8Array) => Promise<Uint8Array>): Unsubscribe;
  /** @throws rejects without an answer in time, without a connection, and when nothing answers on the subject. */
  request(subject: string, bytes: Uint8Array, limitMs: number): Promise<Uint8Array>;
  readonly presence: Presence;
  readonly objects: Objects;
  readonly windows: WindowStream;
}

/** The list of agents that are there; an entry that is not repeated disappears. */
export interface Presence {
  put(name: string, bytes: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
  list(): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** Plans and torrents. */
export interface Objects {
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** @returns Undefined when there is no such object, or it has more than `limitBytes`. */
  get(name: string, limitBytes: number): Promise<Uint8Array | undefined>;
  delete(name: string): Promise<void>;
}

/** The stream of windows. It keeps a message until its reader has it, over restarts of the server. */
export interface WindowStream {
  /** Stores a message, at most once for each id. @throws rejects when it may not have been stored: repeat it. */
  append(run: string, id: string, bytes: Uint8Array): Promise<void>;
  /** Every message of a run, from the first on, in order. */
  read(run: string, take: (bytes: Uint8Array) => void): Promise<Unsubscribe>;
  /** Removes all messages of a run. */
  purge(run: string): Promise<void>;
}
