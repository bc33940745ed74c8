export type {SnapshotInput} from './read/source.ts'
export {type OpenOptions, openHeader, openSnapshot, type ProgressListener} from './snapshot/load.ts'
export type {Columns, Locations, Snapshot} from './snapshot/snapshot.ts'
export {type ErrorCode, HeapgraphError} from './util/errors.ts'
