import {
  MseAcceptor,
  MseDialer,
  mseKeyBytes,
  mseTorrentHash,
  type MseStep,
} from "@troupe/protocol/encryption";
import { parseInfoHash, type InfoHash } from "@troupe/protocol/units";

import { bytesMutator } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const infoHash = parseInfoHash("ab".repeat(20));
const secret = new Uint8Array(mseKeyBytes).fill(7);
const key = new Uint8Array(mseKeyBytes).fill(5);
const longestPad = 512;
/** The lengths of pads of sound handshakes. */
const padLengths = [0, 1, 31, longestPad];

/** A side of the handshake, and what it has sent. */
interface Side {
  readonly receive: (chunk: Uint8Array) => MseStep;
  readonly useSecret: () => void;
}

const pad = (lengthBytes: number): Uint8Array => new Uint8Array(lengthBytes).fill(9);

function torrentOf(hash: Uint8Array): InfoHash | undefined {
  return sameBytes(hash, mseTorrentHash(infoHash)) ? infoHash : undefined;
}

function acceptor(allowsPlain: boolean, send: (bytes: Uint8Array) => void): Side {
  const machine = new MseAcceptor({ allowsPlain, torrentOf, send, pad: () => pad(3) });
  return {
    receive: (chunk) => machine.receive(chunk),
    useSecret: () => machine.useSecret(secret),
  };
}

function dialer(offersPlain: boolean, send: (bytes: Uint8Array) => void): Side {
  const machine = new MseDialer({ infoHash, offersPlain, firstPayload: pad(68) });
  return {
    receive: (chunk) => machine.receive(chunk),
    useSecret: () => send(machine.useSecret(secret, pad(3))),
  };
}

/** The first byte of an input: whether the side takes plain payload. The others are those of the other side. */
function outcomeOf(make: typeof acceptor, input: Uint8Array, cutBytes: number): string {
  const side = make((input[0] ?? 0) % 2 === 0, () => undefined);
  const bytes = input.subarray(1);
  const steps: string[] = [];
  const ended = acceptedBy(() => {
    for (const [from, to] of cuts(bytes.length, cutBytes)) {
      // A copy: a side may decrypt what it was given.
      const step = side.receive(bytes.slice(from, to));
      if (step.kind === "more") continue;
      steps.push(step.kind);
      if (step.kind === "key") {
        hold(step.key.length === mseKeyBytes, "a key of another length");
        side.useSecret();
        continue;
      }
      hold(step.result.infoHash === infoHash, "a torrent that nobody named");
      const read = step.rest.length + bytes.length - to;
      return `${step.result.method} ${step.result.firstBytes} ${read}`;
    }
    return "more";
  });
  return `${steps.join(" ")} ${ended ?? "refused"}`;
}

/** The key comes alone: the other side waits for ours. */
function cuts(lengthBytes: number, cutBytes: number): readonly (readonly [number, number])[] {
  const ends: (readonly [number, number])[] = [[0, Math.min(mseKeyBytes, lengthBytes)]];
  for (let from = mseKeyBytes; from < lengthBytes; from += cutBytes)
    ends.push([from, Math.min(from + cutBytes, lengthBytes)]);
  return ends;
}

function target(name: string, make: typeof acceptor, seeds: () => readonly Uint8Array[]) {
  return {
    name,
    oracle:
      "refused with a code, or a handshake for the known torrent; any pieces lead to the same end",
    sources: ["protocol/src/encryption/"],
    seeds,
    mutate: bytesMutator([key, pad(8), new Uint8Array(8)]),
    maxBytes: 1_100,
    run(input: Uint8Array): void {
      const whole = outcomeOf(make, input, 1_024);
      for (const cutBytes of [1, 7, 100])
        hold(outcomeOf(make, input, cutBytes) === whole, `pieces of ${cutBytes} end otherwise`);
    },
  } satisfies FuzzTarget;
}

/** A sound handshake of the other side, after its key and a pad. */
function soundInputs(make: typeof acceptor): readonly Uint8Array[] {
  return padLengths.flatMap((padBytes) =>
    [0, 1].map((mode) => {
      const fromDialer: Uint8Array[] = [];
      const fromAcceptor: Uint8Array[] = [];
      const dials = dialer(mode === 0, (bytes) => void fromDialer.push(bytes));
      const accepts = acceptor(true, (bytes) => void fromAcceptor.push(bytes));
      const hello = Buffer.concat([key, pad(padBytes)]);
      dials.receive(hello);
      dials.useSecret();
      accepts.receive(hello);
      accepts.useSecret();
      for (const bytes of fromDialer) accepts.receive(bytes.slice());
      const sent = make === acceptor ? fromDialer : fromAcceptor;
      return new Uint8Array(Buffer.concat([Uint8Array.of(mode), hello, ...sent]));
    }),
  );
}

/** The bytes that a dialer sends us before its handshake. */
export const encryptionAcceptor: FuzzTarget = target("encryption-acceptor", acceptor, () =>
  soundInputs(acceptor),
);

/** The bytes that a peer that we have dialled sends us. */
export const encryptionDialer: FuzzTarget = target("encryption-dialer", dialer, () =>
  soundInputs(dialer),
);
