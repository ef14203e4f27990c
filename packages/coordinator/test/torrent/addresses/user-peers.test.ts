import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { rangesOf } from "@troupe/messages/testing";
import { addLinkPeer, addUserPeer } from "../../../src/torrent/addresses/user-peers.ts";
import { makeScene } from "../../support/engine-scene.ts";

function scene() {
  const made = makeScene();
  const { engine } = made;
  const job = made.addJob();
  return {
    ...made,
    job,
    add: async (host: string) => {
      addUserPeer(engine, job, { host, port: 6881 });
      await settle();
    },
    addOfLink: async (host: string) => {
      addLinkPeer(engine, job, { host, port: 6881 }, "file");
      await settle();
    },
    addOfStranger: async (host: string) => {
      addUserPeer(engine, job, { host, port: 6881, isFromStranger: true });
      await settle();
    },
    addOfStrangersLink: async (host: string) => {
      addLinkPeer(engine, job, { host, port: 6881, isFromStranger: true }, "network");
      await settle();
    },
    dialled: () =>
      made
        .ref(0)
        .casts("dial")
        .map(({ host }) => host),
    warnings: () => {
      made.gather();
      return made.events().filter(({ event }) => event === "warning");
    },
  };
}

test("a peer that the user names by address is dialled at once, local or not", async (t) => {
  const { add, dialled } = scene();
  await add("127.0.0.1");
  await add("8.0.0.1");
  t.deepEqual(dialled(), ["127.0.0.1", "8.0.0.1"]);
});

test("a peer named by its host name is dialled at its addresses", async (t) => {
  const { add, dialled, names } = scene();
  names.set("peer.example", ["8.0.0.1", "2001:db8::1"]);
  await add("peer.example");
  t.deepEqual(dialled(), ["8.0.0.1", "2001:db8::1"]);
});

test("a name that is not found emits one warning, and is looked up again each minute", async (t) => {
  const { add, dialled, warnings, names, time } = scene();
  await add("peer.example");
  t.deepEqual(dialled(), []);
  await time.pass(120_000);
  t.deepEqual(warnings(), [
    {
      event: "warning",
      code: "peer-not-found",
      message:
        "cannot find the address of peer peer.example: ENOTFOUND; it is looked up again each minute",
    },
  ]);
  names.set("peer.example", ["8.0.0.1"]);
  await time.pass(60_000);
  t.deepEqual(dialled(), ["8.0.0.1"]);
  await time.pass(60_000);
  t.is(time.pending, 0);
});

test("a stopped torrent looks up no names", async (t) => {
  const { add, job, names, time, dialled } = scene();
  await add("peer.example");
  job.life.endRun();
  names.set("peer.example", ["8.0.0.1"]);
  await time.pass(60_000);
  t.deepEqual(dialled(), []);
});

test("a peer of the user that the IP filter names is not dialled, and its user is warned", async (t) => {
  const { add, engine, dialled, warnings } = scene();
  engine.network.ipFilter.set({ ranges: rangesOf("8.0.0.0-8.0.0.9") });
  await add("8.0.0.1");
  await add("8.0.1.1");
  t.deepEqual(dialled(), ["8.0.1.1"]);
  t.deepEqual(warnings(), [
    {
      event: "warning",
      code: "peer-ip-filtered",
      message: "peer 8.0.0.1:6881 is not dialled: the IP filter has its address",
    },
  ]);
});

test("an impossible address is not dialled", async (t) => {
  const { add, names, dialled } = scene();
  names.set("0.0.0.0", ["0.0.0.0"]);
  await add("0.0.0.0");
  t.deepEqual(dialled(), []);
});

test("L11: a peer at an address of a family that is off is not dialled, with a warning", async (t) => {
  const { add, dialled, warnings, engine } = scene();
  Object.assign(engine.options, { families: [4] });
  await add("2001:db8::1");
  t.deepEqual(dialled(), []);
  t.deepEqual(warnings(), [
    {
      event: "warning",
      code: "peer-family-off",
      message: "peer [2001:db8::1]:6881 is not dialled: IPv6 is off",
    },
  ]);
});

test("L11: a peer at an IPv4 address in IPv6 counts as one of IPv4, of the user or of a link", async (t) => {
  const { add, addOfLink, dialled, warnings, engine } = scene();
  await add("::ffff:8.0.0.1");
  await addOfLink("::ffff:800:2");
  t.deepEqual(dialled(), ["8.0.0.1", "8.0.0.2"]);
  Object.assign(engine.options, { families: [6] });
  await add("::ffff:8.0.0.3");
  await addOfLink("::ffff:800:4");
  t.deepEqual(dialled(), ["8.0.0.1", "8.0.0.2"]);
  t.deepEqual(
    warnings().map((event) => ("message" in event ? event.message : "")),
    ["8.0.0.3", "8.0.0.4"].map((host) => `peer ${host}:6881 is not dialled: IPv4 is off`),
  );
});

test("a peer that a caller elsewhere names is dialled at its addresses of the internet alone", async (t) => {
  const { addOfStranger, addOfStrangersLink, dialled, names, warnings, engine } = scene();
  const own = { host: "203.0.113.7", prefixLength: 24, isInternal: false };
  const list = () => [{ name: "eth0", addresses: [own] }];
  Object.assign(engine.context, { interfaces: { list } });
  names.set("mixed.example", ["127.0.0.1", "8.0.0.1", "203.0.113.7"]);
  names.set("[::1]", ["::1"]);
  names.set("hosts.example", ["192.168.1.5"]);
  await addOfStranger("mixed.example");
  const local = ["10.0.0.1", "[::1]", "hosts.example", "203.0.113.7"];
  for (const host of local) await addOfStranger(host);
  for (const host of local) await addOfStrangersLink(host);
  t.deepEqual(dialled(), ["8.0.0.1"]);
  t.deepEqual(
    warnings().map((event) => ("code" in event ? event.code : "")),
    Array(8).fill("peer-local"),
  );
});

test("a peer that a caller elsewhere names may be at a listed host, by its name or its address", async (t) => {
  const { addOfStranger, dialled, names, engine } = scene();
  Object.assign(engine.options, { localHosts: ["nas.local", "10.0.0.7"] });
  names.set("nas.local", ["192.168.1.5"]);
  for (const host of ["nas.local", "10.0.0.7", "10.0.0.8"]) await addOfStranger(host);
  t.deepEqual(dialled(), ["192.168.1.5", "10.0.0.7"]);
});
