/** Typed arrays in memory that several threads share. */
import type {NumberArray} from './number-column.ts'

export function sharedBytes(length: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(length))
}

export function sharedWords(length: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(4 * length))
}

export function sharedInts(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length))
}

export function isShared({buffer}: ArrayBufferView): boolean {
  return buffer instanceof SharedArrayBuffer
}

export function sharedCopy(values: NumberArray): NumberArray {
  const copy =
    values instanceof Uint32Array
      ? sharedWords(values.length)
      : new Float64Array(new SharedArrayBuffer(8 * values.length))
  copy.set(values)
  return copy
}
