import { messageOf } from "../errors.ts";
import type { Sender } from "../contract.ts";
import { ActorError } from "../failure.ts";
import { longestSilenceMs, silentMs, type Silence } from "./heartbeat-monitor.ts";

/** `start-failed`, with the actor's error as cause. */
export function startFailed(child: Sender, cause: unknown): ActorError {
  const reason = messageOf(cause);
  return new ActorError("start-failed", {
    operation: "start",
    message: `cannot start ${child.name}: ${reason}`,
    details: detailsOf(child),
    cause,
  });
}

/** `start-deadline`. */
export function startTooLong(child: Sender, deadlineMs: number): ActorError {
  return new ActorError("start-deadline", {
    operation: "start",
    message: `${child.name} has not started within ${deadlineMs} ms`,
    details: { ...detailsOf(child), deadlineMs },
  });
}

/** `actor-gone`: a stop overtook the start. */
export function overtaken(child: Sender): ActorError {
  return new ActorError("actor-gone", {
    operation: "start",
    message: `${child.name} was stopped while it was being started`,
    details: detailsOf(child),
  });
}

/** `actor-exited`: the actor ended unasked, without an error. */
export function exited(child: Sender): ActorError {
  return new ActorError("actor-exited", {
    message: `${child.name} ended without being asked to`,
    details: detailsOf(child),
  });
}

/** `actor-hung`. */
export function hung(child: Sender, { seenMs, waitedMs }: Silence): ActorError {
  const seen = `${child.name} gave no sign of life for ${Math.round(seenMs)} ms`;
  const waited = `, in which it waited for a processor core for ${Math.round(waitedMs)} ms`;
  const allowed = `${silentMs} ms are allowed`;
  const message =
    waitedMs > 0
      ? `${seen}${waited}: ${allowed}, with such waits ${longestSilenceMs} ms`
      : `${seen}, ${allowed}`;
  return new ActorError("actor-hung", {
    message,
    details: { ...detailsOf(child), seenMs, waitedMs },
  });
}

function detailsOf({ name, epoch }: Sender): Record<string, unknown> {
  return { actor: name, epoch };
}
