import test from "ava";
import fc from "fast-check";
import {
  MseAcceptor,
  MseDialer,
  mseKeyBytes,
  mseTorrentHash,
  type MseResult,
  type MseStep,
} from "../../src/encryption/index.ts";
import { parseInfoHash, type InfoHash } from "../../src/units.ts";
import { refuses } from "../support/refusals.ts";

const infoHash = parseInfoHash("ab".repeat(20));
const other = parseInfoHash("cd".repeat(20));
const secret = new Uint8Array(mseKeyBytes).fill(7);
const firstPayload = Buffer.from("a handshake of BitTorrent");

interface Sides {
  readonly pads: readonly [number, number, number, number];
  readonly offersPlain: boolean;
  readonly allowsPlain: boolean;
  /** Lengths of the pieces in which bytes come. */
  readonly cut: (bytes: Uint8Array) => readonly Uint8Array[];
}

const pad = (lengthBytes: number): Uint8Array => new Uint8Array(lengthBytes).fill(9);
const whole = (bytes: Uint8Array): readonly Uint8Array[] => [bytes];
const plainSides: Sides = {
  pads: [0, 0, 0, 0],
  offersPlain: true,
  allowsPlain: true,
  cut: whole,
};

function torrentOf(hash: Uint8Array): InfoHash | undefined {
  return [infoHash].find((each) => Buffer.from(mseTorrentHash(each)).equals(hash));
}

/** Gives all bytes to a side, until it tells a key or the end. */
function give(
  side: { receive(chunk: Uint8Array): MseStep },
  pieces: readonly Uint8Array[],
): MseStep {
  for (const [at, piece] of pieces.entries()) {
    const step = side.receive(piece);
    if (step.kind === "more") continue;
    const rest = Buffer.concat(pieces.slice(at + 1));
    if (step.kind === "key") return rest.length === 0 ? step : afterKey(side, step, rest);
    return { ...step, rest: Buffer.concat([step.rest, rest]) };
  }
  return { kind: "more" };
}

function afterKey(
  side: { receive(chunk: Uint8Array): MseStep },
  step: MseStep,
  rest: Uint8Array,
): MseStep {
  if (side.receive(rest).kind !== "more") throw new Error("bug: a step before the secret");
  return step;
}

function doneOf(step: MseStep): { result: MseResult; rest: Uint8Array } {
  if (step.kind !== "done") throw new Error(`the handshake is at ${step.kind}`);
  return step;
}

/** Runs a handshake with one secret. @returns The ends of both sides. */
function run(sides: Sides, dialled: InfoHash = infoHash) {
  const sent: Uint8Array[] = [];
  const dialer = new MseDialer({
    ...{ infoHash: dialled, offersPlain: sides.offersPlain },
    firstPayload,
  });
  const acceptor = new MseAcceptor({
    ...{ allowsPlain: sides.allowsPlain, torrentOf, pad: () => pad(sides.pads[3]) },
    send: (bytes) => sent.push(bytes),
  });
  const key = (digit: number): Uint8Array => new Uint8Array(mseKeyBytes).fill(digit);
  const opening = Buffer.concat([key(1), pad(sides.pads[0])]);
  const keys = [give(acceptor, sides.cut(opening))];
  acceptor.useSecret(secret);
  keys.push(give(dialer, sides.cut(Buffer.concat([key(2), pad(sides.pads[1])]))));
  const offer = dialer.useSecret(secret, pad(sides.pads[2]));
  const accepted = doneOf(give(acceptor, sides.cut(offer)));
  const dialledEnd = doneOf(give(dialer, sides.cut(Buffer.concat(sent))));
  return { keys, accepted, dialled: dialledEnd };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test("both sides agree on plain payload if both want it; the first payload is encrypted", (t) => {
  const { keys, accepted, dialled } = run(plainSides);
  t.deepEqual(
    keys.map((step) => step.kind === "key" && step.key[0]),
    [1, 2],
  );
  t.is(accepted.result.method, "plain");
  t.is(dialled.result.method, "plain");
  t.is(accepted.result.infoHash, infoHash);
  t.is(accepted.result.firstBytes, firstPayload.length);
  accepted.result.receiving.apply(accepted.rest);
  t.is(text(accepted.rest), text(firstPayload));
});

for (const one of ["dialer", "acceptor"] as const) {
  test(`RC4 is taken when the ${one} wants nothing else, and both directions go on`, (t) => {
    const { accepted, dialled } = run({
      ...plainSides,
      offersPlain: one !== "dialer",
      allowsPlain: one !== "acceptor",
    });
    t.is(accepted.result.method, "rc4");
    t.is(dialled.result.method, "rc4");
    accepted.result.receiving.apply(accepted.rest);
    const bytes = new Uint8Array(Buffer.from("further bytes"));
    dialled.result.sending.apply(bytes);
    t.not(text(bytes), "further bytes");
    accepted.result.receiving.apply(bytes);
    t.is(text(bytes), "further bytes");
    accepted.result.sending.apply(bytes);
    dialled.result.receiving.apply(bytes);
    t.is(text(bytes), "further bytes");
  });
}

test("pads of any length in pieces of any length lead to the same end", (t) => {
  const length = fc.integer({ min: 0, max: 512 });
  fc.assert(
    fc.property(
      fc.tuple(length, length, length, length),
      fc.integer({ min: 1, max: 1_000 }),
      (pads, pieceBytes) => {
        const cut = (bytes: Uint8Array): readonly Uint8Array[] =>
          Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
            bytes.slice(index * pieceBytes, (index + 1) * pieceBytes),
          );
        const { accepted, dialled } = run({ ...plainSides, pads, cut });
        accepted.result.receiving.apply(accepted.rest);
        return text(accepted.rest) === text(firstPayload) && dialled.rest.length === 0;
      },
    ),
  );
  t.pass();
});

