/** Whether what comes over the wire is a heap snapshot, and all of it: sections and counts as its header promises. */
import {JsonScanner, type ScanHandler, type SectionPlan} from '../../read/json-scanner.ts'
import {ScanError} from '../../read/scan-error.ts'

const MAX_HEADER_BYTES = 16 << 20
const SECTIONS = ['snapshot', 'nodes', 'edges', 'strings']

interface Promised {
  node_count?: unknown
  edge_count?: unknown
  meta?: {node_fields?: unknown; edge_fields?: unknown}
}

/** Follows the bytes and keeps none. */
export class SnapshotCheck implements ScanHandler {
  readonly #scanner = new JsonScanner(this)
  readonly #seen = new Set<string>()
  readonly #numbers = {nodes: 0, edges: 0}
  #header: Promised = {}

  section(key: string): SectionPlan {
    this.#seen.add(key)
    if (key === 'snapshot') {
      return {kind: 'text', limitBytes: MAX_HEADER_BYTES, text: json => this.#readHeader(json)}
    }
    if (key !== 'nodes' && key !== 'edges') return {kind: 'skip'}
    const rows = (_: Float64Array, count: number) => {
      this.#numbers[key] += count
    }
    return {kind: 'numbers', rowLength: 1, rows}
  }

  sectionEnd(): void {}

  #readHeader(json: string): void {
    const header: unknown = JSON.parse(json)
    if (typeof header === 'object' && header !== null) this.#header = header
  }

  /** What is wrong with what has come so far; undefined if nothing is. */
  write(bytes: Uint8Array): string | undefined {
    return problemOf(() => this.#scanner.write(bytes))
  }

  /** What is wrong with the whole. */
  end(): string | undefined {
    return problemOf(() => this.#scanner.end()) ?? this.#missing()
  }

  #missing(): string | undefined {
    const missing = SECTIONS.find(key => !this.#seen.has(key))
    if (missing !== undefined) return `it has no section "${missing}"`
    const {node_count: nodes, edge_count: edges, meta} = this.#header
    const isWhole = (numbers: number, count: unknown, fields: unknown) =>
      typeof count === 'number' && Array.isArray(fields) && numbers === count * fields.length
    if (!isWhole(this.#numbers.nodes, nodes, meta?.node_fields)) return 'its number of nodes differs from its header'
    if (!isWhole(this.#numbers.edges, edges, meta?.edge_fields)) return 'its number of edges differs from its header'
    return undefined
  }
}

function problemOf(scan: () => void): string | undefined {
  try {
    scan()
    return undefined
  } catch (error) {
    if (error instanceof ScanError) return `byte ${error.offset}: ${error.message}`
    throw error
  }
}
