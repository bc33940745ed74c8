/**
 * Colors and dashes of plots. The colors are Okabe and Ito's, made to be told apart by every eye; on white paper four of them are darkened
 * until a line has the contrast of 3:1 that WCAG 2.2 asks for. Each line has a dash of its own besides, for grey print.
 */
import {SANS_FAMILY} from './font.ts'
import {dark, light, type Palette, print, type Theme} from './picture-style.ts'

export const lightLines = ['#0072B2', '#D55E00', '#00805D', '#B0588A', '#9A6A00', '#2C83B0', '#1A1A1A', '#6B6B6B']
export const darkLines = ['#56B4E9', '#F08040', '#2CC79A', '#E08FC0', '#E69F00', '#F0E442', '#F2F2F2', '#A5ADB5']
/** The first is a whole line. */
export const dashes = ['', '8 3', '2.5 2.5', '10 3 2 3', '14 4', '5 2 1.5 2', '1.5 4', '6 6']

export function plotStyle(theme: Theme): string {
  const first = theme === 'dark' ? colored(dark, darkLines) : colored(theme === 'print' ? print : light, lightLines)
  const atNight = theme === 'auto' ? `@media (prefers-color-scheme:dark){${colored(dark, darkLines)}}\n` : ''
  const onPaper = theme === 'auto' ? `@media print{${colored(print, lightLines)}}\n` : ''
  return `${shapes}\n${first}\n${atNight}${onPaper}`
}

const shapes = [
  `.hp text{font-family:${SANS_FAMILY};font-size:11px}`,
  '.hp .hp-head{font-size:17px;font-weight:bold}',
  '.hp .hp-strong{font-weight:bold}',
  '.hp .hp-right{text-anchor:end}',
  '.hp .hp-middle{text-anchor:middle}',
  '.hp-grid{stroke-width:1;stroke-opacity:.28}',
  '.hp-axis{stroke-width:1}',
  '.hp-line{fill:none;stroke-width:1.4;stroke-linejoin:round}',
  '.hp-floor{fill:none;stroke-width:1.2;stroke-opacity:.75}',
  '.hp-trend{fill:none;stroke-width:3;stroke-opacity:.55;stroke-linecap:round}',
  '.hp-leader{fill:none;stroke-width:.8;stroke-opacity:.6}',
  '.hp-dot{stroke:none}',
  '.hp-mark{stroke-width:1;stroke-dasharray:2 3}',
].join('\n')

function colored({page, ink, soft, line, card}: Palette, lines: readonly string[]): string {
  return [
    `.hp-page{fill:${page}}`,
    `.hp text{fill:${ink}}`,
    `.hp .hp-soft{fill:${soft}}`,
    `.hp-grid,.hp-axis,.hp-mark{stroke:${line}}`,
    `.hp-badge{fill:${card};stroke:${ink}}`,
    ...lines.map((color, i) => `.hp-s${i}{stroke:${color}}.hp-f${i}{fill:${color}}`),
  ].join('')
}
