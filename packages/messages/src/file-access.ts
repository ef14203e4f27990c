/** Permissions of new files and folders of torrents. What is absent is as the system makes it. */
export interface FileAccess {
  readonly fileMode?: number;
  readonly folderMode?: number;
  /** Its number. */
  readonly group?: number;
}
