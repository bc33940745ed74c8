/** From V8's ids to ordinals. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {HeapgraphError} from '../../util/errors.ts'
import type {NumberArray} from '../../util/number-column.ts'

/** Ordinals by id: a hash table with open addressing, 4 bytes a slot and at most three quarters full. */
export class IdIndex {
  readonly #ids: NumberArray
  /** Ordinals + 1; 0 marks an empty slot. */
  readonly #slots: Uint32Array

  constructor({name, nodeId}: Pick<Snapshot, 'name' | 'nodeId'>) {
    let size = 4
    while (size * 3 < nodeId.length * 4) size *= 2
    this.#ids = nodeId
    this.#slots = new Uint32Array(size)
    for (let node = 0; node < nodeId.length; node++) {
      const slot = this.#slotOf(nodeId[node])
      if (this.#slots[slot] !== 0) {
        throw new HeapgraphError(
          'BROKEN_SNAPSHOT',
          `${name}: section "nodes": the id @${nodeId[node]} is used twice, by rows ${this.#slots[slot] - 1} and ${node}`,
          'take the snapshot again',
        )
      }
      this.#slots[slot] = node + 1
    }
  }

  /** The ordinal of the node with this id; -1 if there is none. */
  get(id: number): number {
    return this.#slots[this.#slotOf(id)] - 1
  }

  /** The slot that has this id, or else the empty one where it would go. */
  #slotOf(id: number): number {
    const ids = this.#ids
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash(id) & mask
    while (slots[slot] !== 0 && ids[slots[slot] - 1] !== id) slot = (slot + 1) & mask
    return slot
  }
}

/** Mixes both halves of an id, which may be greater than 2^32 (the constants are murmur3's). */
function hash(id: number): number {
  let bits = (id | 0) ^ Math.imul((id / 0x1_0000_0000) | 0, 0xc2b2ae35)
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  return bits ^ (bits >>> 13)
}
