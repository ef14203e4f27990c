import { codeOf } from "@troupe/actor-runtime";
import type { Http, MayDial } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { AddressRefusal, JudgeAddress } from "./allowed-address.ts";

/** HTTP with allowed addresses only, for the first hop and each redirect. */
export function ruledHttp(http: Http, judge: JudgeAddress): Http {
  return {
    get: (url, options) => withRefusal(judge, (mayDial) => http.get(url, { ...options, mayDial })),
    post: (url, options) =>
      withRefusal(judge, (mayDial) => http.post(url, { ...options, mayDial })),
    async openClient(options) {
      const mayDial: MayDial = (host) => judge(host) === undefined;
      return await http.openClient({ ...options, mayDial });
    },
  };
}

/** Throws the refusal of the rule instead of the error that follows from it. */
async function withRefusal<Reply>(
  judge: JudgeAddress,
  send: (mayDial: MayDial) => Promise<Reply>,
): Promise<Reply> {
  let refusal: AddressRefusal | undefined;
  try {
    return await send((host) => (refusal = judge(host)) === undefined);
  } catch (error) {
    if (refusal === undefined || codeOf(error) !== "http-redirect-refused") throw error;
    throw new TroupeError(refusal.code, refusal.message, { cause: error });
  }
}
