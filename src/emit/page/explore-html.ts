/** The page of the explorer: the same for every heap, of which it holds nothing but, as a report, the answers it is given. */
import {type ReportData, WEBGL_ELEMENT} from './explore-questions.ts'
import {htmlPage} from './html-page.ts'
import {pageStyle} from './html-style.ts'

/** HTML; the same each time. Without `report` the page asks its server. `attachments`: what `report.full` names, base64. */
export async function explorePage(
  report?: ReportData,
  attachments?: Readonly<Record<string, string>>,
): Promise<string> {
  const canAsk = report === undefined || report.full !== undefined
  const [{script}, {exploreStyle}, webgl] = await Promise.all([
    import('./explore-script.ts'),
    import('./explore-style.ts'),
    // What cannot be asked needs no view.
    canAsk ? import('./webgl-script.ts') : undefined,
  ])
  return htmlPage({
    title: report === undefined ? 'heapgraph explore' : 'heapgraph report',
    style: pageStyle('auto') + exploreStyle,
    script,
    data: report ?? {},
    body: '<div id="app"></div>',
    asksItsServer: report === undefined,
    ...(webgl && {laterScripts: {[WEBGL_ELEMENT]: webgl.script}}),
    ...(attachments && {attachments}),
  })
}
