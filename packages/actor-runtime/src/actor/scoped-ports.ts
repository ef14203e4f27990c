import { wrapDisk } from "./wrap-disk.ts";
import type { DatagramHandlers, Datagrams } from "../ports/datagrams.ts";
import type { Disk, DiskThread, DiskWork } from "../ports/disk.ts";
import type { Http, HttpClient } from "../ports/http.ts";
import type { Ports, ViaProxy } from "../ports/ports.ts";
import type { Listener, Sockets, Stream, StreamHandlers } from "../ports/sockets.ts";
import type { Timer, Timers } from "../ports/timers.ts";
import { ActorError } from "../failure.ts";
import type { Scope } from "./scope.ts";

/**
 * Ports for an incarnation in a shared thread. An error of a callback ends only this incarnation, whose end closes
 * everything it opened.
 */
export function scopedPorts(ports: Ports, scope: Scope): Ports {
  const { boundInterface, clock, compileForSpeed, folders, gateways } = ports;
  const { interfaces, modules, names, random, sha1, viaProxy } = ports;
  return {
    ...{ clock, compileForSpeed, folders, gateways, interfaces, modules, names, random, sha1 },
    ...(boundInterface !== undefined && { boundInterface }),
    ...(viaProxy !== undefined && { viaProxy: scopedProxy(viaProxy, scope) }),
    timers: scopedTimers(ports.timers, scope),
    sockets: scopedSockets(ports.sockets, scope),
    datagrams: scopedDatagrams(ports.datagrams, scope),
    http: scopedHttp(ports.http, scope),
    disk: scopedDisk(ports.disk, scope),
  };
}

function scopedProxy({ http, datagrams, names }: ViaProxy, scope: Scope): ViaProxy {
  return { http: scopedHttp(http, scope), datagrams: scopedDatagrams(datagrams, scope), names };
}

function scopedTimers(timers: Timers, scope: Scope): Timers {
  return {
    after(delayMs, task) {
      const timer = timers.after(delayMs, () => {
        disown();
        scope.run(task);
      });
      const disown = scope.own(() => timer.cancel());
      return cancelling(timer, disown);
    },
    every(periodMs, task) {
      const timer = timers.every(periodMs, () => scope.run(task));
      return cancelling(
        timer,
        scope.own(() => timer.cancel()),
      );
    },
    exactly(delayMs, task) {
      const timer = timers.exactly(delayMs, (polledMs) => {
        disown();
        scope.run(() => task(polledMs));
      });
      const disown = scope.own(() => timer.cancel());
      return cancelling(timer, disown);
    },
    soon(task) {
      timers.soon(() => scope.run(task));
    },
  };
}

function cancelling(timer: Timer, disown: () => void): Timer {
  return {
    cancel() {
      disown();
      timer.cancel();
    },
  };
}

function scopedSockets(sockets: Sockets, scope: Scope): Sockets {
  return {
    dial(to, handlers, options) {
      refuseIfOver(scope, "dial");
      const guarded = new GuardedHandlers(scope, handlers);
      return guarded.own(sockets.dial(to, guarded, options));
    },
    async listen(options, accept) {
      refuseIfOver(scope, "listen");
      const listener = await sockets.listen(options, (stream) => {
        const guarded = new GuardedHandlers(scope);
        const mine = guarded.own(stream);
        scope.run(() => guarded.use(accept(mine)));
        if (!guarded.isUsed) stream.destroy();
        return guarded;
      });
      return scopedListener(listener, scope);
    },
  };
}

function scopedListener(listener: Listener, scope: Scope): Listener {
  const disown = scope.own(() => void listener.close());
  return {
    address: listener.address,
    close() {
      disown();
      return listener.close();
    },
  };
}

class GuardedHandlers implements StreamHandlers {
  readonly #scope: Scope;
  #handlers: StreamHandlers | undefined;
  #stream: GuardedStream | undefined;
  #disown = () => {};

  constructor(scope: Scope, handlers?: StreamHandlers) {
    this.#scope = scope;
    this.#handlers = handlers;
  }

  get isUsed(): boolean {
    return this.#handlers !== undefined;
  }

  use(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  own(stream: Stream): Stream {
    this.#stream ??= new GuardedStream(stream, this.#scope);
    this.#disown = this.#scope.own(() => stream.destroy());
    return this.#stream;
  }

  opened(stream: Stream): void {
    this.#scope.run(() => this.#handlers?.opened?.(this.#own(stream)));
  }

  bytes(stream: Stream, chunk: Uint8Array): void {
    this.#scope.run(() => this.#handlers?.bytes(this.#own(stream), chunk));
  }

  drained(stream: Stream): void {
    this.#scope.run(() => this.#handlers?.drained?.(this.#own(stream)));
  }

  closed(stream: Stream, reason: string | undefined): void {
    this.#disown();
    this.#scope.run(() => this.#handlers?.closed(this.#own(stream), reason));
  }

  /** Always the same object, even if a dial calls back before it returns. */
  #own(stream: Stream): Stream {
    this.#stream ??= new GuardedStream(stream, this.#scope);
    return this.#stream;
  }
}

