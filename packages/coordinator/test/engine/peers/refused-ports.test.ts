import test from "ava";
import { listenRefusal } from "@troupe/actor-runtime";
import { refusalOfPorts } from "../../../src/engine/peers/refused-ports.ts";

const refusal = (systemCodes: Readonly<Record<number, string>>) =>
  refusalOfPorts(
    Object.entries(systemCodes).map(([text, systemCode]) => {
      const port = Number(text);
      return { port, ...listenRefusal(systemCode, port) };
    }),
  );

test("one port has a sentence of its own", (t) => {
  t.deepEqual(refusal({ 80: "EACCES" }), {
    refused: "port-not-allowed",
    message: "cannot listen for peers: port 80 needs root",
  });
  t.deepEqual(refusal({ 7101: "EADDRINUSE" }), {
    refused: "port-in-use",
    message: "cannot listen for peers: port 7101 is in use",
  });
});

test("ports with the same reason are named together, neighbours as a range", (t) => {
  t.deepEqual(
    refusal({
      80: "EACCES",
      6881: "EADDRINUSE",
      6882: "EADDRINUSE",
      6883: "EADDRINUSE",
      7000: "EADDRINUSE",
    }),
    {
      refused: "port-in-use",
      message:
        "cannot listen for peers: port 80 needs root, each of the ports 6881-6883, 7000 is in use",
    },
  );
});

test("a long list of ports is cut after eight ranges", (t) => {
  const ports = Array.from({ length: 20 }, (_, at) => [2000 + 2 * at, "EADDRINUSE"]);
  t.regex(
    refusal(Object.fromEntries(ports) as Record<number, string>).message,
    /ports 2000, 2002, .*, 2014 and others is in use$/,
  );
});
