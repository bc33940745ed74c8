/** A file's name as an argument that no program takes for an option; `-` stays what stands for standard input. */
export function fileArgument(path: string): string {
  return path.startsWith('-') && path !== '-' ? `./${path}` : path
}
