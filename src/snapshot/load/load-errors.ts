/** What is wrong with a file, in one sentence for a person: file, section, byte, what to do. */
import {offsetOfNumber} from '../../read/locate.ts'
import {ScanError} from '../../read/scan-error.ts'
import {type ByteSource, NOT_COMPLETE} from '../../read/source.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {type Header, HeaderError} from '../columns/schema.ts'
import {RowError} from './columns.ts'

const TAKE_AGAIN = 'copy it again, or take a new snapshot'
/** Top-level keys whose places are kept; a file may have any number of unknown ones. */
const MAX_KEYS = 100

/** Keeps where a section begins. Throws SectionRepeated for a known one that has begun before. */
export function noteSection(
  offsets: Map<string, number>,
  key: string,
  offset: number,
  isKnown: (key: string) => boolean,
): void {
  if (offsets.has(key) && isKnown(key)) throw new SectionRepeated(key, offset)
  if (offsets.size < MAX_KEYS || isKnown(key)) offsets.set(key, offset)
}

export class SectionMissing extends Error {
  readonly section: string
  constructor(section: string) {
    super(`it has no section "${section}"`)
    this.section = section
  }
}

class SectionRepeated extends Error {
  readonly section: string
  readonly offset: number

  /** `offset`: where the second one begins. */
  constructor(section: string, offset: number) {
    super('the section occurs twice')
    this.section = section
    this.offset = offset
  }
}

/** Whether a snapshot is read from it. */
export function isKnown(key: string): boolean {
  return ['snapshot', 'nodes', 'edges', 'locations', 'strings'].includes(key)
}

/** What is known of a file that is read. */
export interface Scanned {
  readonly header: Header | undefined
  /** Where each section's value begins. */
  readonly offsets: ReadonlyMap<string, number>
}

/** Turns what the stages throw into one sentence for a person: file, section, byte, what to do. */
export async function explain(error: unknown, source: ByteSource, loader: Scanned): Promise<unknown> {
  if (error instanceof ScanError) return explainScanError(error, source.name, loader)
  const broken = (where: string, what: string, hint: string) =>
    new HeapgraphError('BROKEN_SNAPSHOT', `${source.name}: ${where}: ${what}`, hint)
  if (error instanceof RowError) {
    const start = loader.offsets.get(error.section) ?? 0
    const findable = error.valueIndex !== undefined && source.repeatable
    const offset = findable ? await offsetOfNumber(source.chunks(), start, error.valueIndex) : undefined
    const where = offset === undefined ? `from byte ${start} on` : `byte ${offset}`
    return broken(`section "${error.section}", ${where}`, error.message, TAKE_AGAIN)
  }
  if (error instanceof HeaderError) {
    return broken(`section "snapshot", byte ${loader.offsets.get('snapshot') ?? 0}`, error.message, TAKE_AGAIN)
  }
  if (error instanceof SectionRepeated) {
    return broken(`section "${error.section}", byte ${error.offset}`, error.message, TAKE_AGAIN)
  }
  if (error instanceof SectionMissing) {
    if (loader.header !== undefined) return broken('end of file', error.message, NOT_COMPLETE)
    const keys = firstKeys(loader)
    const what = keys === '' ? 'it is an empty object' : `it has ${keys}, but no "snapshot"`
    return notASnapshot(source.name, what, otherFormat(loader))
  }
  return error
}

function explainScanError(error: ScanError, name: string, loader: Scanned): HeapgraphError {
  const {kind, message, offset, section} = error
  if (kind === 'empty') return new HeapgraphError('NOT_A_SNAPSHOT', `${name}: ${message}`, NOT_COMPLETE)
  if (kind === 'not-json' || kind === 'not-object') {
    const wanted = kind === 'not-json' ? "with '{'" : 'an object'
    return notASnapshot(name, `${message}, not ${wanted} (byte ${offset})`, otherFormat(loader))
  }
  // Something that never said it was a heap snapshot is not called a broken one.
  const keys = firstKeys(loader)
  const cutBeforeHeader = kind === 'truncated' && (keys === '' || [...loader.offsets.keys()].some(isKnown))
  if (!loader.offsets.has('snapshot') && !cutBeforeHeader) {
    const what = keys === '' ? 'it is not JSON' : `it begins with ${keys}, not with "snapshot"`
    return notASnapshot(name, `${what} (byte ${offset}: ${message})`, otherFormat(loader, section))
  }
  const where = kind === 'trailing' ? '' : `${section === undefined ? 'between sections' : sectionName(section)}, `
  const hint = kind === 'truncated' ? NOT_COMPLETE : TAKE_AGAIN
  return new HeapgraphError('BROKEN_SNAPSHOT', `${name}: ${where}byte ${offset}: ${message}`, hint)
}

function sectionName(section: string): string {
  return `section ${JSON.stringify(section.slice(0, 40))}`
}

function firstKeys(loader: Scanned): string {
  const keys = [...loader.offsets.keys()]
  return keys
    .slice(0, 3)
    .map(key => JSON.stringify(key.slice(0, 40)))
    .join(', ')
}

function notASnapshot(name: string, what: string, hint: string): HeapgraphError {
  return new HeapgraphError('NOT_A_SNAPSHOT', `${name}: not a V8 heap snapshot: ${what}`, hint)
}

/** What the file may be instead, by its keys; `section`: where it turned out not to be a snapshot. */
function otherFormat({offsets}: Scanned, section?: string): string {
  const wanted = 'heapgraph reads .heapsnapshot files'
  // Both formats have "nodes"; in a .cpuprofile it comes first and holds objects.
  const cpuProfile = section === 'nodes' || (offsets.has('samples') && offsets.has('timeDeltas'))
  if (cpuProfile) return `this looks like a .cpuprofile; ${wanted}`
  if (offsets.has('head')) return `this looks like a .heapprofile (sampled allocations); ${wanted}`
  if (offsets.has('nodeClassNames')) {
    return "this is a snapshot in JavaScriptCore's own format (Safari, Bun); Bun writes V8's by Bun.generateHeapSnapshot('v8')"
  }
  if (offsets.has('traceEvents')) return `this looks like a performance trace; ${wanted}`
  return 'give a .heapsnapshot file, plain, gzip, or in a .zip or .tar.gz'
}
