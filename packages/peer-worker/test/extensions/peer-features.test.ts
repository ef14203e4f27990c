import test from "ava";

import { PeerFeatures } from "../../src/extensions/peer-features.ts";

test("a peer without features has the state of none", (t) => {
  const features = new PeerFeatures();
  t.is(features.fast, undefined);
  t.is(features.extensionsIfAny, undefined);
  t.is(features.dhtNodeIfAny, undefined);
  t.is(features.earlyIfAny, undefined);
});

test("the state of a feature is made once, at its first use", (t) => {
  const features = new PeerFeatures();
  t.true(features.extensions === features.extensionsIfAny);
  t.true(features.dhtNode === features.dhtNodeIfAny);
  t.true(features.early === features.earlyIfAny);
  features.agreeFast();
  t.not(features.fast, undefined);
});

test("a peer of a super-seed knows of shown pieces alone until all are shown", (t) => {
  const features = new PeerFeatures();
  features.hidePieces(8);
  t.is(features.shown?.count, 0);
  features.showAll();
  t.is(features.shown, undefined);
});
