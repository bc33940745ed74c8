/** Text as words of a command line. */

/** A file's name as an argument that no program takes for an option; `-` stays what stands for standard input. */
export function fileArgument(path: string): string {
  return path.startsWith('-') && path !== '-' ? `./${path}` : path
}

/** As one word for a shell that knows single quotes. */
export function shellWord(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** The words of a command line, with quotes of both kinds and backslashes as a POSIX shell has them; nothing is put in for `$` and `*`. */
export function wordsOfLine(line: string): string[] {
  const words = line.match(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gs) ?? []
  return words.map(word =>
    word.replace(
      /\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gs,
      (_, escaped?: string, single?: string, double?: string) =>
        escaped ?? single ?? (double ?? '').replace(/\\(["\\])/g, '$1'),
    ),
  )
}
