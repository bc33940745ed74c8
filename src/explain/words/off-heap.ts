/** What the column of bytes off the heap means, in words. */
import type {OffHeapBytes} from '../../analyze/facts/off-heap.ts'
import {formatBytes} from '../../util/units.ts'

/** `noun`: what a row is, if several rows look at one store. */
export function offHeapSentences({stores}: OffHeapBytes, noun?: string): string[] {
  if (stores === 0) return []
  const meaning =
    'off-heap is in addition to self: the backing stores of the objects; V8 counts them as self size of system / JSArrayBufferData; retained includes those that nothing else keeps'
  const shared = `a backing store counts once in each ${noun} that looks at it, as a Buffer and its ArrayBuffer do, and once in the total`
  return noun === undefined ? [meaning] : [meaning, shared]
}

/** What V8 counts, but cannot give to any object. `bytes`: undefined before V8 13.6. */
export function extraNativeSentences(bytes: number | undefined): string[] {
  if (bytes === undefined || bytes === 0) return []
  return [`V8 knows of another ${formatBytes(bytes)} off the heap, but not whose (extra_native_bytes)`]
}
