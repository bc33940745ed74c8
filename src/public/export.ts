/** `heapgraph/export`: whole heaps as tables, and answers as files of other programs. */
import type {DominatorsAnswer} from '../analyze/answers/dominator-view.ts'
import {toCsv as writeCsv} from '../emit/interchange/export-csv.ts'
import {toNdjson as writeNdjson} from '../emit/interchange/export-ndjson.ts'
import {toParquet as writeParquet} from '../emit/interchange/export-parquet.ts'
import {toGexf as writeGexf} from '../emit/interchange/gexf.ts'
import {toGraphml as writeGraphml} from '../emit/interchange/graphml.ts'
import {toSpeedscope as writeSpeedscope} from '../emit/interchange/speedscope.ts'
import type {RowTable} from '../graph/rows/row-table.ts'
import {tableOf as makeTable} from '../graph/rows/rows.ts'
import {flameView} from '../graph/views/flame-view.ts'
import {type Check, checked, checkedLater, fitting, isObject, oneOf} from '../util/arguments.ts'
import {aDrawable, type DrawableAnswer, graphOf, isDominators} from './answers.ts'
import {aSnapshot} from './checks.ts'

/** The nodes or the edges of a heap as rows, in the order of the file, given in batches: `Uint32Array` and the like a column. */
export const tableOf = checked([aSnapshot, ['name', oneOf('nodes', 'edges')]], makeTable)

const aTable: [string, Check] = [
  'table',
  fitting('a table, as tableOf gives it', value => {
    return isObject(value) && Array.isArray(value.heads) && typeof value.batches === 'function'
  }),
]

/** A table as CSV, in pieces of text. */
export const toCsv = checked([aTable], (table: RowTable): Iterable<string> => writeCsv(table))

/** A table as JSON objects, one a line, in pieces of text. */
export const toNdjson = checked([aTable], (table: RowTable): Iterable<string> => writeNdjson(table))

/** A table as Parquet, in pieces of bytes, each made when it is asked for. */
export const toParquet = checkedLater([aTable], writeParquet)

/** An answer as GEXF, for Gephi. */
export const toGexf = checked([['answer', aDrawable]], (answer: DrawableAnswer) => writeGexf(graphOf(answer)))

/** An answer as GraphML, for yEd, NetworkX and others. */
export const toGraphml = checked([['answer', aDrawable]], (answer: DrawableAnswer) => writeGraphml(graphOf(answer)))

/** An answer of `dominators` as a profile for speedscope: bytes retained instead of time. */
export const toSpeedscope = checked(
  [['answer', fitting('an answer of dominators', isDominators)]],
  (answer: DominatorsAnswer) => writeSpeedscope(flameView(answer)),
)

// The types in the signatures above

export type {CellForm, ColumnCells, ColumnHead, RowBatch, RowTable} from '../graph/rows/row-table.ts'
export type {TableName} from '../graph/rows/rows.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
