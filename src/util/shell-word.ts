/** Text as words of a command line. */

/** A file's name as an argument that no program takes for an option; `-` stays what stands for standard input. */
export function fileArgument(path: string): string {
  return path.startsWith('-') && path !== '-' ? `./${path}` : path
}

/** As one word for a shell that knows single quotes. */
export function shellWord(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
