import assert from 'node:assert/strict'
import {test} from 'node:test'
import {toPng} from '../../../src/emit/picture/png.ts'
import {toSvg} from '../../../src/emit/picture/svg.ts'
import {addNode, backrefsGraph, graphOf} from '../graphs.ts'
import {hostileNames} from '../hostile.ts'

/** Width and height as the file itself has them. */
function sizeOf(bytes: Uint8Array): number[] {
  const data = Buffer.from(bytes)
  assert.equal(data.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n')
  return [data.readUInt32BE(16), data.readUInt32BE(20)]
}

test('twice as sharp as the picture is large, the same bytes each time', async () => {
  const svg = await toSvg(backrefsGraph())
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number)
  const png = await toPng(svg)
  assert.deepEqual(sizeOf(png.bytes), [2 * width, 2 * height])
  assert.deepEqual([png.width, png.height], [2 * width, 2 * height])
  assert.deepEqual(Buffer.from((await toPng(svg)).bytes), Buffer.from(png.bytes))
})

test('text shows, in fonts that come along', async () => {
  const svg = await toSvg(backrefsGraph())
  const without = svg.replace(/<text[^>]*>[^<]*<\/text>/g, '')
  const [whole, bare] = [await toPng(svg), await toPng(without)]
  assert.ok(
    whole.bytes.length > 1.5 * bare.bytes.length,
    `${whole.bytes.length} bytes, ${bare.bytes.length} without text`,
  )
  // A sign that Arimo has not.
  const sign = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="9" y="30" font-family="Arimo">'
  const signs = await Promise.all(['✂', ' '].map(text => toPng(`${sign}${text}</text></svg>`)))
  assert.notDeepEqual(Buffer.from(signs[0].bytes), Buffer.from(signs[1].bytes))
})

test('hostile names are drawn', async () => {
  const graph = graphOf({subject: hostileNames[0]})
  for (const [i, name] of hostileNames.slice(0, 50).entries()) addNode(graph, `@${i + 1}`, name, {preview: name})
  sizeOf((await toPng(await toSvg(graph))).bytes)
})

test('a large picture is less sharp, a huge one refused in words', async () => {
  const page = (width: number, height: number) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"></svg>`
  assert.equal((await toPng(page(6000, 5000))).width, 6000)
  await assert.rejects(toPng(page(20000, 9000)), {
    code: 'RENDER',
    message: 'the picture has 20,000 × 9,000 pixels, too many for a PNG',
    hint: /SVG \(\.svg\)/,
  })
})

test('a platform without resvg is told to write SVG', async () => {
  const load = () => Promise.reject(new Error("Cannot find module '@resvg/resvg-js-linux-riscv64'"))
  await assert.rejects(toPng('<svg width="1" height="1"/>', load), {
    code: 'RENDER',
    message: /^PNG cannot be drawn here: resvg is not installed for \w+ \w+$/,
    hint: 'write SVG (.svg)',
  })
})
