/** Contrast after WCAG 2.2, reckoned from the colors that pictures are drawn with: 4.5:1 for text, 3:1 for lines and signs. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {looks} from '../../src/emit/picture/looks.ts'
import {dark, light, type Palette, print} from '../../src/emit/picture/picture-style.ts'

/** Relative luminance of `#rrggbb`. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map(at => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const palettes = {light, dark, print}

const texts: [text: keyof Palette, ground: keyof Palette][] = [
  ['ink', 'page'],
  ['ink', 'card'],
  ['ink', 'plate'],
  ['ink', 'hull'],
  ['soft', 'page'],
  ['soft', 'card'],
  ['cut', 'page'],
  ['cut', 'plate'],
  ['badgeInk', 'path'],
  // Of pages.
  ['soft', 'plate'],
  ['soft', 'hull'],
  ['page', 'cut'],
]

const lines: [line: keyof Palette, ground: keyof Palette][] = [
  ['line', 'page'],
  ['line', 'hull'],
  ['path', 'page'],
  ['path', 'hull'],
  ['path', 'card'],
  ['ink', 'page'],
  ['hullLine', 'page'],
]

test('the known figures', () => {
  assert.equal(contrast('#000000', '#FFFFFF'), 21)
  assert.equal(contrast('#767676', '#FFFFFF').toFixed(2), '4.54')
})

for (const [name, palette] of Object.entries(palettes)) {
  test(`${name}: text has 4.5:1, lines have 3:1`, () => {
    for (const [text, ground] of texts) {
      assert.ok(contrast(palette[text], palette[ground]) >= 4.5, `${text} on ${ground}`)
    }
    for (const [line, ground] of lines) {
      assert.ok(contrast(palette[line], palette[ground]) >= 3, `${line} on ${ground}`)
    }
  })
}

test('signs on their colors have 4.5:1', () => {
  for (const {fill, legend} of Object.values(looks)) assert.ok(contrast(light.signInk, fill) >= 4.5, legend)
  assert.equal(light.signInk, dark.signInk)
})
