/** What functions in a text are given to. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {rowOfFunction} from '../../../src/snapshot/code/given-to.ts'
import {parseScript} from '../../../src/snapshot/code/parse-script.ts'

/** `addEventListener "resize" 1`: the call, its first argument if a text, which argument the function is; '' if it is given to none. */
function given(text: string, name: string): string {
  const syntax = parseScript(text)
  assert.ok(syntax, text)
  const made = syntax.functions.find(one => one.name === name)
  assert.ok(made, name)
  const row = rowOfFunction(syntax, made)
  if (row < 0) return ''
  const {name: from, nameEnd, text: first, textEnd, index} = syntax.given.at(row)
  const quoted = first === 0 ? '' : ` "${text.slice(first, textEnd)}"`
  return `${text.slice(from, nameEnd)}${quoted} ${index}`
}

test('a function is given itself, by its name, or as a property of this', () => {
  assert.equal(given(`window.addEventListener('resize', function f() {})`, 'f'), 'addEventListener "resize" 1')
  assert.equal(given(`const f = () => {}; on("a", 1, f); off("a", 1, f)`, 'f'), 'on "a" 2')
  assert.equal(given('function f() {} setTimeout(f, 3)', 'f'), 'setTimeout 0')
  assert.equal(given('(0, r.useEffect)(function f() {}, [])', 'f'), 'useEffect 0')
  assert.equal(given('new ResizeObserver(function f() {})', 'f'), 'ResizeObserver 0')
  assert.equal(given(`class A { f = () => {}; m() { w.on('x', this.f) } }`, 'f'), 'on "x" 1')
  assert.equal(given(`let f = () => {}; off('x', f); on('x', f)`, 'f'), 'on "x" 1')
  const options = `a = {gone() { off('z', this.f) }, methods: {f() {}}, mounted() { on('x', this.f) }}; b = {mounted() { on('y', this.f) }}`
  assert.equal(given(options, 'f'), 'on "x" 1')
  assert.equal(given(`class A { f() {} m() { on('x', this.f2); on('y', this.f) } f2() {} }`, 'f'), 'on "y" 1')
})

test('a function without a name is known by the property of this that it is assigned to', () => {
  const text = `class A { a() { this.g = () => {} ; on('x', this.g) } }`
  const syntax = parseScript(text)!
  const row = rowOfFunction(syntax, syntax.functions.find(({kind}) => kind === 'arrow')!)
  assert.equal(text.slice(syntax.given.at(row).argument).slice(0, 6), 'this.g')
})

test('a function of another scope with the same name, and one that is only called, are given to nothing', () => {
  assert.equal(given('function a() { const f = () => {}; f() } function b(f) { on(f) }', 'f'), '')
  assert.equal(given('const f = () => {}; f(1); other[f](2)', 'f'), '')
  assert.equal(given(`class A { f() {} } class B { m() { on('x', this.f) } }`, 'f'), '')
})
