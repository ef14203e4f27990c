/** Permissions of new files and folders of torrents. The system decides an absent value. */
export interface FileAccess {
  readonly fileMode?: number;
  readonly folderMode?: number;
  /** The number of the group. */
  readonly group?: number;
}
