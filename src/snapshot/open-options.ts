/** What those who open a snapshot may ask for. */

/** Told from time to time how far a stage has come; `total` is undefined where it cannot be known. */
export type ProgressListener = (stage: string, done: number, total: number | undefined) => void

export interface OpenOptions {
  /** Bytes read from a file at once; the answer does not depend on it. */
  chunkBytes?: number
  /** Threads that read a large plain file, this one included; the answer does not depend on it. As many as there are cores, 4 at most. */
  threads?: number
  /** Size in bytes from which on a file is read by several threads. */
  parallelFromBytes?: number
  onProgress?: ProgressListener
}
