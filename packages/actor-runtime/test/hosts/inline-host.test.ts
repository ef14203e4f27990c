import test from "ava";
import { inlineHost } from "../../src/index.ts";
import { actorSuite } from "../support/actor-suite.ts";

actorSuite(test, "inline", () => ({ host: inlineHost(), settle: (promise) => promise }));
