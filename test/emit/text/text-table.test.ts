import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {plainPaint} from '../../../src/emit/safe/paint.ts'
import {textWidth} from '../../../src/emit/safe/width.ts'
import {textTable} from '../../../src/emit/text/text-table.ts'
import {anyText, terminalHazard} from '../hostile.ts'

test('columns are aligned by what they take on the screen', () => {
  const table = textTable(
    [{title: 'count', align: 'right'}, {title: 'type', max: 12}, {title: 'note'}],
    [
      ['41,032', '漢字', 'wide'],
      ['7', 'a\nb', ''],
      ['12', 'AbstractSingletonFactory', 'cut'],
    ],
  )
  assert.equal(
    table,
    `\
 count  type          note
41,032  漢字          wide
     7  a\\nb
    12  Abstra…ctory  cut
`,
  )
})

test('no rows: the titles alone', () => {
  assert.equal(textTable([{title: 'count', align: 'right'}, {title: 'type'}], []), 'count  type\n')
})

test('paint goes on the words, not on the space between', () => {
  const paint = {...plainPaint, size: (text: string) => `<${text}>`, strong: (text: string) => `*${text}*`}
  const table = textTable([{title: 'self', align: 'right', style: 'size'}, {title: 'x'}], [['9.6 kB', 'y']], paint)
  assert.equal(table, '  *self*  *x*\n<9.6 kB>  y\n')
})

test('any cells: one line a row, all right-hand columns end at one place', () => {
  fc.assert(
    fc.property(fc.array(anyText, {minLength: 1, maxLength: 6}), cells => {
      const table = textTable(
        [
          {title: 'name', max: 20},
          {title: 'n', align: 'right'},
        ],
        cells.map(cell => [cell, '1']),
      )
      const lines = table.split('\n')
      assert.equal(lines.length, cells.length + 2)
      assert.doesNotMatch(table, terminalHazard)
      assert.equal(new Set(lines.slice(0, -1).map(textWidth)).size, 1)
    }),
  )
})
