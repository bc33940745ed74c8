/** V8's parts of compiled code that have what is written in the code: its names and literals. */

/**
 * By their names in the file: lists of constants, the variables of scopes, functions' names, literals' keys and elements (`ExtractBytecodeArrayReferences`,
 * `ExtractScopeInfoReferences`, `ExtractSharedFunctionInfoReferences`, heap-snapshot-generator.cc); newer versions write a function's name behind. Machine code and feedback are none of
 * them: they remember names that only came by.
 */
const PARTS =
  /^(?:system \/ )?(?:\(constant pool\)|\(context local names\)|\(shared function info\)|ScopeInfo|SharedFunctionInfo|UncompiledData\w*|ObjectBoilerplateDescription|ClassBoilerplate|ArrayBoilerplateDescription|TrustedFixedArray)(?: \/.*)?$/s
const LONGEST = 256

/** Whether a node of this name has names and literals of code, where its kind is such that V8 names it. */
export function isCodePart(name: string): boolean {
  return name.length <= LONGEST && PARTS.test(name)
}
