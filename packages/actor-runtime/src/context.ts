// Everything impure that an actor may touch. Actor code imports no clock, timer, random source, socket or
// file: it gets these from its context, so that the same code runs in threads, inline and in virtual time.

import type { NoticeName, MessageOf, Protocol, Ref, Sender } from "./contract.ts";
import type { ChildSpec, Supervisor, SupervisorSpec } from "./supervisor-spec.ts";

/** A cancellable timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Two clocks: one to measure with, one to show. */
export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary start; never jumps. */
  nowMs(): number;
  /** Milliseconds since 1970, for people and logs; may jump. */
  epochMs(): number;
}

/** Timers. What a task throws ends the incarnation that set it. */
export interface Timers {
  /** Runs `task` once, after at least `delayMs`. */
  after(delayMs: number, task: () => void): Timer;
  /** Runs `task` every `periodMs`, first after one period. */
  every(periodMs: number, task: () => void): Timer;
  /** Runs `task` once, when the input at hand has been handled (the end of this turn of the event loop). */
  soon(task: () => void): void;
}

/** Where chance comes from. */
export interface Random {
  /** Uniform in [0, 1). Not for secrets. */
  next(): number;
  /** Uniform integer in [0, below). Not for secrets. */
  integer(below: number): number;
  /** Fresh, cryptographically strong bytes (seeded in the simulated host). */
  bytes(lengthBytes: number): Uint8Array;
}

/** A numeric address: never a name. IPv6 without brackets, in lower case. */
export interface Address {
  readonly host: string;
  /** 1 to 65 535; 0 only where the system is asked to choose. */
  readonly port: number;
}

/** One TCP connection. All methods are safe after close (they do nothing). */
export interface Stream {
  readonly remote: Address;
  readonly local: Address;
  /**
   * Queues bytes. The memory belongs to the stream until `written` is called (also when it closes).
   * @returns true when the bytes went out at once or little is queued; false asks the caller to wait for `drained`.
   */
  write(bytes: Uint8Array, written?: () => void): boolean;
  /** Bytes queued here and not yet taken by the kernel. */
  readonly queuedBytes: number;
  /** Stops reading: `bytes` is not called until `resume`. For abuse, rate limits and full mailboxes only. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes; `closed` follows. */
  end(): void;
  /** Closes at once; `closed` follows in a later turn, exactly once. */
  destroy(): void;
}

/** What the owner of a stream answers to. */
export interface StreamHandlers {
  /** The connection stands (dialled ones only). */
  opened?(stream: Stream): void;
  /** Bytes arrived. `chunk` is lent for the duration of the call: its memory is reused afterwards. */
  bytes(stream: Stream, chunk: Uint8Array): void;
  /** The queue is empty again after `write` returned false. */
  drained?(stream: Stream): void;
  /**
   * The end, exactly once, also for a dial that failed.
   * @param reason Undefined for an orderly end by the other side or by us; else a system code
   *   (`ECONNREFUSED`, `ECONNRESET`, `ETIMEDOUT` …) or `dial-timeout`.
   */
  closed(stream: Stream, reason: string | undefined): void;
}

/** A listening socket. */
export interface Listener {
  readonly address: Address;
  close(): Promise<void>;
}

/** Where to listen, and how. */
export interface ListenOptions extends Address {
  /** Lets several threads listen on one port, where the system can (Linux). */
  readonly reusePort?: boolean;
  /** For `::`: take IPv6 only, so that IPv4 can have a socket of its own. */
  readonly ipv6Only?: boolean;
}

/** TCP. */
export interface Sockets {
  /** Dials. Returns at once; `opened` or `closed` follows. */
  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream;
  /** Accepts connections. @throws rejects with the system's code (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` …). */
  listen(options: ListenOptions, accept: (stream: Stream) => StreamHandlers): Promise<Listener>;
}

/** The final answer to a request. */
export interface HttpReply {
  readonly status: number;
  readonly body: Uint8Array;
  /** The address that answered, after redirects. */
  readonly url: string;
  /** Numeric host of the server that answered, where it is known. */
  readonly remoteHost?: string;
}

/** HTTP and HTTPS, as a client. */
export interface Http {
  /**
   * One GET, redirects followed (≤ 5), gzip undone, body bounded after inflating.
   * @throws rejects with ActorError `http-failed` (system code in `details.cause`), `http-deadline`,
   *   `http-too-large`, `http-redirect-refused`.
   */
  get(
    url: string,
    options: {
      readonly deadlineMs: number;
      readonly maxBodyBytes: number;
      readonly family?: 4 | 6;
      readonly headers?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal;
    },
  ): Promise<HttpReply>;
}

/** Names to addresses. */
export interface Names {
  /**
   * The numeric addresses of a host, at least one; a numeric host is its own.
   * @throws rejects with a system error: `ENOTFOUND`, `ETIMEOUT` (5 s), or the code of the name server's answer.
   */
  resolve(host: string): Promise<readonly string[]>;
}

