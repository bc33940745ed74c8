/** Long work in parts, so that keys and clicks are heard between them. */
import {PART_MARK} from '../src/emit/page/page-data.ts'

/** Lets the page do what waits. A message, since timers that follow each other are put off by 4 ms each. */
export function pause(): Promise<void> {
  performance.mark(PART_MARK)
  return new Promise(done => {
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      done()
    }
    port2.postMessage(undefined)
  })
}
