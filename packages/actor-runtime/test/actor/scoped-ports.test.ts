import test from "ava";
import type {
  DatagramHandlers,
  Disk,
  HttpClient,
  HttpExchangeHandlers,
  Listener,
  Ports,
  Stream,
  StreamHandlers,
} from "../../src/index.ts";
import { Scope } from "../../src/actor/scope.ts";
import { scopedPorts } from "../../src/actor/scoped-ports.ts";
import { manualPorts } from "../support/manual-ports.ts";
import { ManualTime } from "../support/testing/index.ts";

/** A stream that notes what is done to it. */
class FakeStream implements Stream {
  readonly remote = { host: "127.0.0.1", port: 1 };
  readonly local = { host: "127.0.0.1", port: 2 };
  readonly queuedBytes = 0;
  readonly takenBytes = 0;
  readonly done: string[] = [];
  handlers: StreamHandlers | undefined;
  written: (() => void) | undefined;

  write(_: Uint8Array, written?: () => void): boolean {
    this.written = written;
    return true;
  }

  pause = () => void this.done.push("pause");
  resume = () => void this.done.push("resume");
  end = () => void this.done.push("end");
  destroy = () => void this.done.push("destroy");
  reset = () => void this.done.push("reset");
}

function scoped(ports: Partial<Ports> = {}) {
  const time = new ManualTime();
  const failures: unknown[] = [];
  const scope = new Scope((error) => {
    failures.push(error);
    scope.end();
  });
  return { time, scope, failures, ports: scopedPorts({ ...manualPorts(time), ...ports }, scope) };
}

const boom = new Error("boom");
const throwBoom = () => {
  throw boom;
};

test("an error in a timer is the owner's failure; no other timer of it fires", async (t) => {
  const { time, ports, failures } = scoped();
  ports.timers.after(5, throwBoom);
  ports.timers.after(6, () => t.fail());
  ports.timers.every(7, () => t.fail());
  ports.timers.soon(() => {});
  await time.pass(100);
  t.deepEqual(failures, [boom]);
  t.is(time.pending, 0);
});

test("a cancelled timer does not fire", async (t) => {
  const { time, ports } = scoped();
  ports.timers.after(5, () => t.fail()).cancel();
  ports.timers.every(5, () => t.fail()).cancel();
  await time.pass(100);
  t.pass();
});

test("after the end dials, listeners and opens are refused", async (t) => {
  const { scope, ports } = scoped();
  scope.end();
  const handlers: StreamHandlers = { bytes: () => {}, closed: () => {} };
  t.throws(() => ports.sockets.dial({ host: "::1", port: 1 }, handlers, { timeoutMs: 1 }));
  t.throws(() => ports.disk.open("/a", "read"), {
    message: /this incarnation of the actor is over/,
  });
  await t.throwsAsync(ports.sockets.listen({ host: "::1", port: 0 }, () => handlers));
});

function dialled(handlers: Partial<StreamHandlers>) {
  const stream = new FakeStream();
  const context = scoped({
    sockets: {
      dial: (_, inner) => {
        stream.handlers = inner;
        return stream;
      },
      listen: throwBoom,
    },
  });
  const given = context.ports.sockets.dial(
    { host: "::1", port: 1 },
    { bytes: () => {}, closed: () => {}, ...handlers },
    { timeoutMs: 1 },
  );
  return { ...context, stream, given };
}

test("handlers of a stream get the stream that was handed out", (t) => {
  const met: Stream[] = [];
  const { stream, given } = dialled({
    opened: (opened) => met.push(opened),
    bytes: (from) => met.push(from),
    drained: (from) => met.push(from),
    closed: (from) => met.push(from),
  });
  stream.handlers?.opened?.(stream);
  stream.handlers?.bytes(stream, Uint8Array.of(1));
  stream.handlers?.drained?.(stream);
  stream.handlers?.closed(stream, undefined);
  t.is(met.length, 4);
  t.true(met.every((one) => one === given));
});

test("an error in a handler of a stream ends the owner, and with it the stream", (t) => {
  const { stream, failures } = dialled({ bytes: throwBoom });
  stream.handlers?.bytes(stream, Uint8Array.of(1));
  t.deepEqual(failures, [boom]);
  t.deepEqual(stream.done, ["destroy"]);
  stream.handlers?.bytes(stream, Uint8Array.of(1));
  t.is(failures.length, 1);
});

test("an error after a write is the owner's failure too", (t) => {
  const { stream, given, failures } = dialled({});
  given.write(Uint8Array.of(1), throwBoom);
  stream.written?.();
  t.deepEqual(failures, [boom]);
});

test("a stream that closed is not destroyed at the end", (t) => {
  const { stream, scope } = dialled({});
  stream.handlers?.closed(stream, "ECONNRESET");
  scope.end();
  t.deepEqual(stream.done, []);
});

