/** Files of sampled allocations: `.heapprofile` or pprof, told apart by their first bytes, packed by gzip or not. */
import {readFileSync} from 'node:fs'
import {gunzipSync} from 'node:zlib'
import {HeapgraphError} from '../util/errors.ts'
import {type AllocationProfile, noAllocationProfile, parseAllocationProfile} from './allocation-profile.ts'

/** Unpacked: no text may be longer. */
const MAX_BYTES = 512 * 2 ** 20

/** Throws UNREADABLE if the file cannot be read or is no such profile. */
export async function readAllocationProfile(path: string): Promise<AllocationProfile> {
  const bytes = unpacked(path)
  // JSON begins with a brace or white space; a message with a low field number and a mode.
  if (/^[\s\ufeff]*\{/.test(bytes.toString('utf8', 0, 64))) return parseAllocationProfile(bytes.toString('utf8'), path)
  const {parsePprof} = await import('./pprof.ts')
  return parsePprof(bytes, path)
}

function unpacked(path: string): Buffer {
  try {
    const bytes = readFileSync(path)
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
    const whole = isPacked ? gunzipSync(bytes, {maxOutputLength: MAX_BYTES}) : bytes
    if (whole.length <= MAX_BYTES) return whole
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new HeapgraphError('UNREADABLE', `${path}: no such file`, 'check the path')
    const isPack = code?.startsWith('Z_') ?? false
    if (isPack) throw noAllocationProfile(path, 'it is packed by gzip, and damaged')
    if (code !== 'ERR_BUFFER_TOO_LARGE' && code !== 'ERR_FS_FILE_TOO_LARGE')
      throw new HeapgraphError('UNREADABLE', `${path}: ${String(code)}`, 'check the path')
  }
  throw noAllocationProfile(path, `it has more than ${MAX_BYTES / 2 ** 20} MB`)
}
