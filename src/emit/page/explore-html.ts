/** The page of the explorer: the same for every heap, of which it holds nothing. What it shows it asks of its server. */
import {htmlPage} from './html-page.ts'
import {pageStyle} from './html-style.ts'

/** HTML; the same each time. */
export async function explorePage(): Promise<string> {
  const [{script}, {exploreStyle}] = await Promise.all([import('./explore-script.ts'), import('./explore-style.ts')])
  return htmlPage({
    title: 'heapgraph explore',
    style: pageStyle('auto') + exploreStyle,
    script,
    data: {},
    body: '<div id="app"></div>',
    asksItsServer: true,
  })
}
