/** Endings of names whose files are films or sounds. */
const media =
  /\.(?:3gp|aac|ac3|avi|flac|flv|m2ts|m4a|m4b|m4v|mka|mkv|mov|mp3|mp4|mpe?g|mts|oga|ogg|ogm|ogv|opus|ts|wav|weba|webm|wma|wmv)$/i;

/** Whether a file is a film or a sound by its name. A player may still not know it. */
export function isPlayable(name: string): boolean {
  return media.test(name);
}