/** What the file system knows of one entry. */
export interface FileStat {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly lengthBytes: number;
  readonly device: bigint;
  readonly inode: bigint;
  /** When the content last changed. Any user can set it. */
  readonly mtimeNs: bigint;
  /** When content, names, owner or mode last changed. No user can set it. */
  readonly ctimeNs: bigint;
  /** Names of the file (hard links). */
  readonly linkCount: number;
  /** Permission bits, `0o777` and below. */
  readonly mode: number;
}

/**
 * Synchronous disk calls; they throw Node's system errors (`code: "ENOSPC"` …). Only disk threads use them.
 * Paths are absolute.
 */
export interface Disk {
  /**
   * Opens without following a link at the last step; `create` makes the file (never its folders), `create-new` refuses
   * with `EEXIST` when anything has the name.
   */
  open(path: string, mode: DiskMode): number;
  close(file: number): void;
  /** Scatter read at `position`; @returns bytes read, fewer only at the end of the file. */
  read(file: number, views: readonly Uint8Array[], position: number): number;
  /** Gather write at `position`; loops until everything is written. */
  write(file: number, views: readonly Uint8Array[], position: number): void;
  /** Sets the file's length: cuts, or grows with a hole. */
  truncate(file: number, lengthBytes: number): void;
  /** fdatasync. */
  sync(file: number): void;
  /** Sets the permission bits. */
  setMode(file: number, mode: number): void;
  /**
   * fdatasync of the file at `path`, beside whatever this thread does meanwhile: what had been written to it before is
   * on the disk when `done` is called without an error. One at a time for each calling thread, in a thread of its own: the
   * system's pool for such calls is small and belongs to the whole process.
   */
  syncLater(path: string, done: (error?: unknown) => void): void;
  statFile(file: number): FileStat;
  /** lstat: the link itself, not its target. Undefined when there is nothing. */
  stat(path: string): FileStat | undefined;
  /** Makes the folder and its parents. */
  makeFolder(path: string): void;
  /** Makes the names in a folder durable. A system that cannot sync a folder does nothing. */
  syncFolder(path: string): void;
  /** @throws ENOENT */
  realPath(path: string): string;
  remove(path: string): void;
  readFile(path: string): Uint8Array;
  /** Writes to a temporary neighbour, syncs, renames: the file is whole or absent. */
  writeFileAtomically(path: string, bytes: Uint8Array): void;
  /** @throws `EACCES`, `EROFS` … when nothing may be made in this folder. */
  proveWritable(path: string): void;
  /** Moves a file or folder within one volume, over what is there; @throws `EXDEV` when `to` lies on another. */
  rename(from: string, to: string): void;
  /**
   * Gives a file a second name. @throws `EEXIST` when anything has it, `EXDEV` on another volume, and `EPERM`, `ENOTSUP`
   * … where a file has one name only.
   */
  link(from: string, to: string): void;
  /** Bytes free on the volume that holds `path`. */
  freeBytes(path: string): number;
  /** Opens the database in the file at `path`, made when there is none; several processes may have it open. */
  openDatabase(path: string): DiskDatabase;
  /** What can still be read of a database that is damaged; nothing when that is all. @throws what `readFile` may. */
  salvageDatabase(path: string): readonly DatabaseEntry[];
  /** Starts a thread that makes files beside whatever this one does. */
  openMaker(): FileMaker;
  /** Starts a thread that runs a function of the disk beside whatever this thread does. */
  openThread<Input, Output>(work: DiskWork<Input, Output>): DiskThread<Input, Output>;
}

/** How {@link Disk.open} opens a file. All but `read` may write. */
export type DiskMode = "read" | "write" | "create" | "create-new";

/** A synchronous function of a disk, which a thread runs. Input and output are plain data. */
export interface DiskWork<Input, Output> {
  /** What it does, for people: `move files`. */
  readonly operation: string;
  /** Address of the module that exports {@link run} as `run`, from `siblingUrl`: an entry point of the bundle. */
  readonly module: URL;
  readonly run: (disk: Disk, input: Input) => Output;
}

/** A thread for disk calls that may take long, or never return. */
export interface DiskThread<Input, Output> {
  /**
   * Runs the function, one call at a time.
   * @throws rejects with what the function threw, as an ActorError with its code; `disk-not-answering` when one disk
   *   call takes 30 s; `actor-exited` when the thread ends before its answer. After the last two nothing runs any more.
   */
  run(input: Input): Promise<Output>;
  /**
   * Ends the thread, also in the middle of its work. A thread that sits in a disk call ends when the call returns, and
   * until then the thread that started it cannot end either. Resolves when the thread has ended.
   */
  close(): Promise<void>;
}

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

