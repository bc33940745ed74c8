/**
 * The shell of every HTML file: one file that asks nothing of anybody. Its policy lets this one script and this one style sheet run,
 * told by their hashes, and nothing else, so that a name that had slipped through as markup could still do nothing.
 */
import {createHash} from 'node:crypto'
import {forJson, forXml} from '../safe/clean.ts'

export interface HtmlPage {
  /** Plain text. */
  title: string
  /** CSS and JavaScript of ours, with no name from a heap in it. */
  style: string
  script: string
  /** What the script reads: `JSON.parse(document.getElementById('data').textContent)`. */
  data: unknown
  /** HTML; names in it have been through `forXml`. */
  body: string
  /** Scripts that this one may start later, by the ids of their elements. */
  laterScripts?: Readonly<Record<string, string>>
  /** Whether the script asks the server that the page came from. */
  asksItsServer?: boolean
  /** More than JSON can hold: base64 by the id of its element. The script may start a thread with code of these. */
  attachments?: Readonly<Record<string, string>>
}

/** The same page gives the same bytes. */
export function htmlPage(page: HtmlPage): string {
  const {title, style, script, data, body, laterScripts = {}, asksItsServer = false, attachments} = page
  const scripts = [script, ...Object.values(laterScripts)]
  // Where a script or style sheet ends, HTML reads no string and no comment.
  if (scripts.some(text => /<\/script|<!--/i.test(text)) || /<\/style/i.test(style))
    throw new Error('a script or style sheet of ours ends early')
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(text => `'${sha256(text)}'`).join(' ')}`,
    `style-src '${sha256(style)}'`,
    // Browsers ask for an icon: it is empty, and here.
    'img-src data:',
    ...(asksItsServer ? ["connect-src 'self'"] : []),
    ...(attachments === undefined ? [] : ['worker-src blob:']),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<link rel="icon" href="data:,">',
    `<title>${forXml(title, 200)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    body,
    ...Object.entries({...attachments, ...laterScripts}).map(
      ([id, text]) => `<script type="text/plain" id="${id}">${text}</script>`,
    ),
    dataElement(data),
    `<script>${script}</script>`,
    '</body>',
    '</html>\n',
  ].join('\n')
}

/** What a script finds by the id `data`. */
export function dataElement(data: unknown): string {
  return `<script type="application/json" id="data">${jsonInHtml(data)}</script>`
}

/** JSON in which nothing can end the element or begin a comment, and no name can steer what shows the file's source. */
function jsonInHtml(data: unknown): string {
  return forJson(JSON.stringify(data)).replace(/[<>&]/g, character => `\\u00${character.charCodeAt(0).toString(16)}`)
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
