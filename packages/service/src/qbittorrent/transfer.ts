// `transfer`: rates and limits of all torrents together, and bans of peers.

import { spelled, TroupeError } from "@troupe/control";
import { jsonResponse, textResponse } from "../routes/route.ts";
import { constantsOf, lackingError } from "./constants.ts";
import { done, type Answer } from "./dialect-call.ts";
import { wholeOf } from "./request-fields.ts";
import { peersIn } from "./named-peers.ts";
import { engineSettingsOf } from "./shown-settings.ts";
import { engineFigures, transferInfo } from "./server-state.ts";

const constants = constantsOf("sync/maindata");

/** Answers `transfer/info`. */
export const showTransfer: Answer = async ({ calls }) => {
  const [{ sums }, figures] = await Promise.all([calls.view(), engineFigures(calls)]);
  return jsonResponse(transferInfo(sums, figures));
};

/** Answers `transfer/downloadLimit` and `transfer/uploadLimit`: bytes a second, 0 for none. */
export function showEngineLimit(direction: "down" | "up"): Answer {
  return async ({ calls }) => {
    const { limits = {} } = await engineSettingsOf(calls);
    return textResponse(`${limits[direction] ?? 0}`);
  };
}

/** Answers `transfer/setDownloadLimit` and `transfer/setUploadLimit`. 0 and less end the limit. */
export function setEngineLimit(direction: "down" | "up"): Answer {
  return async ({ calls, fields }) => {
    const limit = fields.requiredWhole("limit");
    await calls.run("set-engine", { limits: { [direction]: limit > 0 ? limit : null } });
    return done;
  };
}

/** Answers `transfer/speedLimitsMode`. */
export const showLimitsMode: Answer = () =>
  textResponse(constants["use_alt_speed_limits"] === true ? "1" : "0");

/** Answers `transfer/toggleSpeedLimitsMode`. */
export const toggleLimitsMode: Answer = () => {
  throw lackingError("transfer/toggleSpeedLimitsMode");
};

/** Answers `transfer/setSpeedLimitsMode`: the only mode is 0. */
export const setLimitsMode: Answer = ({ fields }) => {
  const mode = wholeOf(fields.required("mode"));
  if (mode === undefined)
    throw new TroupeError(
      "parameter-wrong",
      `the parameter mode is ${spelled(fields.text("mode"))}; allowed is a number`,
    );
  if (mode !== 0) throw lackingError("transfer/toggleSpeedLimitsMode");
  return done;
};

/** Answers `transfer/banPeers`. Peers that are no addresses are left out. */
export const banPeers: Answer = async ({ calls, fields }) => {
  const addresses = peersIn(fields.required("peers")).map(({ host }) => host);
  if (addresses.length > 0) await calls.run("ban", { addresses: [...new Set(addresses)] });
  return done;
};
