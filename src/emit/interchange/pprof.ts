/** Sampled allocations for programs that read pprof (github.com/google/pprof, proto/profile.proto): packed by gzip, as they expect it. */
import {gzipSync} from 'node:zlib'
import type {AllocationFrame} from '../../graph/views/allocation-frames.ts'

/** Calls of a stack: what is deeper is told of the last, since each sample has its whole stack. V8 notes 128. */
const MAX_DEPTH = 1000

/** A sample for each call with bytes of its own; lines are those where functions begin. Linear in the stacks. */
export async function allocationsPprof(frames: readonly AllocationFrame[]): Promise<Uint8Array> {
  const {Function: Func, Line, Location, Profile, Sample, StringTable, ValueType} = await import('pprof-format')
  const texts = new StringTable()
  const space = new ValueType({type: texts.dedup('space'), unit: texts.dedup('bytes')})
  const functions: InstanceType<typeof Func>[] = []
  const locations: InstanceType<typeof Location>[] = []
  const known = new Map<string, number>()
  const locationOf = ({name, script, line}: AllocationFrame): number => {
    const key = `${name}\0${script}\0${line}`
    const found = known.get(key)
    if (found !== undefined) return found
    const id = known.size + 1
    const text = texts.dedup(name)
    functions.push(new Func({id, name: text, systemName: text, filename: texts.dedup(script), startLine: line}))
    locations.push(new Location({id, line: [new Line({functionId: id, line})]}))
    known.set(key, id)
    return id
  }
  const depth = new Uint32Array(frames.length)
  /** Of each frame, once it is asked for: a frame is on the stacks of all that it calls. */
  const location = new Uint32Array(frames.length)
  const samples: InstanceType<typeof Sample>[] = []
  for (const [index, frame] of frames.entries()) {
    if (frame.parent >= 0) depth[index] = depth[frame.parent] + 1
    const bytes = Math.round(frame.selfBytes)
    if (bytes === 0) continue
    const locationId: number[] = []
    let at = index
    while (depth[at] > MAX_DEPTH) at = frames[at].parent
    // The root is in no stack but its own.
    for (; at >= 0; at = frames[at].parent) {
      if (at === 0 && index > 0) break
      if (location[at] === 0) location[at] = locationOf(frames[at])
      locationId.push(location[at])
    }
    samples.push(new Sample({locationId, value: [bytes]}))
  }
  const profile = new Profile({
    sampleType: [space],
    sample: samples,
    location: locations,
    function: functions,
    stringTable: texts,
    periodType: space,
    defaultSampleType: space.type,
  })
  return gzipSync(profile.encode())
}
