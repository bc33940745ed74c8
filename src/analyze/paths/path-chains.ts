/** Chains that a search for paths makes longer step by step: as links, as marks on their nodes, and in order in a queue. */
import {BitSet} from '../../util/bit-set.ts'

/** A chain from a target back to `node`: its last link; the others follow `towardsTarget`. */
export interface Chain {
  node: number
  /** The best named edge from `node` to the next node of the chain; none for a target. */
  edge: number
  parallel: number
  towardsTarget: Chain | undefined
  length: number
  /** The smallest number of hops of its nodes. */
  nearest: number
  /** Where `node` stands among the candidates it was chosen from: its successor there is tried next. */
  candidates: Candidates
  place: number
  /** A chain of the length it is queued with is known to exist. */
  isCertain: boolean
  /** Nodes known to lead to no start but by way of this chain. */
  dead: Set<number> | undefined
}

/** What may come before a node on a chain, nearest to the roots first. */
export interface Candidates {
  nodes: Uint32Array
  edges: Uint32Array
  parallel: Uint32Array
}

/**
 * The nodes of one chain, as marks: chains share their ends, and the search goes on mostly with a chain it has just
 * lengthened, so that changing from one to the next costs few marks, while looking through a chain costs its whole length.
 */
export class ChainAtHand {
  readonly #marks: BitSet
  #chain: Chain | undefined

  constructor(nodeCount: number) {
    this.#marks = new BitSet(nodeCount)
  }

  has(node: number): boolean {
    return this.#marks.has(node)
  }

  become(chain: Chain | undefined): void {
    // Back to where the two chains part, then forward from there; a node may be on both sides.
    const added: number[] = []
    let mine = this.#chain
    let other = chain
    while (mine !== other) {
      if (mine !== undefined && (other === undefined || mine.length >= other.length)) {
        this.#marks.delete(mine.node)
        mine = mine.towardsTarget
      } else if (other !== undefined) {
        added.push(other.node)
        other = other.towardsTarget
      }
    }
    for (const node of added) this.#marks.add(node)
    this.#chain = chain
  }
}

/**
 * A binary heap of chains: the least possible length first; among equals the longest, so that one chain is finished before
 * the next is begun and equal ones do not pile up; then the oldest.
 */
export class ChainQueue {
  readonly #entries: {chain: Chain; least: number; age: number}[] = []
  #age = 0

  push(chain: Chain, least: number): void {
    const entries = this.#entries
    entries.push({chain, least, age: this.#age++})
    let at = entries.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) break
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): Chain | undefined {
    const entries = this.#entries
    if (entries.length === 0) return undefined
    this.#swap(0, entries.length - 1)
    const {chain} = entries.pop()!
    let at = 0
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < entries.length && this.#before(child, least)) least = child
      if (least === at) return chain
      this.#swap(at, least)
      at = least
    }
  }

  #before(a: number, b: number): boolean {
    const x = this.#entries[a]
    const y = this.#entries[b]
    if (x.least !== y.least) return x.least < y.least
    if (x.chain.length !== y.chain.length) return x.chain.length > y.chain.length
    return x.age < y.age
  }

  #swap(a: number, b: number): void {
    const entry = this.#entries[a]
    this.#entries[a] = this.#entries[b]
    this.#entries[b] = entry
  }
}
