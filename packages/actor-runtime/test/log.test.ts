import test from "ava";
import { logEntriesUnderWay } from "../src/limits.ts";
import { logEntry, LogReceiver, LogSender, type LogEntry } from "../src/log.ts";

const entryOf = (event: string) => logEntry({ name: "a", epoch: 1 }, 5, "info", event, {});

function senderAndReceiver() {
  const taken = new SharedArrayBuffer(4);
  const posted: LogEntry[] = [];
  const received: LogEntry[] = [];
  return {
    posted,
    received,
    sender: new LogSender(taken, (entry) => posted.push(entry)),
    receiver: new LogReceiver(taken, (entry) => received.push(entry)),
  };
}

test("entries beyond the bound are dropped, and their count is sent when there is room", (t) => {
  const { sender, receiver, posted, received } = senderAndReceiver();
  for (let entry = 0; entry < logEntriesUnderWay + 7; entry += 1) sender.send(entryOf("busy"));
  t.is(posted.length, logEntriesUnderWay);
  for (const entry of posted.splice(0)) receiver.take(entry);
  t.is(received.length, logEntriesUnderWay);
  sender.send(entryOf("after"));
  t.deepEqual(
    posted.map(({ event, fields }) => [event, fields]),
    [
      ["log-dropped", { entries: 7 }],
      ["after", {}],
    ],
  );
});

test("entries that the receiver has taken make room for others", (t) => {
  const { sender, receiver, posted } = senderAndReceiver();
  for (let entry = 0; entry < 3 * logEntriesUnderWay; entry += 1) {
    sender.send(entryOf("steady"));
    for (const arrived of posted.splice(0)) receiver.take(arrived);
  }
  sender.send(entryOf("last"));
  t.is(posted[0]?.event, "last");
});

test("fields of an entry are plain data", (t) => {
  const entry = logEntry({ name: "a", epoch: 1 }, 5, "warn", "odd", {
    error: Object.assign(new Error("boom"), { code: "E" }),
    run: () => 1,
  });
  t.like(structuredClone(entry), {
    timeMs: 5,
    level: "warn",
    event: "odd",
    fields: { error: { code: "E", message: "boom" }, run: "() => 1" },
  });
});
