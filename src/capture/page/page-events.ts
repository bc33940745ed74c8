/** What happens to a page besides what is done there: said, and where it would stop the walk, ended. */
import type {Page} from 'playwright-core'
import {HeapgraphError} from '../../util/errors.ts'

const SHOWN = 100

/** Rejects when the page is gone; each kind of event is noted once. */
export function watchPage(page: Page, note: (text: string) => void): Promise<never> {
  const seen = new Set<string>()
  const once = (kind: string, text: string) => {
    if (seen.has(kind)) return
    seen.add(kind)
    note(text)
  }
  page.on('dialog', dialog => {
    once('dialog', `the page opened a dialog, which was dismissed: ${short(dialog.message())}`)
    dialog.dismiss().catch(() => {})
  })
  page.on('download', download => {
    once('download', `the page began a download, which was not kept: ${short(download.suggestedFilename())}`)
    download.cancel().catch(() => {})
  })
  page.on('popup', popup => {
    once('popup', `the page opened a window, which was closed: ${short(popup.url())}`)
    popup.close().catch(() => {})
  })
  page.on('pageerror', error => once('error', `the page threw an error: ${short(error.message)}`))
  return new Promise((_, reject) => {
    const gone = (how: string) => reject(new HeapgraphError('UNREADABLE', `the page ${how}`))
    page.on('crash', () => gone('crashed: its memory may have been too small'))
    page.on('close', () => gone('was closed'))
  })
}

function short(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