class GuardedStream implements Stream {
  readonly #stream: Stream;
  readonly #scope: Scope;

  constructor(stream: Stream, scope: Scope) {
    this.#stream = stream;
    this.#scope = scope;
  }

  get remote() {
    return this.#stream.remote;
  }

  get local() {
    return this.#stream.local;
  }

  get queuedBytes() {
    return this.#stream.queuedBytes;
  }

  get takenBytes() {
    return this.#stream.takenBytes;
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (written === undefined) return this.#stream.write(bytes);
    return this.#stream.write(bytes, () => this.#scope.run(written));
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  reset(): void {
    this.#stream.reset();
  }
}

function scopedDatagrams(datagrams: Datagrams, scope: Scope): Datagrams {
  return {
    async bind(options, handlers) {
      refuseIfOver(scope, "bind");
      const received: DatagramHandlers["received"] = (bytes, from) =>
        scope.run(() => handlers.received(bytes, from));
      const notSent: DatagramHandlers["notSent"] = (to, code) =>
        scope.run(() => handlers.notSent?.(to, code));
      const guarded = handlers.notSent === undefined ? { received } : { received, notSent };
      const socket = await datagrams.bind(options, guarded);
      const disown = scope.own(() => socket.close());
      return {
        address: socket.address,
        get headerBytes() {
          return socket.headerBytes;
        },
        send: (bytes, to) => socket.send(bytes, to),
        close() {
          disown();
          socket.close();
        },
      };
    },
  };
}

function scopedHttp(http: Http, scope: Scope): Http {
  const over = new AbortController();
  scope.own(() => over.abort());
  const untilOver = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  return {
    get: (url, options) => http.get(url, { ...options, signal: untilOver(options.signal) }),
    post: (url, options) => http.post(url, { ...options, signal: untilOver(options.signal) }),
    async openClient(options) {
      refuseIfOver(scope, "open");
      return scopedHttpClient(await http.openClient(options), scope);
    },
  };
}

function scopedHttpClient(client: HttpClient, scope: Scope): HttpClient {
  const disown = scope.own(() => client.close());
  return {
    open(url, request, handlers) {
      return client.open(url, request, {
        head: (head) => scope.run(() => handlers.head(head)),
        bytes: (chunk) => scope.run(() => handlers.bytes(chunk)),
        closed: (error) => scope.run(() => handlers.closed(error)),
      });
    },
    close() {
      disown();
      client.close();
    },
  };
}

function scopedDisk(disk: Disk, scope: Scope): Disk {
  const closing = new Map<number, () => void>();
  const plain = wrapDisk(disk);
  const own = (file: number): void =>
    void closing.set(
      file,
      scope.own(() => disk.close(file)),
    );
  return {
    ...plain,
    open(path, mode) {
      refuseIfOver(scope, "open");
      const file = disk.open(path, mode);
      own(file);
      return file;
    },
    openWithStat(path, mode) {
      refuseIfOver(scope, "open");
      const opened = disk.openWithStat(path, mode);
      own(opened.file);
      return opened;
    },
    close(file) {
      closing.get(file)?.();
      closing.delete(file);
      disk.close(file);
    },
    syncLater(path, done) {
      refuseIfOver(scope, "sync");
      disk.syncLater(path, (error, found) => scope.run(() => done(error, found)));
    },
    openThread: (work) => scopedThread(disk, work, scope),
    openDatabase(path) {
      refuseIfOver(scope, "open");
      const database = plain.openDatabase(path);
      const disown = scope.own(() => database.close());
      return {
        ...database,
        close() {
          disown();
          database.close();
        },
      };
    },
  };
}

function scopedThread<Input, Output>(
  disk: Disk,
  work: DiskWork<Input, Output>,
  scope: Scope,
): DiskThread<Input, Output> {
  refuseIfOver(scope, "open");
  const thread = disk.openThread(work);
  const disown = scope.own(() => void thread.close());
  return {
    run: (input) => thread.run(input),
    close() {
      disown();
      return thread.close();
    },
  };
}

/** After a promise an ended incarnation may still run code. */
function refuseIfOver(scope: Scope, operation: string): void {
  if (!scope.isOver) return;
  throw new ActorError("actor-gone", {
    operation,
    message: `cannot ${operation}: this incarnation of the actor is over`,
  });
}
