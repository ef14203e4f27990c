import test from "ava";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fileSchema } from "../../src/settings/file-schema.ts";

const isValid = new Ajv2020({ allowUnionTypes: true, strict: false }).compile(fileSchema());

test("L23: the schema takes values and words, and refuses unknown keys", (t) => {
  t.true(isValid({ maxPeers: 3, limits: { down: "5M", up: 0 }, port: "6881-6889" }));
  t.true(isValid({ dht: { nodes: ["192.0.2.7:6881"] }, goals: { seedSeconds: "2h" } }));
  t.true(isValid({ groups: { films: { limits: { down: "5M" }, maxPeers: 3 }, other: {} } }));
  t.false(isValid({ groups: { films: { limit: {} } } }));
  t.false(isValid({ groups: { "": {} } }));
  t.true(isValid(null));
  t.false(isValid({ maxPeer: 3 }));
  t.false(isValid({ limits: { dwn: 5 } }));
  t.false(isValid({ peerExchange: "no" }));
  t.false(isValid({ announce: "both" }));
  t.false(isValid({ memory: 1 }));
});
