import { connect } from "node:net";
import type { RequestListener } from "node:http";
import test from "ava";
import { Doors } from "../../src/server/doors.ts";

/** An open door at 127.0.0.1. */
async function openDoor(listener: RequestListener, stallMs?: number) {
  const closed = Promise.withResolvers<void>();
  const doors = new Doors({
    tls: undefined,
    listenerOf: () => listener,
    watch: { opened: () => undefined, closed: () => closed.resolve() },
    ...(stallMs !== undefined && { stallMs }),
  });
  await doors.open({ kind: "tcp", host: "127.0.0.1", port: 0 });
  const [place] = doors.places;
  const port = place?.kind === "tcp" ? place.port : 0;
  return { doors, port, closed: closed.promise };
}

test("a reader that has stopped ends, with all that waits for it", async (t) => {
  const door = await openDoor((_, response) => response.end(Buffer.alloc(64 * 1_024 ** 2)), 100);
  t.teardown(() => door.doors.close());
  const socket = connect(door.port, "127.0.0.1", () => {
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  });
  socket.on("error", () => undefined);
  await door.closed;
  socket.destroy();
  t.pass();
});

test("closed doors end their connections, and a place that opens later is closed at once", async (t) => {
  const door = await openDoor((_, response) => response.end("ok"));
  const socket = connect(door.port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await new Promise((resolve) => socket.once("data", resolve));
  door.doors.close();
  await Promise.all([ended, door.closed]);
  await door.doors.open({ kind: "tcp", host: "127.0.0.1", port: 0 });
  t.is(door.doors.places.length, 1);
});
