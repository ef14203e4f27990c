// `app` and `log`: the program, and its log.

import { jsonResponse, textResponse } from "../routes/route.ts";
import { constantsOf } from "./constants.ts";
import type { Answer } from "./dialect-call.ts";
import { dataDirectory } from "../routes/service-facts.ts";
import { engineSettingsOf } from "./shown-settings.ts";

/** Versions that clients compare: those of Debian 12. */
const version = "v4.5.2";
const apiVersion = "2.8.19";

/** Answers `app/version`. */
export const showVersion: Answer = () => textResponse(version);

/** Answers `app/webapiVersion`. */
export const showApiVersion: Answer = () => textResponse(apiVersion);

/** Answers `app/buildInfo`. */
export const showBuildInfo: Answer = () => jsonResponse(constantsOf("app/buildInfo"));

/** Answers `app/defaultSavePath`. */
export const showDefaultSavePath: Answer = async ({ calls, state }) =>
  textResponse(dataDirectory(await engineSettingsOf(calls), state.facts));

/** Answers `log/main` and `log/peers`: the log is not kept. */
export const showLog: Answer = () => jsonResponse([]);
