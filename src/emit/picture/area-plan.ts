/** What pictures and pages of areas have in common, whatever the areas are of: the cells, and what is said of them. */
import type {FlameView} from '../../graph/views/flame-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {limitText, snapshotText} from '../safe/wording.ts'
import type {AreaView, SeenCell} from './area-cells.ts'
import {type AreaCell, type AreaLimits, type AreaMeasure, areaTip, areaTree} from './area-tree.ts'
import {type LookName, looks} from './looks.ts'
import type {LegendEntry} from './picture-words.ts'

export interface AreaPlan {
  root: AreaCell
  form: AreaView
  measure: AreaMeasure
  title: string
  /** Below the title: what it is of, and how much of it is drawn. */
  words(drawn: number): string
  /** Of the cells that are seen. */
  legend(cells: SeenCell[]): LegendEntry[]
  notes: string[]
  /** How many objects, or calls, there are in all, in cells or left out. */
  objects: number
}

/** Objects, or calls, in cells of their own or of their type's. */
export function countDrawn(cells: SeenCell[]): number {
  return cells.reduce((sum, {node}) => sum + (isDrawn(node.data) ? node.data.count : 0), 0)
}

/** Whether a cell is of something: not of what was left out. */
export function isDrawn({look}: AreaCell): boolean {
  return look !== 'more'
}

const MAX_TOLD = 12

/** The largest cells, for who does not see them. */
export function describeLargest(cells: SeenCell[], measure: AreaMeasure): string {
  const drawn = cells.map(({node}) => node.data).filter(isDrawn)
  const largest = drawn.slice(1).sort((a, b) => b.bytes - a.bytes || (a.id ?? 0) - (b.id ?? 0))
  return largest
    .slice(0, MAX_TOLD)
    .map(cell => areaTip(cell, measure))
    .join('; ')
}

/** The dominator tree: each object as large as what it retains. */
export function dominatorPlan(view: FlameView, form: AreaView, limits: AreaLimits): AreaPlan {
  const {root, objects} = areaTree(view, limits)
  const word = form === 'treemap' ? 'treemap' : 'flame view'
  return {
    root,
    form,
    measure: {means: 'retained', wholeBytes: view.heapBytes},
    title: `dominators: ${view.subject}, ${word} of ${formatBytes(root.bytes)}`,
    words: drawn => `${snapshotText(view.snapshot)} · drawn: ${formatCount(drawn)} of ${plural(objects, 'object')}`,
    legend: cells => dominatorLegend(cells, form),
    notes: view.limits.map(limitText),
    objects,
  }
}

function dominatorLegend(cells: SeenCell[], form: AreaView): LegendEntry[] {
  const present = new Set<LookName>(cells.map(({node}) => node.data.look))
  const kinds = (Object.keys(looks) as LookName[]).filter(name => present.has(name) && looks[name].legend !== '')
  const words = [
    form === 'treemap' ? 'as large as what it retains' : 'as wide as what it retains',
    form === 'treemap' ? 'inside: what it alone keeps alive' : 'below: what it alone keeps alive',
    cells.some(({node}) => node.data.isOwn) ? 'thick border: of your code' : '',
    cells.some(({node}) => node.data.count > 1 && isDrawn(node.data)) ? '×: several objects of one type' : '',
    'no color: an object',
  ]
  return [
    ...kinds.map(name => {
      const {fill, sign, legend} = looks[name]
      return {fill, sign, text: name === 'target' ? 'where it begins' : legend}
    }),
    ...wordEntries(words),
  ]
}

/** Legend without a color. */
export function wordEntries(words: readonly string[]): LegendEntry[] {
  return words.filter(text => text !== '').map(text => ({fill: '', sign: '', text}))
}
