import test from "ava";

import { RequestPipeline } from "../../src/download/request-pipeline.ts";

function arrived(pipeline: RequestPipeline, blocks: number): RequestPipeline {
  for (let block = 0; block < blocks; block++) pipeline.blockArrived();
  return pipeline;
}

test("the queue begins with four and grows by one with each block, to 500", (t) => {
  const pipeline = new RequestPipeline();
  t.is(pipeline.target, 4);
  t.is(arrived(pipeline, 10).target, 14);
  t.is(arrived(pipeline, 1_000).target, 500);
});

test("a peer with a smaller `reqq` gets fewer requests, also fewer than four", (t) => {
  const pipeline = new RequestPipeline();
  pipeline.setPeerLimit(250);
  t.is(arrived(pipeline, 1_000).target, 250);
  pipeline.setPeerLimit(2);
  t.is(pipeline.target, 2);
  pipeline.setPeerLimit(0);
  t.is(pipeline.target, 1);
});

test("PI12: when the rate has stopped growing the queue follows it: a second and the round trip of it", (t) => {
  const pipeline = arrived(new RequestPipeline(), 400);
  pipeline.adapt(1_638_400, 1_638_400, 500);
  t.true(pipeline.isSlowStart);
  t.is(pipeline.target, 404);
  pipeline.adapt(1_638_400, 1_638_400, 500);
  t.false(pipeline.isSlowStart);
  t.is(pipeline.target, 150);
  arrived(pipeline, 100);
  t.is(pipeline.target, 150);
  pipeline.adapt(0, 1_000, 500);
  t.is(pipeline.target, 4);
});

test("when memory is shared the queue is its share of the full queue, four at least", (t) => {
  const pipeline = arrived(new RequestPipeline(), 196);
  pipeline.setShare(0.25);
  t.is(pipeline.target, 50);
  t.is(pipeline.unsharedTarget, 200);
  pipeline.setShare(0.001);
  t.is(pipeline.target, 4);
  pipeline.setShare(1);
  t.is(pipeline.target, 200);
});

test("a peer that sends less than a block a second keeps the shortest queue", (t) => {
  const pipeline = new RequestPipeline();
  for (let second = 0; second < 70; second++) {
    const isAnswered = second % 7 === 0;
    if (isAnswered) pipeline.blockArrived();
    pipeline.adapt(isAnswered ? 16_384 : 0, 2_340, 7_000);
  }
  t.is(pipeline.target, 4);
});

test("a second without any block does not end the doubling", (t) => {
  const pipeline = new RequestPipeline();
  pipeline.adapt(0, 0, 0);
  t.true(pipeline.isSlowStart);
});

test("a snubbed peer gets one request until a block comes, and then begins again", (t) => {
  const pipeline = arrived(new RequestPipeline(), 100);
  pipeline.snub();
  t.is(pipeline.target, 1);
  pipeline.adapt(0, 5_000_000, 0);
  t.is(pipeline.target, 1);
  pipeline.blockArrived();
  t.is(pipeline.target, 5);
  t.true(pipeline.isSlowStart);
});

test("requests are gathered to an eighth of the queue, 64 at most", (t) => {
  const pipeline = new RequestPipeline();
  t.is(pipeline.refillStep, 1);
  t.is(arrived(pipeline, 96).refillStep, 12);
  t.is(arrived(pipeline, 1_000).refillStep, 62);
});

test("while pieces have deadlines the queue is a fifth of a second and the round trip of the rate", (t) => {
  const pipeline = arrived(new RequestPipeline(), 400);
  pipeline.adapt(1_638_400, 1_638_400, 500, true);
  pipeline.adapt(1_638_400, 1_638_400, 500, true);
  t.is(pipeline.target, 70);
  pipeline.adapt(1_638_400, 1_638_400, 500, false);
  t.is(pipeline.target, 150);
});
