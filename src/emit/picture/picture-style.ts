/** Colors and lines of pictures, light and dark: the one place that has them, so that a test can reckon every contrast. */
import {MONO_FAMILY, SANS_FAMILY} from './font.ts'

/** The colors of a picture. */
export type Theme = 'auto' | 'light' | 'dark' | 'print'

export interface Palette {
  page: string
  card: string
  ink: string
  /** Smaller print: previews, sizes, notes. */
  soft: string
  line: string
  /** What the eye should follow. */
  path: string
  badgeInk: string
  cut: string
  plate: string
  hull: string
  hullLine: string
  /** On the colored bands. */
  signInk: string
}

export const light: Palette = {
  page: '#FFFFFF',
  card: '#FFFFFF',
  ink: '#1A1A1A',
  soft: '#4D4D4D',
  line: '#6B6B6B',
  path: '#0063A0',
  badgeInk: '#FFFFFF',
  cut: '#B34700',
  plate: '#FFFFFF',
  hull: '#F2F5F8',
  hullLine: '#5F7386',
  signInk: '#000000',
}

export const dark: Palette = {
  page: '#14181D',
  card: '#1F252C',
  ink: '#F2F2F2',
  soft: '#C3C8CE',
  line: '#939BA5',
  path: '#6CBDF0',
  badgeInk: '#000000',
  cut: '#FF9A57',
  plate: '#14181D',
  hull: '#1B222A',
  hullLine: '#8FA3B5',
  signInk: '#000000',
}

/** For paper: what tells kinds apart are their signs. */
export const print: Palette = {
  ...light,
  ink: '#000000',
  soft: '#333333',
  line: '#555555',
  path: '#000000',
  cut: '#000000',
  hull: '#FFFFFF',
  hullLine: '#555555',
}

export function styleSheet(theme: Theme): string {
  const first = theme === 'dark' ? dark : theme === 'print' ? print : light
  const atNight = theme === 'auto' ? `@media (prefers-color-scheme:dark){${colors(dark)}}\n` : ''
  // Who prints wants no black page.
  const onPaper = theme === 'auto' ? `@media print{${colors(print)}}\n` : ''
  const bands = theme === 'print' ? '.hg-band{fill:#FFFFFF!important}\n' : ''
  return `${shapes}\n${colors(first)}\n${atNight}${onPaper}${bands}`
}

const shapes = [
  `.hg text{font-family:${SANS_FAMILY};font-size:11px}`,
  '.hg .hg-head{font-size:17px;font-weight:bold}',
  '.hg .hg-verdict{font-size:13px;font-weight:bold}',
  '.hg .hg-type{font-size:13px;font-weight:bold}',
  `.hg .hg-code{font-family:${MONO_FAMILY};font-size:11px}`,
  '.hg .hg-sign{font-size:14px;font-weight:bold;text-anchor:middle}',
  '.hg .hg-number{font-size:10px;font-weight:bold;text-anchor:middle}',
  '.hg-card{stroke-width:1}',
  '.hg-card.hg-own{stroke-width:2.4}',
  '.hg-more{stroke-dasharray:5 3}',
  '.hg-ring{fill:none;stroke-width:1.5}',
  '.hg-edge{fill:none;stroke-linecap:butt}',
  '.hg-internal{stroke-dasharray:6 3}',
  '.hg-weak{stroke-dasharray:1.5 3.5}',
  '.hg-hull{stroke-width:1.2;stroke-dasharray:8 3}',
  '.hg-node:hover .hg-card,.hg-node:focus .hg-card{stroke-width:3.5}',
  '.hg-node:focus{outline:none}',
  '.hg-cell{stroke-width:0.8}',
  '.hg-cell.hg-own{stroke-width:2}',
  '.hg .hg-cellhead{font-weight:bold}',
  '.hg-node:hover .hg-cell,.hg-node:focus .hg-cell{stroke-width:3}',
].join('\n')

function colors(palette: Palette): string {
  const {page, card, ink, soft, line, path, badgeInk, cut, plate, hull, hullLine, signInk} = palette
  return [
    `.hg-page{fill:${page}}`,
    `.hg text{fill:${ink}}`,
    `.hg .hg-soft{fill:${soft}}`,
    `.hg-card{fill:${card};stroke:${ink}}`,
    `.hg-card.hg-more,.hg-card.hg-small{stroke:${line}}`,
    `.hg-ring{stroke:${ink}}`,
    `.hg .hg-sign,.hg .hg-onband{fill:${signInk}}`,
    `.hg-cell{stroke:${ink}}`,
    `.hg-plain{fill:${card}}`,
    `.hg-share{fill:${path}}`,
    `.hg-edge{stroke:${line}}`,
    `.hg-tip{fill:${line}}`,
    `.hg-edge.hg-onpath{stroke:${path}}`,
    `.hg-tip.hg-onpath,.hg-badge{fill:${path}}`,
    `.hg-edge.hg-gap{stroke:${page}}`,
    `.hg .hg-number{fill:${badgeInk}}`,
    `.hg-plate{fill:${plate}}`,
    `.hg-plate.hg-cutplate{stroke:${cut};stroke-width:1.5}`,
    `.hg .hg-cut{fill:${cut};font-weight:bold}`,
    `.hg-hull{fill:${hull};stroke:${hullLine}}`,
    `.hg-hulltitle{fill:${hull}}`,
  ].join('')
}
