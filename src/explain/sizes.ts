/** Which sizes an answer shows, in words: people compare them with other tools'. */
import type {SizeModel} from '../analyze/self-sizes.ts'

export function sizesSentence(sizes: SizeModel): string {
  return sizes === 'raw'
    ? 'sizes as the file has them (--sizes raw)'
    : "sizes as Chrome DevTools shows them: V8's private parts count as their owner's; --sizes raw has the file's own"
}
