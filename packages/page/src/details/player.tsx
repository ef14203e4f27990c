// A film or a sound in the page, and the link that other players open.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { getResult } from "../api/request.ts";
import type { Result } from "../api/result.ts";
import { Dialog } from "../frame/dialog.tsx";
import { FailureLine } from "../frame/failure-line.tsx";
import { announce } from "../frame/live-region.tsx";
import { cleaned } from "../text/shown.ts";
import { texts } from "../text/text.ts";

/** A file to play, or the playlist of all. */
export interface Played {
  readonly file: number | undefined;
  readonly name: string;
}

interface Link {
  readonly url: string;
}

interface PlayerProps {
  readonly torrent: string;
  readonly played: Played;
  readonly close: () => void;
}

/** A dialogue over the page. */
export function Player({ close, played, torrent }: PlayerProps): VNode {
  const [link, setLink] = useState<Result<Link>>();
  const { file, name } = played;
  useEffect(() => {
    const stop = new AbortController();
    void askLink(torrent, file, stop.signal).then((answer) => {
      if (!stop.signal.aborted) setLink(answer);
    });
    return () => stop.abort();
  }, [torrent, file]);
  const isFile = file !== undefined;
  return (
    <Dialog title={isFile ? texts.details.play : texts.details.playlist} onClose={close}>
      <div class="player">
        {isFile && (
          <p class="file-name" translate={false}>
            {cleaned(name)}
          </p>
        )}
        {link?.kind === "failure" && <FailureLine failure={link.failure} />}
        {link?.kind === "answer" && <Linked link={link.value} isFile={isFile} />}
      </div>
    </Dialog>
  );
}

function Linked({
  isFile,
  link: { url },
}: {
  readonly link: Link;
  readonly isFile: boolean;
}): VNode {
  const { details } = texts;
  const [problem, setProblem] = useState("");
  const copy = async (): Promise<void> => {
    const isCopied = await navigator.clipboard.writeText(url).then(
      () => true,
      () => false,
    );
    setProblem(isCopied ? "" : details.copyFailed);
    if (isCopied) announce(details.copied);
  };
  return (
    <>
      {isFile && <video class="film" controls preload="metadata" src={url} />}
      <p class="help">{details.playerHelp}</p>
      <label>
        {details.link}
        <input
          type="text"
          readOnly
          value={url}
          translate={false}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <p class="act-line">
        <a href={url} target="_blank" rel="noreferrer">
          {details.openLink}
        </a>
        {isSecureContext ? (
          <button type="button" class="quiet" onClick={() => void copy()}>
            {details.copy}
          </button>
        ) : (
          <span class="help">{details.noClipboard}</span>
        )}
      </p>
      <p class="problem" role="alert">
        {problem}
      </p>
    </>
  );
}

async function askLink(
  torrent: string,
  file: number | undefined,
  signal: AbortSignal,
): Promise<Result<Link>> {
  const query = file === undefined ? "" : `?file=${file}`;
  return await getResult<Link>(`torrents/${torrent}/stream-link${query}`, signal);
}