test("a torrent that is not there is refused", (t) => {
  refuses(t, "encryption-no-torrent", () => run(plainSides, other));
});

test("a dialer that offers plain payload alone is refused by a side that takes RC4 alone", (t) => {
  const acceptor = new MseAcceptor({
    ...{ allowsPlain: false, torrentOf, pad: () => pad(0) },
    send: () => t.fail(),
  });
  t.is(acceptor.receive(new Uint8Array(mseKeyBytes)).kind, "key");
  acceptor.useSecret(secret);
  const dialer = new MseDialer({ infoHash, offersPlain: true, firstPayload });
  dialer.receive(new Uint8Array(mseKeyBytes));
  refuses(t, "encryption-refused", () => acceptor.receive(offerOfPlain(dialer)));
});

/** The offer with the bit of RC4 off: encryption is an exclusive or. */
function offerOfPlain(dialer: MseDialer): Uint8Array {
  const offer = dialer.useSecret(secret, pad(0));
  const at = 20 + 20 + 8 + 3;
  offer[at] = (offer[at] ?? 0) ^ 2;
  return offer;
}

test("an acceptor that selects what was not offered is refused, and one that selects both", (t) => {
  for (const [offersPlain, flipped] of [
    [false, 3],
    [true, 1],
    [true, 2],
  ] as const) {
    const sent: Uint8Array[] = [];
    const dialer = new MseDialer({ infoHash, offersPlain, firstPayload });
    const acceptor = new MseAcceptor({
      ...{ allowsPlain: false, torrentOf, pad: () => pad(0) },
      send: (bytes) => sent.push(bytes),
    });
    acceptor.receive(new Uint8Array(mseKeyBytes));
    acceptor.useSecret(secret);
    dialer.receive(new Uint8Array(mseKeyBytes));
    acceptor.receive(dialer.useSecret(secret, pad(0)));
    const answer = new Uint8Array(Buffer.concat(sent));
    answer[11] = (answer[11] ?? 0) ^ flipped;
    refuses(t, "encryption-refused", () => dialer.receive(answer));
  }
});

test("a mark, and a proof, that do not come within the longest pad are refused", (t) => {
  const acceptor = new MseAcceptor({
    ...{ allowsPlain: true, torrentOf, pad: () => pad(0) },
    send: () => t.fail(),
  });
  acceptor.receive(new Uint8Array(mseKeyBytes));
  acceptor.useSecret(secret);
  t.is(acceptor.receive(new Uint8Array(512 + 19)).kind, "more");
  refuses(t, "encryption-malformed", () => acceptor.receive(new Uint8Array(1)));
  const dialer = new MseDialer({ infoHash, offersPlain: true, firstPayload });
  dialer.receive(new Uint8Array(mseKeyBytes));
  dialer.useSecret(secret, pad(0));
  t.is(dialer.receive(new Uint8Array(512 + 7)).kind, "more");
  refuses(t, "encryption-malformed", () => dialer.receive(new Uint8Array(1)));
});

test("case 64: a flood before the secret is refused, and keeps 1 KiB", (t) => {
  const dialer = new MseDialer({ infoHash, offersPlain: true, firstPayload });
  refuses(t, "encryption-malformed", () => dialer.receive(new Uint8Array(5_000)));
});

test("any bytes lead to a step or to an error of the handshake", (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 6 }), (chunks) => {
      const acceptor = new MseAcceptor({
        ...{ allowsPlain: true, torrentOf, pad: () => pad(3), send: () => undefined },
      });
      for (const chunk of chunks) {
        try {
          if (acceptor.receive(chunk).kind === "key") acceptor.useSecret(secret);
        } catch (error) {
          return String((error as { code?: unknown }).code).startsWith("encryption-");
        }
      }
      return true;
    }),
  );
  t.pass();
});
