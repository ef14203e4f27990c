import { Socket } from "node:net";

import test from "ava";

import { NodeStream } from "../../../src/io/network/node-stream.ts";
import { End } from "../support/socket-ends.ts";

const nowhere = { host: "192.0.2.1", port: 6881 };

test("a dial that is not answered in time ends with dial-timeout", async (t) => {
  const stream = new NodeStream(nowhere, undefined, new Uint8Array(1));
  const end = new End();
  // A socket that does not connect stands for an address without an answer.
  stream.attach(new Socket());
  stream.answerTo(end);
  stream.openWithin(1);
  t.is(await end.whenClosed, "dial-timeout");
  t.is(end.openedTimes, 0);
});

test("the first error is the reason, later ones are not", async (t) => {
  const socket = new Socket();
  const stream = new NodeStream(nowhere, undefined, new Uint8Array(1));
  const end = new End();
  stream.attach(socket);
  stream.answerTo(end);
  socket.emit("error", Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  socket.destroy(Object.assign(new Error("pipe"), { code: "EPIPE" }));
  t.is(await end.whenClosed, "ECONNRESET");
});
