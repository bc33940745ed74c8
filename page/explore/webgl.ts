/** The page's second script, which lies in it as text until a view wants it: its policy knows both by their hashes. */
import {WEBGL_ELEMENT} from '../../src/emit/page/explore-questions.ts'

type Webgl = typeof import('../webgl/main.ts')

/** Throws where the page has none. */
export function webgl(): Webgl {
  const global = globalThis as {webgl?: Webgl}
  if (global.webgl === undefined) {
    const script = document.createElement('script')
    script.textContent = document.getElementById(WEBGL_ELEMENT)?.textContent ?? ''
    document.body.append(script)
  }
  if (global.webgl === undefined) throw new Error('this report has no program for it')
  return global.webgl
}
