import test from "ava";
import { contentHeaders } from "../src/content-headers.ts";
import { isPlayable } from "../src/media-type.ts";

const shown = ["a.mp4", "a.mkv", "a.mp3", "a.png", "a.jpg", "a.txt", "a.srt", "a.vtt", "a.ASS"];
const saved = [
  ...["a.html", "a.xhtml", "a.svg", "a.SVG", "a.svgz", "a.pdf", "a.js", "a.css", "a.xml", "a.swf"],
  ...["a", "a.exe", "a.mhtml", "a.json", "a.zip", "a.mp4.html", "a.txt.svg", "", ".mp4x"],
];

test("films, sound, pictures, plain text and subtitles are shown, all else is saved", (t) => {
  for (const name of shown)
    t.regex(contentHeaders(name)["content-disposition"] ?? "", /^inline; /, name);
  for (const name of saved)
    t.regex(contentHeaders(name)["content-disposition"] ?? "", /^attachment; /, name);
});

test("every file has the policy that runs nothing of it", (t) => {
  for (const name of [...shown, ...saved])
    t.like(contentHeaders(name), {
      "content-security-policy": "sandbox; default-src 'none'; media-src 'self'",
      "x-content-type-options": "nosniff",
    });
});

test("a name brings nothing into the field: every byte beside letters and digits is escaped", (t) => {
  const fieldOf = (name: string): string => contentHeaders(name)["content-disposition"] ?? "";
  t.is(fieldOf('a"; b\r\nX: 1.mp4'), "inline; filename*=UTF-8''a%22%3B%20b%0D%0AX%3A%201.mp4");
  t.is(fieldOf("it's (1)*.mp3"), "inline; filename*=UTF-8''it%27s%20%281%29%2A.mp3");
  t.is(fieldOf("ü\ud800.mp3"), "inline; filename*=UTF-8''%C3%BC%EF%BF%BD.mp3");
});

test("films and sound can be played, and playlists and pictures cannot", (t) => {
  t.true(["a.mp4", "a.mkv", "a.avi", "a.webm", "a.flac", "a.mp3", "a.ogg"].every(isPlayable));
  t.false(["a.m3u", "a.m3u8", "a.png", "a.srt", "a.html", "a"].some(isPlayable));
});
