import type { RequestSecrets } from "../../src/routes/route.ts";

const none = (): never => {
  throw new Error("the test has no secrets");
};

/** The secrets of a request that has nothing to do with them. */
export const noSecrets: RequestSecrets = {
  tokens: none,
  createToken: none,
  revokeToken: none,
  setPassword: none,
};
