import type { Address, Ports } from "@troupe/actor-runtime";

const answerMs = 1_000;

/**
 * Sends one datagram and waits a second.
 *
 * @param isAnswer May throw for bytes that cannot be read. @returns Undefined: the answer came; else the reason.
 */
export async function askOnce(
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
  const limit = timers.after(answerMs, () => resolve("no answer"));
  try {
    socket.send(question, to);
    return await promise;
  } finally {
    limit.cancel();
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
