import { TroupeError } from "@troupe/control";

/** The error of a call to a coordinator, or to a torrent of it, after its close. */
export function closedError(): TroupeError {
  return new TroupeError("coordinator-closed", "this coordinator was closed");
}

/** @throws TroupeError `coordinator-closed` */
export function refuseClosed(isClosed: boolean): void {
  if (isClosed) throw closedError();
}
