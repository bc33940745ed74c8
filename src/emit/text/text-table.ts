import {forTerminal} from '../safe/clean.ts'
import {asIs, type Paint, plainPaint} from '../safe/paint.ts'
import {textWidth} from '../safe/width.ts'

export interface TableColumn {
  title: string
  align?: 'left' | 'right'
  /** Widest a cell may be; the middle of a longer one is left out. */
  max?: number
  style?: keyof Paint
}

const GAP = '  '

/** Rows under titles, aligned, one line each, every line ended. Cells may hold any text: they are cleaned here. */
export function textTable(columns: TableColumn[], rows: string[][], paint: Paint = plainPaint): string {
  const titles = columns.map(column => forTerminal(column.title))
  const cells = rows.map(row => columns.map((column, index) => forTerminal(row[index] ?? '', column.max)))
  const widths = columns.map((_, index) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[index])), textWidth(titles[index])),
  )
  const lines = [tableLine(columns, titles, titles, widths, () => text => paint.strong(text))]
  for (const [i, row] of cells.entries()) {
    lines.push(tableLine(columns, row, rows[i], widths, column => brushFor(column, paint)))
  }
  return `${lines.join('\n')}\n`
}

/** Colors take nothing but the text; a place is told whole, too, so that it can be a link. */
function brushFor({style}: TableColumn, paint: Paint): (text: string, whole: string) => string {
  if (style === 'place') return paint.place
  const brush = style === undefined ? asIs : paint[style]
  return text => brush(text)
}

function tableLine(
  columns: TableColumn[],
  cells: string[],
  whole: string[],
  widths: number[],
  paintOf: (column: TableColumn) => (text: string, whole: string) => string,
): string {
  const line = columns.map((column, index) => {
    const cell = cells[index]
    const space = ' '.repeat(widths[index] - textWidth(cell))
    const painted = cell === '' ? '' : paintOf(column)(cell, whole[index])
    if (column.align === 'right') return space + painted
    return index === columns.length - 1 ? painted : painted + space
  })
  return line.join(GAP).trimEnd()
}
