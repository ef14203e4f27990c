import test from "ava";
import { mostBans } from "@troupe/messages";
import { changeBans, syncBans } from "../../../src/engine/peers/change-bans.ts";
import { setIpFilter } from "../../../src/engine/peers/ip-filter.ts";
import { rangesOf } from "@troupe/messages/testing";
import { makeScene } from "../../support/engine-scene.ts";

const ban = (prefix: string) => ({ prefix, atMs: 1_000 });

test("L05: a ban reaches the peer-workers beside the list of the IP filter", async (t) => {
  const { engine, ref } = makeScene();
  setIpFilter(engine, { ranges: rangesOf("8.0.0.1") });
  const answer = await changeBans(engine, { added: [ban("9.0.0.0/8")], lifted: [] });
  t.deepEqual(answer, { bans: [ban("9.0.0.0/8")] });
  t.deepEqual(
    ["8.0.0.1", "9.1.2.3", "10.0.0.1"].map((host) => engine.network.ipFilter.has(host)),
    [true, true, false],
  );
  const sent = ref(0).casts("set-ip-filter").at(-1);
  t.deepEqual(Object.keys(sent ?? {}), ["ranges", "bans"]);
  setIpFilter(engine, {});
  t.true(engine.network.ipFilter.has("9.1.2.3"), "the bans outlive the list");
  await changeBans(engine, { added: [], lifted: ["9.0.0.0/8"] });
  t.false(engine.network.ipFilter.has("9.1.2.3"));
});

test("too many bans are refused, and change nothing", async (t) => {
  const { engine, ref } = makeScene();
  const added = Array.from({ length: mostBans + 1 }, (_, i) =>
    ban(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
  );
  t.like(await changeBans(engine, { added, lifted: [] }), { refused: "too-many-bans" });
  t.deepEqual(ref(0).casts("set-ip-filter"), []);
});

test("L05: the API hears when the state folder has the changes that it refused at first", async (t) => {
  const { announced, engine, records } = makeScene();
  Object.assign(engine.options, { stateDirectory: "/state" });
  const saved = () => announced.filter(({ name }) => name === "bans-saved").length;
  let reply: object = { refused: "ENOSPC", message: "the disk is full" };
  records.answer = () => reply;
  t.like(await changeBans(engine, { added: [ban("9.0.0.0/8")], lifted: [] }), {
    refused: "ENOSPC",
  });
  t.is(saved(), 0);
  reply = { bans: [ban("9.0.0.0/8")] };
  t.is(await syncBans(engine), undefined);
  t.is(saved(), 1);
  await syncBans(engine);
  t.is(saved(), 1, "nothing waited");
});

test("without a state folder no change of the bans waits", async (t) => {
  const { engine } = makeScene();
  await changeBans(engine, { added: [ban("9.0.0.0/8")], lifted: ["10.0.0.1"] });
  t.deepEqual(engine.network.bans.waiting, { added: [], lifted: [] });
  t.deepEqual(engine.network.bans.list, [ban("9.0.0.0/8")]);
});
