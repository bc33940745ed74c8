/** The page of the explorer: the same for every heap, of which it holds nothing but, as a report, the answers it is given. */
import type {ReportData} from './explore-questions.ts'
import {htmlPage} from './html-page.ts'
import {pageStyle} from './html-style.ts'

/** HTML; the same each time. Without `report` the page asks its server. */
export async function explorePage(report?: ReportData): Promise<string> {
  const [{script}, {exploreStyle}] = await Promise.all([import('./explore-script.ts'), import('./explore-style.ts')])
  return htmlPage({
    title: report === undefined ? 'heapgraph explore' : 'heapgraph report',
    style: pageStyle('auto') + exploreStyle,
    script,
    data: report ?? {},
    body: '<div id="app"></div>',
    asksItsServer: report === undefined,
  })
}
