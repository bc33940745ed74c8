/** Who allocates in another process: V8's sampler is on for a while, over the DevTools protocol. For production: it costs little. */
import {statSync} from 'node:fs'
import {gzipSync} from 'node:zlib'
import {notWritable, writeTextPrivately} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {isPackedName, type Written} from '../files/part-file.ts'
import {stillOpen} from './activate.ts'
import {objectOf} from './protocol.ts'
import {attach, endsWith, type RemoteOptions, type RemoteSource} from './remote.ts'

/** How long, and how often. The signal ends it, leaving no part of a file. */
export interface SamplingOptions
  extends Pick<
    RemoteOptions,
    'target' | 'allowRemote' | 'allowSignal' | 'silenceMs' | 'timeoutMs' | 'signal' | 'onNote'
  > {
  /** Samples are taken until this is done. */
  until: (signal: AbortSignal | undefined) => Promise<unknown>
  /** One allocation in so many bytes is noted; 32,768 unless given. */
  intervalBytes?: number
  /** Only what is still there at the end, instead of all that was allocated. */
  stillThere?: boolean
}

/** As DevTools samples (V8's inspector, `startSampling`): 1 MB/s of allocations give 30 samples a second. */
const INTERVAL_BYTES = 32 << 10

/**
 * Samples the allocations of a running Node, or of what is at the address of an inspector, and writes a `.heapprofile`, packed if the name ends in
 * `.gz`, for its owner only. What the collector took meanwhile counts, too, unless `stillThere`: V8 knows that from 10.4 on (Node 18.5). Throws USAGE if it is not
 * clear what to sample, UNREADABLE if it cannot be.
 */
export async function sampleRemote(source: RemoteSource, path: string, options: SamplingOptions): Promise<Written> {
  const {until, intervalBytes = INTERVAL_BYTES, stillThere = false, signal} = options
  const activated = await attach(source, options)
  const {connection} = activated
  const ended = endsWith(activated, signal)
  try {
    signal?.throwIfAborted()
    await connection.send('HeapProfiler.enable')
    await connection.send('HeapProfiler.startSampling', {
      samplingInterval: intervalBytes,
      includeObjectsCollectedByMajorGC: !stillThere,
      includeObjectsCollectedByMinorGC: !stillThere,
    })
    await Promise.race([until(signal), ended.aborted])
    signal?.throwIfAborted()
    const {profile} = objectOf(await connection.send('HeapProfiler.stopSampling'))
    if (objectOf(profile).head === undefined)
      throw new HeapgraphError('UNREADABLE', 'the inspector sent no profile', 'nothing was written')
    return await write(path, JSON.stringify(profile))
  } finally {
    if (!(await ended.end())) options.onNote?.(stillOpen(activated))
  }
}

async function write(path: string, text: string): Promise<Written> {
  try {
    await writeTextPrivately(path, isPackedName(path) ? [gzipSync(text)] : text)
    return {path, bytes: statSync(path).size}
  } catch (error) {
    throw notWritable(path, error)
  }
}
