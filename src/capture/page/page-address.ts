/** The address of a page. */
import {HeapgraphError} from '../../util/errors.ts'

/** In its full form. Throws USAGE if there is none, or it is not one of a page. */
export function addressOf(text: string | undefined): string {
  if (text === undefined) {
    throw new HeapgraphError('USAGE', 'no page is named', 'give --url, or export url from the scenario')
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw new HeapgraphError('USAGE', `${text} is not the address of a page`, 'it looks like http://localhost:3000/')
  }
  return url.href
}