test("the owner's stream passes every call on", (t) => {
  const { stream, given } = dialled({});
  given.pause();
  given.resume();
  given.end();
  t.true(given.write(Uint8Array.of(1)));
  t.deepEqual(stream.done, ["pause", "resume", "end"]);
  t.deepEqual([given.remote.port, given.local.port, given.queuedBytes], [1, 2, 0]);
});

test("an error in accept destroys the stream; the end closes the listener", async (t) => {
  const stream = new FakeStream();
  let accept: ((stream: Stream) => StreamHandlers) | undefined;
  const done: string[] = [];
  const listener: Listener = {
    address: { host: "::1", port: 9 },
    close: async () => void done.push("close"),
  };
  const { ports, failures } = scoped({
    sockets: {
      dial: throwBoom,
      listen: async (_, inner) => {
        accept = inner;
        return listener;
      },
    },
  });
  const given = await ports.sockets.listen({ host: "::1", port: 0 }, throwBoom);
  t.is(given.address.port, 9);
  accept?.(stream);
  t.deepEqual(failures, [boom]);
  t.true(stream.done.includes("destroy"));
  t.deepEqual(done, ["close"]);
});

test("an error in a datagram's handler is the owner's failure; the end closes the socket", async (t) => {
  const done: string[] = [];
  let handlers: DatagramHandlers | undefined;
  const address = { host: "127.0.0.1", port: 9 };
  const { ports, failures } = scoped({
    datagrams: {
      bind: async (_, given) => {
        handlers = given;
        return {
          address,
          send: () => void done.push("send"),
          close: () => void done.push("close"),
        };
      },
    },
  });
  const refused: string[] = [];
  const socket = await ports.datagrams.bind(address, {
    received: throwBoom,
    notSent: (_, code) => void refused.push(code),
  });
  socket.send(new Uint8Array(1), address);
  handlers?.notSent?.(address, "EPERM");
  handlers?.received(new Uint8Array(1), address);
  t.deepEqual([failures, refused, done], [[boom], ["EPERM"], ["send", "close"]]);
  await t.throwsAsync(ports.datagrams.bind(address, { received: throwBoom }), {
    code: "actor-gone",
  });
});

test("open files are closed at the end, closed files are not closed twice", (t) => {
  const closed: number[] = [];
  let lastFile = 10;
  const disk: Pick<Disk, "open" | "close" | "read"> = {
    open: () => (lastFile += 1),
    close: (file) => void closed.push(file),
    read: () => 5,
  };
  const { ports, scope } = scoped({ disk: disk as Disk });
  const file = ports.disk.open("/a", "read");
  ports.disk.open("/b", "read");
  t.is(ports.disk.read(file, [], 0), 5);
  ports.disk.close(file);
  t.deepEqual(closed, [11]);
  scope.end();
  t.deepEqual(closed, [11, 12]);
});

test("the end aborts requests under way", async (t) => {
  const signals: (AbortSignal | undefined)[] = [];
  const { ports, scope } = scoped({
    http: {
      get: (_, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
      post: (_, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
      openClient: () => Promise.reject(new Error("not used here")),
    },
  });
  const own = new AbortController();
  void ports.http.get("http://a/", { deadlineMs: 1, maxBodyBytes: 1 });
  void ports.http.get("http://b/", { deadlineMs: 1, maxBodyBytes: 1, signal: own.signal });
  const body = new Uint8Array(0);
  void ports.http.post("http://c/", { deadlineMs: 1, maxBodyBytes: 1, body });
  own.abort();
  t.deepEqual(
    signals.map((signal) => signal?.aborted),
    [false, true, false],
  );
  scope.end();
  t.deepEqual(
    signals.map((signal) => signal?.aborted),
    [true, true, true],
  );
});

test("the end closes HTTP clients, and their exchanges report nothing any more", async (t) => {
  const seen: string[] = [];
  let handlers: HttpExchangeHandlers | undefined;
  const client: HttpClient = {
    open(_url, _request, given) {
      handlers = given;
      return { pause() {}, resume() {}, destroy() {} };
    },
    close: () => void seen.push("closed"),
  };
  const { ports, scope } = scoped({
    http: {
      get: () => Promise.reject(new Error("not used here")),
      post: () => Promise.reject(new Error("not used here")),
      openClient: () => Promise.resolve(client),
    },
  });
  const scopedClient = await ports.http.openClient({ allow: "any", maxConnections: 1 });
  const request = { headDeadlineMs: 1, maxBodyBytes: 1 };
  scopedClient.open("http://a/", request, {
    head: () => {},
    bytes: () => void seen.push("bytes"),
    closed: () => {},
  });
  handlers?.bytes(new Uint8Array(1));
  scope.end();
  handlers?.bytes(new Uint8Array(1));
  t.deepEqual(seen, ["bytes", "closed"]);
  await t.throwsAsync(ports.http.openClient({ allow: "any", maxConnections: 1 }), {
    code: "actor-gone",
  });
});
