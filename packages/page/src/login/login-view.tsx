// The login: one field, for the password or a token.

import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent, VNode } from "preact";
import type { Failure } from "../api/result.ts";
import { failureText } from "../frame/failure-text.ts";
import { logIn } from "../state/session.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";

/** The name by which password managers keep the password. */
const user = "troupe";

/** The login. */
export function LoginView(): VNode {
  const isBusy = useSignal(false);
  const problem = useSignal("");
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const secret = new FormData(event.currentTarget).get("password");
    if (typeof secret !== "string" || secret === "" || isBusy.value) return;
    isBusy.value = true;
    problem.value = "";
    const failure = await logIn(secret.trim());
    isBusy.value = false;
    if (failure === undefined) return;
    problem.value = loginProblem(failure);
    document.querySelector<HTMLInputElement>("#password")?.select();
  };
  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1>{texts.frame.appName}</h1>
        <input type="hidden" name="username" autocomplete="username" value={user} />
        <label for="password">{texts.frame.password}</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-invalid={problem.value !== ""}
          aria-describedby="login-problem login-help"
        />
        <p id="login-problem" class="problem" role="alert">
          {problem}
        </p>
        <p id="login-help" class="help">
          {texts.frame.loginHelp}
        </p>
        <button type="submit" class="primary" aria-disabled={isBusy.value}>
          {texts.frame.logIn}
        </button>
      </form>
    </main>
  );
}

function loginProblem(failure: Failure): string {
  const { code, retryAfterSeconds } = failure;
  if (code === "login-failed") return texts.frame.wrongPassword;
  if (retryAfterSeconds !== undefined)
    return texts.frame.waitBeforeLogin(shown.duration(retryAfterSeconds));
  return failureText(failure);
}
