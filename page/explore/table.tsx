/** A table of any length: rows in sight are in the document, and no others. No table element, whose rows cannot be placed one by one: the roles say what it is. */
import {elementScroll, observeElementOffset, observeElementRect, Virtualizer} from '@tanstack/virtual-core'
import type {ComponentChildren} from 'preact'
import {useEffect, useMemo, useReducer, useRef, useState} from 'preact/hooks'

export interface Column<Row> {
  title: string
  cell(row: Row): ComponentChildren
  /** What it is sorted by when its title is clicked; not at all without. */
  by?: (row: Row) => number | string
  isNumber?: boolean
  /** Share of the width, beside the numbers. */
  wide?: number
  /** Sentences and paths, which are read to their end: in as many lines as that takes, up to three. */
  isProse?: boolean
}

/** Of the root's font, as in the style sheet: people choose its size. */
const ROW_REM = 1.875
const OVERSCAN = 12
/** For numbers with their units, and for ids. */
const NUMBER_EM = 6.5
/** For a title, and an arrow that says how it is sorted. */
const LETTER_EM = 0.62
const TEXT_EM = 7

export function Table<Row>({columns, rows, label}: {columns: Column<Row>[]; rows: readonly Row[]; label: string}) {
  const [order, setOrder] = useState<{at: number; isDown: boolean}>()
  const sorted = useMemo(() => sortedBy(rows, columns, order), [rows, order])
  const box = useRef<HTMLDivElement>(null)
  const shown = useVirtual(box, sorted.length)
  const style = widthsOf(columns)
  const name = nameAt(columns)
  const kindOf = ({isNumber, isProse}: Column<Row>, at: number) =>
    [isNumber && 'ex-number', isProse && 'ex-prose', at === name && 'ex-name'].filter(Boolean).join(' ')
  const sort = (at: number) => {
    const isDown = order?.at === at ? !order.isDown : columns[at].isNumber === true
    setOrder({at, isDown})
  }
  return (
    <div
      class="ex-table"
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      ref={box}
      tabIndex={0}
      onPointerOver={tellCut}
    >
      <div class="ex-row ex-head" role="row" style={style}>
        {columns.map(({title, by}, at) => (
          <div
            key={title}
            role="columnheader"
            aria-sort={order?.at === at ? (order.isDown ? 'descending' : 'ascending') : 'none'}
            class={kindOf({...columns[at], isProse: false}, at)}
          >
            {by === undefined ? (
              title
            ) : (
              <button type="button" onClick={() => sort(at)}>
                {title}
                {order?.at === at ? (order.isDown ? ' ↓' : ' ↑') : ''}
              </button>
            )}
          </div>
        ))}
      </div>
      <div role="rowgroup" class="ex-rows" style={{height: `${shown.height}px`}}>
        {shown.items.map(({index, start}) => (
          <div
            key={index}
            class="ex-row"
            role="row"
            aria-rowindex={index + 2}
            data-index={index}
            ref={shown.measure}
            style={{...style, transform: `translateY(${start}px)`}}
          >
            {columns.map((column, at) => (
              <div key={column.title} role="cell" class={kindOf(column, at)}>
                {column.cell(sorted[index])}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

/**
 * The same for each row: their cells stand below each other however long their texts are. A narrow window has the first column of texts first, since it says
 * what the row is, and scrolls the others.
 */
function widthsOf<Row>(columns: readonly Column<Row>[]) {
  const numberEm = (title: string) => Math.max(NUMBER_EM, LETTER_EM * (title.length + 2))
  const least = columns.map(({title, isNumber, wide = 1}) => (isNumber ? numberEm(title) : TEXT_EM + 1.5 * (wide - 1)))
  const widths = columns.map(({title, isNumber, wide = 1}) =>
    isNumber ? `${numberEm(title)}em` : `minmax(${TEXT_EM}em, ${wide}fr)`,
  )
  const name = nameAt(columns)
  return {
    '--wide': widths.join(' '),
    '--narrow': name < 0 ? widths.join(' ') : [widths[name], ...widths.filter((_, at) => at !== name)].join(' '),
    minWidth: `${least.reduce((sum, em) => sum + em, columns.length)}em`,
  }
}

function nameAt<Row>(columns: readonly Column<Row>[]): number {
  return columns.findIndex(({isNumber}) => !isNumber)
}

/** What had no room in its cell is shown where the pointer is. */
function tellCut({target}: PointerEvent): void {
  const cell = (target as Element).closest<HTMLElement>('[role=cell]')
  if (cell === null) return
  if (cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight) cell.title = cell.innerText
  else cell.removeAttribute('title')
}

function sortedBy<Row>(
  rows: readonly Row[],
  columns: Column<Row>[],
  order: {at: number; isDown: boolean} | undefined,
): readonly Row[] {
  const by = order && columns[order.at].by
  if (by === undefined) return rows
  const sign = order?.isDown ? -1 : 1
  const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0)
  return rows
    .map((row, at) => ({row, at, key: by(row)}))
    .sort((a, b) => sign * compare(a.key, b.key) || a.at - b.at)
    .map(({row}) => row)
}

/** https://tanstack.com/virtual/latest/docs/api/virtualizer */
function useVirtual(box: {current: HTMLDivElement | null}, count: number) {
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const [virtualizer] = useState(
    () => new Virtualizer<HTMLDivElement, Element>({...optionsOf(box, count), onChange: () => redraw(0)}),
  )
  virtualizer.setOptions({...optionsOf(box, count), onChange: () => redraw(0)})
  useEffect(() => virtualizer._didMount(), [])
  useEffect(() => virtualizer._willUpdate())
  return {
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
  }
}

function rootFontPixels(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}

function optionsOf(box: {current: HTMLDivElement | null}, count: number) {
  return {
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_REM * rootFontPixels(),
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
  }
}