/** Makes files on a thread of its own: there are file systems that take half a millisecond for each. */
export interface FileMaker {
  /**
   * Makes empty files of these names where there is nothing, one after the other. What cannot be made is left out: who
   * opens it to write hears why. Without a thread nothing is made.
   *
   * @param done Called in a later turn with the places in `paths` of the files made, when each has been tried; with
   *   none when the thread is gone.
   */
  make(paths: readonly string[], done: (made: readonly number[]) => void): void;
  /** Settles when the thread is gone; nothing is called afterwards. Idempotent. */
  close(): Promise<void>;
}

/** One value of a database, and its name. */
export interface DatabaseEntry {
  readonly name: string;
  readonly value: Uint8Array;
}

/**
 * Values by name in one file. Nothing of it is believed by this interface: a value may come back damaged.
 * All methods throw errors with a system code: `EBADMSG` when the file is no database or damaged, `EBUSY` when another
 * process kept it for a second, `ENOSPC` …
 */
export interface DiskDatabase {
  get(name: string): Uint8Array | undefined;
  /** Every value, in no order. */
  all(): readonly DatabaseEntry[];
  /** Sets values, removes those that are undefined: all or nothing, and on the disk when it returns. */
  commit(changes: ReadonlyMap<string, Uint8Array | undefined>): void;
  close(): void;
}

/** How much a log entry matters. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** What the host gives to one incarnation of one actor. */
export interface Context<Own extends Protocol = {}> {
  readonly self: Sender;
  /**
   * What this incarnation has in its hands, for whoever finds it dead; shared memory, `breadcrumbWords` long. Word 0 is the
   * step, 0 between two inputs; the others say whom it is about, as the actor likes. For each message the runtime
   * itself notes the handler's number (below `firstOwnStep`) and, in word 1, what {@link Actor.subjectOf} says; steps of
   * the actor's own begin at `firstOwnStep`. To be cleared when a step has ended well, and only then.
   */
  readonly breadcrumb: Int32Array;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly sockets: Sockets;
  readonly http: Http;
  readonly names: Names;
  readonly disk: Disk;
  readonly folders: Folders;
  /** SHA-1 of `parts` in order. */
  sha1(...parts: readonly Uint8Array[]): Uint8Array;
  /**
   * Says a notice to every actor that is linked to this one and hears it. A link without credits queues it, one
   * window more at most. @throws ActorError `mailbox-overflow` beyond that.
   */
  emit<Name extends NoticeName<Own>>(name: Name, message: MessageOf<Own, Name>): void;
  /** The smallest number of credits among links that hear this actor's notices: 0 = stop taking input. */
  readonly noticeCredits: number;
  /** Calls `listener` once when `noticeCredits` is at least half its window again. */
  whenNoticeRoom(listener: () => void): void;
  /**
   * The ref that speaks to whoever is linked under `role`, or has this name in the tree. Stable; may be unlinked for
   * now. Where several actors are linked under one role it speaks to the last one linked: use their names there.
   */
  ref<P extends Protocol>(role: string): Ref<P>;
  /**
   * Starts a supervisor of this actor's own children (see supervisor-spec.ts); also within `start`, where what they say
   * waits until this actor has started. `events.started` of each comes before it resolves. It is stopped after this
   * actor's `stop`, unless that did so.
   * @throws rejects with ActorError `start-failed`, code of the child's own error in the cause; all is stopped then.
   */
  supervise(spec: SupervisorSpec, events: SupervisorEvents): Promise<Supervisor>;
  /** Structured log line; the host decides where it goes. */
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Ends this incarnation as if a handler had thrown. For errors that surface in promises. */
  fail(error: unknown): void;
}

/** The ports of a context: what a host provides, real or simulated. */
export type Ports = Pick<
  Context,
  "clock" | "timers" | "random" | "sockets" | "http" | "names" | "disk" | "folders" | "sha1"
>;

/** What a supervisor tells the actor that owns it. */
export interface SupervisorEvents {
  /** A child started (first time or again); its links stand. The owner re-announces state to it here. */
  started?(child: ChildSpec, sender: Sender): void;
  /**
   * A child's incarnation ended without being asked to. A restart follows, unless `gaveUp` does.
   * @param breadcrumb What it had in its hands, a copy of {@link Context.breadcrumb}; all 0 when that is not known.
   */
  crashed?(child: ChildSpec, sender: Sender, error: unknown, breadcrumb: Int32Array): void;
  /**
   * None of this incarnation's code runs any more: memory that it was given is free. Follows `crashed` or an orderly
   * stop; an abandoned incarnation (one that will not die) may be replaced long before.
   */
  ended?(child: ChildSpec, sender: Sender): void;
  /** Restarts within the window are used up. The owner decides; the default is to fail itself. */
  gaveUp?(supervisor: string, error: unknown): void;
}
