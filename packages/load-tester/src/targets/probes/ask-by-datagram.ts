import type { Address, Ports } from "@troupe/actor-runtime";

/** A datagram may be lost: it is sent again after this time, and after as much again. */
const answerMs = 1_000;
const mostQuestions = 3;

/**
 * Asks by a datagram, three times at most, and waits a second each time.
 *
 * @param isAnswer May throw for bytes that cannot be read. @returns Undefined: the answer came; else the reason.
 */
export async function askByDatagram(
  { datagrams, timers }: Pick<Ports, "datagrams" | "timers">,
  to: Address,
  question: Uint8Array,
  isAnswer: (bytes: Uint8Array) => boolean,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const local = { host: to.host.includes(":") ? "::" : "0.0.0.0", port: 0 };
  const socket = await datagrams.bind(local, {
    received: (bytes) => {
      if (answers(bytes, isAnswer)) resolve(undefined);
    },
    notSent: (_to, code) => resolve(code),
  });
  let questions = 1;
  const again = timers.every(answerMs, () => {
    if (questions++ === mostQuestions) resolve("no answer");
    else socket.send(question, to);
  });
  try {
    socket.send(question, to);
    return await promise;
  } finally {
    again.cancel();
    socket.close();
  }
}

function answers(bytes: Uint8Array, isAnswer: (bytes: Uint8Array) => boolean): boolean {
  try {
    return isAnswer(bytes);
  } catch {
    return false;
  }
}
