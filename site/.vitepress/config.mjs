// The docs site: the pages of ../docs by need. `npm run site` in the root builds it to site/dist. A dead link fails the build; no page of docs
// links files outside of docs, so none has to be left out.
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const docs = fileURLToPath(new URL('../../docs', import.meta.url))

/** Every page of docs has a place; what is named nowhere here stands under Further. */
const SECTIONS = {
  Begin: ['tutorial', 'gallery/README'],
  'Take snapshots': ['doctor', 'pages', 'capture', 'record'],
  Questions: [
    ...['why', 'growth', 'what-if', 'prove', 'paths', 'where', 'sql', 'realms'],
    ...['async', 'closures', 'waste', 'makers', 'allocations'],
  ],
  'Show and keep': ['explore', 'pictures', 'screens/README', 'export', 'share', 'testing', 'ci', 'mcp'],
  Reference: ['commands', 'json', 'library', 'api', 'index-files', 'versions', 'licences'],
}
const there = readdirSync(docs).filter(name => name.endsWith('.md') && name !== 'README.md')
const placed = new Set(Object.values(SECTIONS).flat())
const further = there.map(name => name.slice(0, -3)).filter(name => !placed.has(name))

function page(name) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(docs, `${name}.md`), 'utf8'))
  return {text: title.replaceAll('`', ''), link: `/${name.replace(/README$/, '')}`}
}

/** The pages of a folder, in the order of its own list. */
function listed(folder) {
  const list = readFileSync(join(docs, folder, 'README.md'), 'utf8')
  return [...list.matchAll(/\]\(([\w-]+)\.md\)/g)].map(([, name]) => page(`${folder}/${name}`))
}

function section([text, names]) {
  const items = names.filter(name => name.includes('/') || there.includes(`${name}.md`)).map(page)
  return {text, items}
}

/** Folders have their list as README.md for readers of the repository, and as index.html here. */
const asIndex = path => path.replace(/(^|\/)README\.md/, '$1index.md')

/** What renders pages to HTML loads Vue from here: beside ../docs there is none. */
const vueFromHere = {
  name: 'vue-from-here',
  enforce: 'pre',
  resolveId: (id, _, {ssr}) => (ssr && /^vue(\/|$)/.test(id) ? {id, external: true} : null),
}

export default {
  title: 'heapgraph',
  description: 'Why is this object still alive? Reads V8 heap snapshots and names the line that must let go.',
  lang: 'en-US',
  srcDir: '../docs',
  outDir: 'dist',
  base: process.env.SITE_BASE ?? '/',
  rewrites: asIndex,
  ignoreDeadLinks: false,
  // Browsers ask for favicon.ico otherwise.
  head: [['link', {rel: 'icon', href: 'data:,'}]],
  vite: {plugins: [vueFromHere], build: {chunkSizeWarningLimit: 2_000}},
  markdown: {
    config(md) {
      md.core.ruler.push('repository', ({tokens}) => {
        for (const token of tokens) {
          // Indented code is what a terminal shows; as a fence its braces are no expressions of Vue's.
          if (token.type === 'code_block') Object.assign(token, {type: 'fence', tag: 'code', info: 'txt'})
          // Pictures beside the page, named as in a repository; a bare name would be a package to VitePress.
          if (token.type === 'html_block')
            token.content = token.content.replace(/ (src|srcset)="(?=\w[\w-]*\.)/g, ' $1="./')
          for (const child of token.children ?? []) {
            if (child.type === 'link_open') child.attrSet('href', asIndex(child.attrGet('href')))
          }
        }
      })
    },
  },
  themeConfig: {
    nav: [
      {text: 'Recipes', link: '/recipes/'},
      {text: 'Questions', link: '/why'},
      {text: 'Reference', link: '/commands'},
      {text: 'Decisions', link: '/decisions/'},
    ],
    sidebar: [
      section(['Begin', SECTIONS.Begin]),
      {text: 'Recipes', link: '/recipes/', items: listed('recipes')},
      ...Object.entries(SECTIONS).slice(1).map(section),
      ...(further.length > 0 ? [section(['Further', further])] : []),
      {text: 'Decisions', link: '/decisions/', collapsed: true, items: listed('decisions')},
    ],
    outline: [2, 3],
    search: {provider: 'local'},
  },
}
