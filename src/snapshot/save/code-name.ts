/** What names of code look like. */

/** A name as code may have it: of a function, class, variable or property; with `get `, `bound ` and the like before it. */
const NAME =
  /^(?:(?:get|set|static|async|bound) ){0,3}[#<[%]?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*(?:[.:-]?[\p{ID_Continue}$\u200c\u200d]+)*[\]>%]?(?: [\p{ID_Start}$_(][\p{ID_Continue}$)]*){0,3}$/u
const LONGEST_NAME = 128

/** Whether a text may be a name of code, by its looks. */
export function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text)
}
