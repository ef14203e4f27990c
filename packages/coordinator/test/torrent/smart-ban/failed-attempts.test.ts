// Copies are drawn: one letter a block for the peer that gave it, one digit for what it gave.

import test from "ava";
import {
  FailedAttempts,
  failedAttemptsBytesLimit,
  failedAttemptsLimit,
  contributorKey,
  type Contributor,
  type AttemptOrigin,
} from "../../../src/torrent/smart-ban/failed-attempts.ts";
import { piece } from "../../support/diagrams.ts";

const peerOf = (letter: string): Contributor => ({
  host: `8.0.0.${letter.charCodeAt(0)}`,
  port: 6881,
  peerId: letter,
});

function originOf(givers: string): AttemptOrigin {
  const letters = [...new Set(givers.replaceAll("?", ""))];
  return {
    contributors: letters.map(peerOf),
    blockContributors: Uint8Array.from(givers, (letter) =>
      letter === "?" ? 255 : letters.indexOf(letter),
    ),
  };
}

const digestsOf = (digits: string) =>
  Uint8Array.from(Array.from(digits).flatMap((digit) => Array<number>(20).fill(Number(digit))));

const names = (peers: readonly Contributor[]) =>
  peers
    .map(({ peerId }) => peerId)
    .toSorted()
    .join("");

function noteAll(
  ...copies: readonly (readonly [givers: string, digits: string])[]
): FailedAttempts {
  const failed = new FailedAttempts(20);
  for (const [givers, digits] of copies) {
    failed.recordFailed(piece(0), originOf(givers), digestsOf(digits), 0);
  }
  return failed;
}

test("only contributors whose blocks of a failed attempt differ from the passed one are proven", (t) => {
  const failed = noteAll(["aabbc", "12945"]);
  t.is(names(failed.recordPassed(piece(0), digestsOf("12345"))), "b");
});

test("two liars with equal blocks are both proven, and a liar in several attempts once", (t) => {
  const failed = noteAll(["abcd", "1294"], ["bcda", "1294"], ["accb", "9994"]);
  t.is(names(failed.recordPassed(piece(0), digestsOf("1234"))), "acd");
});

test("a block of an unknown contributor proves nothing", (t) => {
  t.deepEqual(noteAll(["a?b", "193"]).recordPassed(piece(0), digestsOf("123")), []);
});

test("a peer that sends two versions of a block is proven at once; a peer that differs from another is not", (t) => {
  const failed = noteAll(["aab", "123"]);
  t.is(names(failed.recordFailed(piece(0), originOf("bca"), digestsOf("453"), 0)), "");
  t.is(names(failed.recordFailed(piece(0), originOf("abc"), digestsOf("823"), 0)), "a");
});

test("two peers at one address, one after the other, are not taken for one", (t) => {
  const failed = noteAll(["ab", "12"]);
  const [first, second] = [peerOf("a"), { ...peerOf("a"), peerId: "z" }];
  const origin = { contributors: [second, first], blockContributors: Uint8Array.of(0, 1) };
  t.deepEqual(failed.recordFailed(piece(0), origin, digestsOf("92"), 0), []);
});

test("a piece that passed is forgotten, and clears its contributors", (t) => {
  const failed = noteAll(["abc", "129"], ["abd", "129"]);
  t.deepEqual(
    Array.from("abcde", peerOf).map((peer) => failed.suspicionOf(piece(0), contributorKey(peer))),
    [2, 2, 1, 1, 0],
  );
  failed.recordPassed(piece(0), digestsOf("123"));
  t.deepEqual(
    Array.from("abcd", peerOf).map((peer) => failed.suspicionOf(piece(0), contributorKey(peer))),
    [0, 0, 0, 0],
  );
  t.deepEqual([failed.isEmpty, failed.count, failed.bytes], [true, 0, 0]);
  t.deepEqual(failed.recordPassed(piece(0), digestsOf("123")), []);
});

test("a failure that a liar explains does not count against the others, but can prove further liars", (t) => {
  const failed = noteAll(["abc", "129"], ["ddb", "129"]);
  failed.explain(peerOf("a"));
  const suspicions = Array.from("abcd", peerOf).map((peer) =>
    failed.suspicionOf(piece(0), contributorKey(peer)),
  );
  t.deepEqual(suspicions, [0, 1, 0, 1]);
  t.true(failed.isOnParole(piece(0)));
  failed.explain(peerOf("d"));
  t.false(failed.isOnParole(piece(0)));
  t.is(names(failed.recordPassed(piece(0), digestsOf("123"))), "bc");
});

test("beyond the bounds the oldest failed attempts are forgotten and prove nothing any more", (t) => {
  const many = new FailedAttempts(20);
  for (let n = 0; n <= failedAttemptsLimit; n++) {
    many.recordFailed(piece(n), originOf("ab"), digestsOf("12"), n);
  }
  t.is(many.count, failedAttemptsLimit);
  t.false(many.has(piece(0)));
  const long = new FailedAttempts(20);
  for (let n = 0; n < 4; n++) {
    long.recordFailed(piece(0), originOf("ab"), new Uint8Array(16_384 * 20).fill(n), n);
    t.true(long.bytes <= failedAttemptsBytesLimit);
  }
  t.is(long.count, 3);
  t.is(long.suspicionOf(piece(0), contributorKey(peerOf("a"))), 3);
});

test("the only contributor of a failed attempt is the liar, also when it reconnected; an unknown contributor is not", (t) => {
  const provenBy = (origin: AttemptOrigin) =>
    names(new FailedAttempts(20).recordFailed(piece(0), origin, digestsOf("12"), 0));
  t.is(provenBy(originOf("aa")), "a");
  t.is(provenBy({ contributors: [peerOf("a")], blockContributors: undefined }), "a");
  const twice = {
    contributors: [peerOf("a"), peerOf("a")],
    blockContributors: Uint8Array.of(0, 1),
  };
  t.is(provenBy(twice), "a");
  t.is(provenBy(originOf("a?")), "");
  t.is(provenBy(originOf("ab")), "");
  t.is(provenBy({ contributors: [], blockContributors: undefined }), "");
});
