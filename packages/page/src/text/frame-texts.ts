// Texts of the frame: head, login, connection, failures.

/** Texts of the frame. */
export const frameTexts = {
  appName: "Troupe",
  skipToContent: "Skip to the content",
  mainMenu: "Views",
  torrents: "Torrents",
  logOut: "Log out",
  logIn: "Log in",
  password: "Password or token",
  loginHelp: "The service printed its password at its first start. A token works too.",
  wrongPassword: "The password is wrong.",
  waitBeforeLogin: (seconds: string) => `Too many wrong passwords. Try again in ${seconds}.`,
  loading: "Loading …",
  connectionLost: "The connection to the service is lost. Trying again …",
  connectionBack: "Connected again. The list is up to date.",
  noConnection: "The service did not answer.",
  failure: (sentence: string) => `It failed: ${sentence}`,
  close: "Close",
  cancel: "Cancel",
  back: "Back to the list",
  torrentGone: "There is no such torrent.",
  downRate: "Download rate",
  upRate: "Upload rate",
};
