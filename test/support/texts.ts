/** Random texts. */
import fc from 'fast-check'

/** Code points but those of surrogates, as fast-check's unit 'binary', which first makes a Map of all of them: a second in each test file. */
const character = fc
  .integer({min: 0, max: 0x10ffff - 0x800})
  .map(place => String.fromCodePoint(place < 0xd800 ? place : place + 0x800))

/** Of any characters of Unicode, control characters among them. */
export function unicodeText(constraints: {minLength?: number; maxLength?: number} = {}): fc.Arbitrary<string> {
  return fc.string({...constraints, unit: character})
}
