/** What SQL is asked of: apart from DuckDB, since people's programs name it. */
import type {Snapshot} from '../snapshot/columns/snapshot.ts'

/** What is asked: snapshots, digests, or both. */
export interface SqlSources {
  /** In the order in which they were taken. Types of all are told apart as in the last. */
  snapshots?: readonly Snapshot[]
  /** Files of digests, which end in `.parquet`, and folders of such; those of a folder are one table with the labels in the names of its folders. */
  digests?: readonly string[]
  /** Threads of DuckDB's: one unless given, so that rows without an order come in the same every time. */
  threads?: number
}
