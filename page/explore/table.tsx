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
}

const ROW_HEIGHT = 30
const OVERSCAN = 12

export function Table<Row>({columns, rows, label}: {columns: Column<Row>[]; rows: readonly Row[]; label: string}) {
  const [order, setOrder] = useState<{at: number; isDown: boolean}>()
  const sorted = useMemo(() => sortedBy(rows, columns, order), [rows, order])
  const box = useRef<HTMLDivElement>(null)
  const shown = useVirtual(box, sorted.length)
  const grid = columns.map(({isNumber, wide = 1}) => (isNumber ? '7.5em' : `minmax(8em, ${wide}fr)`)).join(' ')
  const sort = (at: number) => {
    const isDown = order?.at === at ? !order.isDown : columns[at].isNumber === true
    setOrder({at, isDown})
  }
  return (
    <div class="ex-table" role="table" aria-label={label} aria-rowcount={rows.length + 1} ref={box} tabIndex={0}>
      <div class="ex-row ex-head" role="row" style={{gridTemplateColumns: grid}}>
        {columns.map(({title, by, isNumber}, at) => (
          <div
            key={title}
            role="columnheader"
            aria-sort={order?.at === at ? (order.isDown ? 'descending' : 'ascending') : 'none'}
            class={isNumber ? 'ex-number' : ''}
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
            style={{gridTemplateColumns: grid, transform: `translateY(${start}px)`}}
          >
            {columns.map(({title, cell, isNumber}) => (
              <div key={title} role="cell" class={isNumber ? 'ex-number' : ''}>
                {cell(sorted[index])}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  )
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
  return {items: virtualizer.getVirtualItems(), height: virtualizer.getTotalSize()}
}

function optionsOf(box: {current: HTMLDivElement | null}, count: number) {
  return {
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
  }
}
