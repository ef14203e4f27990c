import type { AddRefusal } from "@troupe/messages";
import test from "ava";
import { addError } from "../../src/api/existing-torrent.ts";

const refusal: AddRefusal = {
  refused: "torrent-exists",
  message: "the torrent is there",
  exists: {
    torrent: 4 as never,
    took: { trackers: [], webSeeds: ["http://seed.example/"], peers: 2, metadata: false },
  },
};

test("the error of a torrent that is there has its info-hash, and what was new", (t) => {
  const infoHash = "ab".repeat(20);
  const known = { info: { infoHash }, settings: { takeOver: () => ["http://own.example/"] } };
  const error = addError(refusal, { get: () => known as never }, {});
  t.is(error.code, "torrent-exists");
  t.deepEqual(error.details, {
    torrent: infoHash,
    took: {
      ...{ trackers: [], peers: 2, metadata: false },
      webSeeds: ["http://own.example/", "http://seed.example/"],
    },
  });
});

test("a refusal of a torrent that is not known any more has no more than its sentence", (t) => {
  const error = addError(refusal, { get: () => undefined }, {});
  t.is(error.message, "the torrent is there");
  t.is(error.details["torrent"], undefined);
});
